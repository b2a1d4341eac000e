"""Manifests as kubectl reads them: scalars, defaults, what survives, what is refused."""

from __future__ import annotations

import io

import pytest

from sim.errors import ScenarioError
from sim.model import defaults
from sim.model.duration import (
    duration,
    duration_range,
    factor,
    rate,
    share,
    show_duration,
    show_factor,
    show_range,
    show_rate,
    show_share,
)
from sim.model.objects import name_of
from sim.model.quantity import quantity, show_bytes, show_cores
from sim.model.unreadable import Unreadable
from sim.scenario.api import fields_of, model_of, versions_of
from sim.scenario.dialect import MANIFEST, SCENARIO
from sim.scenario.load import load, validate
from sim.scenario.node import plain
from sim.scenario.yaml import read

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: nginx:1.20
"""


def loaded(text: str, **flags):
    return load(["-"], stdin=io.BytesIO(text.encode()), **flags)


def value(text: str, dialect=MANIFEST):
    [document], _ = read(f"a: {text}", "a.yaml", dialect)
    return plain(document)["a"]


# Section by section, what a plain scalar becomes: kubernetes-sigs/yaml goyaml.v2/resolve.go.
KUBECTL = [
    (True, "y Y yes Yes YES on On ON true True TRUE"),
    (False, "n N no No NO off Off OFF false False FALSE"),
    (None, "~ null Null NULL"),
    (8, "010 0o10 +010 8"),
    (420, "0644"),
    (31, "0x1f 0x1F 0X1f"),
    (5, "0b101"),
    (-5, "-5 -0b101"),
    (1000, "1_000 1e3 1000.0"),
    (0.5, ".5 5e-1"),
    (0, "0 0x0 -0"),
    ("1:30", "1:30"),
    ("2024-01-01", "2024-01-01"),
    ("yES", "yES"),
    ("1.2.3", "1.2.3"),
    ("_1", "_1"),
    ("0x", "0x"),
    ("1e999", "1e999"),
    ("tRue", "tRue"),
    ("NaN", "NaN"),
]
SCALARS = [(word, wanted) for wanted, words in KUBECTL for word in words.split()]


@pytest.mark.parametrize(("word", "wanted"), SCALARS, ids=[word for word, _ in SCALARS])
def test_a_plain_word_in_a_manifest_means_what_kubectl_makes_of_it(word, wanted):
    found = value(word)

    assert found == wanted
    assert type(found) is type(wanted)


@pytest.mark.parametrize("word", ["yes", "010", "1e3", "~", "null", "0x1f", ".nan"])
def test_whatever_is_quoted_is_text(word):
    assert value(f'"{word}"') == word
    assert value(f"'{word}'") == word


@pytest.mark.parametrize("word", [".nan", ".NaN", ".inf", "-.inf", "+.Inf"])
def test_what_json_has_not_is_refused(word):
    with pytest.raises(ScenarioError, match="is not a value that JSON has"):
        value(word)


def test_an_octal_digit_too_many_makes_a_decimal_number():
    """0-prefixed words with an 8 or a 9 are no octals; as floats they are decimal."""
    assert value("089") == 89


@pytest.mark.parametrize(
    ("word", "wanted"),
    [
        ("no", "no"),
        ("on", "on"),
        ("010", 10),
        ("0o10", 8),
        ("0x1f", 31),
        ("1_000", "1_000"),
        ("true", True),
        ("True", True),
        ("~", None),
        ("1e3", 1000),
        ("0b101", "0b101"),
    ],
)
def test_a_scenario_is_read_as_yaml_1_2(word, wanted):
    found = value(word, SCENARIO)

    assert found == wanted
    assert type(found) is type(wanted)


def test_merge_keys_fill_in_what_is_not_written_out():
    text = "base: &b {u: 1, v: 2}\nmore: &m {v: 3, w: 4}\nall:\n  v: 0\n  <<: [*b, *m]\n"

    [document], warnings = read(text, "a.yaml", MANIFEST)

    assert plain(document)["all"] == {"v": 0, "u": 1, "w": 4}
    assert warnings == []


def test_of_a_duplicate_key_the_last_one_wins_with_a_warning_that_says_so():
    scenario = loaded(
        DEPLOYMENT.replace("spec:\n  sel", "spec:\n  replicas: 9\n  replicas: 3\n  sel")
    )

    [warning] = [one for one in scenario.warnings if "given twice" in one.render()]
    assert scenario.deployment["spec"]["replicas"] == 3
    assert warning.place == "<stdin>:6:3"
    assert str(warning.message) == (
        "replicas is given twice: as kubectl does, the last one wins: 3, not 9 of line 5"
    )


def test_names_that_are_no_text_become_text():
    [document], _ = read("1: a\n0x10: b\nyes: c\n1.5: d\n", "a.yaml", MANIFEST)

    assert plain(document) == {"1": "a", "16": "b", "true": "c", "1.5": "d"}


def test_several_documents_empty_ones_and_lists_are_unfolded():
    service = "{apiVersion: v1, kind: Service, metadata: {name: s}, spec: {selector: {app: web}, "
    items = f"---\n---\napiVersion: v1\nkind: List\nitems:\n- {service}ports: [{{port: 80}}]}}}}\n"

    scenario = loaded(DEPLOYMENT + items)

    assert scenario.service["metadata"]["name"] == "s"


def test_a_list_of_objects_keeps_their_field_paths():
    text = "apiVersion: v1\nkind: List\nitems:\n- " + DEPLOYMENT.replace("\n", "\n  ").strip()
    with pytest.raises(ScenarioError) as caught:
        loaded(text.replace("    selector", "    replicas: -1\n    selector"))

    assert caught.value.problems[0].field == "items[0].spec.replicas"


DEFAULTED = {
    "spec.replicas": 1,
    "spec.strategy.type": "RollingUpdate",
    "spec.strategy.rollingUpdate.maxSurge": "25%",
    "spec.strategy.rollingUpdate.maxUnavailable": "25%",
    "spec.minReadySeconds": 0,
    "spec.revisionHistoryLimit": 10,
    "spec.progressDeadlineSeconds": 600,
    "spec.paused": False,
    "spec.template.spec.restartPolicy": "Always",
    "spec.template.spec.terminationGracePeriodSeconds": 30,
    "spec.template.spec.dnsPolicy": "ClusterFirst",
    "spec.template.spec.schedulerName": "default-scheduler",
    "spec.template.spec.enableServiceLinks": True,
    "metadata.namespace": "default",
}


@pytest.mark.parametrize(("path", "wanted"), DEFAULTED.items())
def test_a_deployment_receives_kubernetes_defaults(path, wanted):
    found = loaded(DEPLOYMENT).deployment
    for step in path.split("."):
        found = found[step]

    assert found == wanted


def container(extra: str = "", image: str = "nginx:1.20"):
    text = DEPLOYMENT.replace("nginx:1.20", image) + "".join(
        f"          {line}\n" for line in extra.splitlines()
    )
    return loaded(text).deployment["spec"]["template"]["spec"]["containers"][0]


@pytest.mark.parametrize(
    ("image", "wanted"),
    [
        ("nginx", "Always"),
        ("nginx:latest", "Always"),
        ("host:5000/nginx", "Always"),
        ("host:5000/nginx:1", "IfNotPresent"),
        ("nginx:1.20", "IfNotPresent"),
        ("nginx@sha256:abc", "IfNotPresent"),
    ],
)
def test_the_pull_policy_follows_the_tag(image, wanted):
    assert container(image=image)["imagePullPolicy"] == wanted


def test_missing_requests_are_copied_from_limits():
    found = container("resources:\n  limits: {cpu: 2, memory: 1Gi}\n  requests: {cpu: 1}")

    assert found["resources"]["requests"] == {"cpu": 1, "memory": "1Gi"}


def test_a_probe_receives_its_defaults_and_zero_means_unset():
    found = container(
        "livenessProbe:\n  httpGet: {port: 80}\n  periodSeconds: 0\n  timeoutSeconds: 3"
    )

    assert found["livenessProbe"] == {
        "httpGet": {"port": 80, "path": "/", "scheme": "HTTP"},
        "initialDelaySeconds": 0,
        "periodSeconds": 10,
        "timeoutSeconds": 3,
        "successThreshold": 1,
        "failureThreshold": 3,
    }


def test_explicit_nulls_are_the_same_as_nothing():
    assert loaded(DEPLOYMENT.replace("spec:\n  sel", "spec:\n  replicas: ~\n  sel")).deployment == (
        loaded(DEPLOYMENT).deployment
    )


def test_recreate_receives_no_rolling_update():
    text = DEPLOYMENT.replace("spec:\n  sel", "spec:\n  strategy: {type: Recreate}\n  sel")

    assert loaded(text).deployment["spec"]["strategy"] == {"type": "Recreate"}


SERVICE = """---
apiVersion: v1
kind: Service
metadata: {name: front}
spec:
  selector: {app: web}
  ports: [{port: 8000}]
"""


def test_a_service_receives_its_defaults():
    spec = loaded(DEPLOYMENT + SERVICE).service["spec"]

    assert spec == {
        "type": "ClusterIP",
        "sessionAffinity": "None",
        "internalTrafficPolicy": "Cluster",
        "selector": {"app": "web"},
        "ports": [{"port": 8000, "protocol": "TCP", "targetPort": 8000}],
    }


def test_a_deployment_without_a_service_gets_a_stated_one():
    scenario = loaded(DEPLOYMENT)

    [row] = [row for row in scenario.assumptions if row.field == "Service"]
    assert (row.value, row.origin) == ("web", "assumed")
    assert scenario.service["spec"]["selector"] == {"app": "web"}


def test_a_service_that_matches_nothing_is_a_warning():
    scenario = loaded(DEPLOYMENT + SERVICE.replace("app: web", "app: wob"))

    [warning] = [one for one in scenario.warnings if "front" in one.render()]
    assert warning.render() == (
        "<stdin>:17:13: spec.selector: Service/front matches no Deployment's pods"
        " (it wants app=wob; the pods carry Deployment/web: app=web)"
    )
    assert scenario.service["metadata"]["name"] == "web"


def test_a_service_that_loses_the_new_pods_is_a_warning(tmp_path):
    text = DEPLOYMENT.replace("labels: {app: web}", "labels: {app: web, v: a}")
    new = DEPLOYMENT.replace("labels: {app: web}", "labels: {app: web, v: b}")
    service = SERVICE.replace("app: web", "app: web, v: a")
    (tmp_path / "new.yaml").write_text(new, encoding="utf-8")

    scenario = loaded(text + service, to=tmp_path / "new.yaml")

    assert any("does not select the new version's pods" in w.render() for w in scenario.warnings)


def test_fields_that_are_not_simulated_survive_and_are_listed():
    extra = "env:\n- {name: A, value: b}\n- {name: C, value: d}\nresources:\n  limits: {cpu: 1}"
    text = DEPLOYMENT + "".join(f"          {line}\n" for line in extra.splitlines())
    text = text.replace("    spec:\n", "    spec:\n      hostname: ssd\n")

    scenario = loaded(text)

    listed = [(w.field, w.line) for w in scenario.warnings if "not yet simulated" in w.render()]
    assert listed == [
        ("spec.template.spec.hostname", 9),
        ("spec.template.spec.containers[].env", 14),
    ]
    spec = scenario.deployment["spec"]["template"]["spec"]
    assert spec["hostname"] == "ssd"
    assert spec["containers"][0]["env"][1] == {"name": "C", "value": "d"}
    assert scenario.release.template["spec"]["hostname"] == "ssd"


def test_a_second_deployment_does_not_run_and_is_told_so():
    other = DEPLOYMENT.replace("{name: web}", "{name: other}", 1)
    assert other != DEPLOYMENT

    scenario = loaded(f"{DEPLOYMENT}---\n{other}", deployment="web")

    said = [problem.render() for problem in scenario.warnings]
    assert any("Deployment/other does not run: the release is of Deployment/web" in s for s in said)
    assert not scenario.applied


def test_other_kinds_are_kept_whole_and_listed():
    other = (
        "---\napiVersion: argoproj.io/v1alpha1\nkind: AnalysisTemplate\nmetadata: {name: v}\n"
        "spec: {args: [], anything: [goes]}\n"
    )

    scenario = loaded(DEPLOYMENT + other)

    assert scenario.kept[0]["spec"]["anything"] == ["goes"]
    assert [w.render() for w in scenario.warnings] == [
        "<stdin>:13:1: AnalysisTemplate/v is kept: no Rollout here asks by it"
    ]


def test_field_names_come_from_the_api_itself():
    """No list of ours: a field of the newest API is known, and JSON names are undone."""
    container_model = fields_of(model_of("apps/v1", "Deployment"))["spec"].type
    policy = model_of("networking.k8s.io/v1", "NetworkPolicy")

    assert "minReadySeconds" in fields_of(container_model)
    ingress = fields_of(fields_of(policy)["spec"].type)["ingress"].type.item
    assert "from" in fields_of(ingress)
    assert model_of("networking.istio.io/v1beta1", "VirtualService") is None
    assert versions_of("Ingress") == ["networking.k8s.io/v1"]


NOBODY_JUDGES = (
    "its AnalysisTemplate is not among the manifests: the release goes on as if the analysis had "
    "succeeded"
)
HANDBOOK = {
    "2.2-rolling-deployment.yaml": [],
    "3.2-bluegreen-manifests.yaml": [],
    "4.2-istio-canary.yaml": [
        "VirtualService/web-app-canary lacks a required field",
    ],
    "4.3-nginx-ingress-canary.yaml": [],
    "5.2-ab-deployments.yaml": [],
    "5.2-ab-virtualservice.yaml": [
        "VirtualService/web-app-ab-test lacks a required field",
    ],
    "7.3-feature-flags-configmap.yaml": [],
    "7.4-prometheus-rules-configmap.yaml": [],
    "8.4-argo-rollout-bluegreen.yaml": [
        "there is no Service 'web-app-active'",
        "there is no Service 'web-app-preview'",
        "nobody goes on by hand in a run: the release does not finish",
        NOBODY_JUDGES,
        NOBODY_JUDGES,
    ],
}


@pytest.mark.shared
@pytest.mark.parametrize(("name", "warnings"), HANDBOOK.items(), ids=HANDBOOK)
def test_the_handbooks_manifests_validate(name, warnings, shared):
    found = validate([shared / "handbook" / "manifests" / name])

    assert [str(problem.message) for problem in found.warnings] == warnings


@pytest.mark.shared
def test_the_handbooks_graceful_manifest_is_refused_for_both_of_its_mistakes(shared):
    with pytest.raises(ScenarioError) as caught:
        validate([shared / "handbook" / "manifests" / "6.2-graceful-deployment.yaml"])

    assert [(p.line, p.column, p.field) for p in caught.value.problems] == [
        (6, 3, "spec.selector"),
        (19, 9, "spec.template.spec.containers[0].terminationGracePeriodSeconds"),
    ]
    assert "it belongs to the pod's spec" in caught.value.problems[1].render()


@pytest.mark.shared
def test_the_handbooks_two_deployments_are_released_as_the_pair_they_are(shared):
    scenario = load([shared / "handbook" / "manifests" / "3.2-bluegreen-manifests.yaml"])

    assert scenario.deployment["metadata"]["name"] == "web-app-blue"
    assert scenario.service["metadata"]["name"] == "web-app-service"
    assert scenario.own is not None
    assert scenario.own.second is not None
    assert name_of(scenario.own.second.deployment) == "web-app-green"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("250m", 0.25),
        ("1", 1.0),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1.", 1.0),
        ("128Mi", 134217728.0),
        ("1Gi", 2.0**30),
        ("1k", 1000.0),
        ("1M", 1e6),
        ("2e3", 2000.0),
        ("1E", 1e18),
        ("1E2", 100.0),
        ("1Ei", 2.0**60),
        ("100n", 1e-7),
        ("5u", 5e-6),
        ("-1", -1.0),
        (4, 4.0),
        (0.5, 0.5),
    ],
)
def test_quantities(text, wanted):
    assert quantity(text) == wanted


@pytest.mark.parametrize(
    "text", ["384Mbi", "1KI", "ki", "", "1 Gi", "1e", "0x10", "9" * 70, "1e999"]
)
def test_what_is_no_quantity_is_refused(text):
    with pytest.raises(Unreadable):
        quantity(text)


@pytest.mark.parametrize(
    ("parse", "show", "text", "wanted"),
    [
        (duration, show_duration, "5s", 5.0),
        (duration, show_duration, "30m", 1800.0),
        (duration, show_duration, "1h30m", 5400.0),
        (duration, show_duration, "250ms", 0.25),
        (duration, show_duration, "100ms", 0.1),
        (duration, show_duration, "1.5s", 1.5),
        (duration, show_duration, "0s", 0.0),
        (duration_range, show_range, "100ms..1s", (0.1, 1.0)),
        (duration_range, show_range, "2s", (2.0, 2.0)),
        (share, show_share, "5%", 0.05),
        (share, show_share, "99.9%", 0.999),
        (share, show_share, "100%", 1.0),
        (rate, show_rate, "100/s", 100.0),
        (factor, show_factor, "3x", 3.0),
        (factor, show_factor, "0.5x", 0.5),
        (quantity, show_bytes, "64Mi", 64 * 2.0**20),
        (quantity, show_bytes, "16Gi", 16 * 2.0**30),
        (quantity, show_cores, "100m", 0.1),
        (quantity, show_cores, "4", 4.0),
    ],
)
def test_what_is_shown_reads_back_as_the_same(parse, show, text, wanted):
    assert parse(text) == wanted
    assert show(wanted) == text


def test_rates_and_durations_in_other_units():
    assert rate("6000/m") == 100.0
    assert rate("3600/h") == 1.0
    assert duration("1d") == 86400.0
    assert duration(0) == 0.0


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        (duration, "5"),
        (duration, "5 s"),
        (duration, "-5s"),
        (duration, "s"),
        (duration, "9999999d"),
        (duration, "1" * 100 + "s"),
        (duration_range, "1s..0s"),
        (duration_range, "1s.."),
        (share, "0.05"),
        (share, "101%"),
        (share, "5"),
        (rate, "100"),
        (rate, "100/y"),
        (factor, "3"),
        (factor, "-3x"),
    ],
)
def test_what_is_no_duration_share_rate_or_factor_is_refused(parse, text):
    with pytest.raises(Unreadable) as caught:
        parse(text)

    assert caught.value.hint is not None


def test_defaults_leave_the_given_object_alone():
    given = {
        "metadata": {"name": "x"},
        "spec": {"template": {"spec": {"containers": [{"name": "a"}]}}},
    }
    before = repr(given)

    defaults.deployment(given)

    assert repr(given) == before
