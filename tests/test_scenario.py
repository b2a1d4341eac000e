"""Scenarios: what a file, a flag and silence each mean, and what they are resolved into."""

from __future__ import annotations

import io
import json
import math
import os
import pickle
import re
import shutil
import subprocess
import sys

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import ScenarioError
from sim.model.behaviour import Behaviour, Clients, Delays, Demand, Node, Reaction
from sim.model.run import Window
from sim.scenario.dialect import SCENARIO
from sim.scenario.load import load
from sim.scenario.node import plain
from sim.scenario.scenario import Prices, WindowSpec
from sim.scenario.schema import PLACE, schema_text
from sim.scenario.source import bundled_scenarios
from sim.scenario.yaml import read

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web-app}
spec:
  replicas: 6
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: nginx:1.20
"""
HEAD = "apiVersion: seatrial/v1alpha1\nkind: Scenario\nmetadata: {name: trial}\n"


def bare(text: str = DEPLOYMENT, **flags):
    return load(["-"], stdin=io.BytesIO(text.encode()), **flags)


@pytest.fixture
def scenario(tmp_path):
    """Loads a scenario out of the YAML of its spec."""

    def loaded(spec: str = "", **flags):
        (tmp_path / "deployment.yaml").write_text(DEPLOYMENT, encoding="utf-8")
        lines = "".join(f"  {line}\n" for line in spec.splitlines())
        text = f"{HEAD}spec:\n  manifests: [deployment.yaml]\n{lines}"
        (tmp_path / "scenario.yaml").write_text(text, encoding="utf-8")
        return load([tmp_path], **flags)

    return loaded


def row(scenario, field: str):
    [found] = [one for one in scenario.assumptions if one.field == field]
    return found


def test_a_bare_manifest_is_enough_and_everything_else_is_assumed():
    found = bare()

    assert found.name == "web-app"
    assert found.behaviour("old", found.deployment["spec"]["template"]) == Behaviour()
    assert found.behaviour("new", found.release.template) == Behaviour()
    assert found.clients == Clients()
    assert found.delays == Delays()
    assert (found.population, found.proxies, found.balancer) == (10_000, 3, "random")
    assert found.nodes == tuple(
        Node(name=f"node-{i}", cpu_cores=4.0, memory_bytes=16 * 2.0**30) for i in (1, 2, 3)
    )
    assert found.pod_requests(found.release.template) == (0.1, 128 * 2.0**20)
    assert found.memory_limit(found.release.template) is None
    assert found.slo_availability == 0.999
    assert (found.prices, found.window, found.faults) == (None, None, ())


def test_every_assumption_has_a_reason_and_the_release_comes_first():
    found = bare()

    assert found.assumptions[0].field == "release"
    assert str(found.assumptions[0].why).startswith("a restart: only an annotation changes")
    assert {one.origin for one in found.assumptions} == {"assumed", "manifest"}
    assert all(str(one.why) and one.value for one in found.assumptions)
    assert not any("price" in one.field for one in found.assumptions)


def test_without_a_readiness_probe_and_a_memory_limit_the_table_says_what_follows():
    rows = {one.field: str(one.why) for one in bare().assumptions}
    path = "spec.template.spec.containers[0]"

    assert "as soon as its container runs" in rows[f"{path}.readinessProbe"]
    assert "a leak ends at the node's memory" in rows[f"{path}.resources.limits.memory"]


def test_a_restart_changes_one_annotation_and_nothing_else():
    found = bare()
    old = found.deployment["spec"]["template"]

    assert found.release.kind == "restart"
    assert found.release.template["spec"] == old["spec"]
    assert found.release.template["metadata"] == old["metadata"] | {
        "annotations": {"kubectl.kubernetes.io/restartedAt": "2024-01-01T00:00:00Z"}
    }
    assert "annotations" not in old["metadata"]


def test_image_flags_change_the_image_alone():
    found = bare(images=["web=nginx:1.21"])

    assert found.release.kind == "image"
    assert str(found.release.describe) == "new image: web: nginx:1.20 → nginx:1.21"
    assert found.release.template["spec"]["containers"][0]["image"] == "nginx:1.21"
    assert found.deployment["spec"]["template"]["spec"]["containers"][0]["image"] == "nginx:1.20"
    assert found.assumptions[0].origin == "given"


def test_a_new_manifest_gives_its_template_and_a_warning_for_the_rest(tmp_path):
    text = DEPLOYMENT.replace("1.20", "1.21").replace("replicas: 6", "replicas: 8")
    (tmp_path / "new.yaml").write_text(text, encoding="utf-8")

    found = bare(to=tmp_path / "new.yaml")

    assert found.release.kind == "manifest"
    assert found.release.template["spec"]["containers"][0]["image"] == "nginx:1.21"
    assert found.deployment["spec"]["replicas"] == 6
    [warning] = [one for one in found.warnings if one.field == "spec.replicas"]
    assert "6 becomes 8: only the template is released" in warning.render()
    assert warning.line == 5


def test_a_patch_merges_containers_by_name_and_null_removes(scenario):
    found = scenario(
        "release:\n  patch:\n    metadata: {labels: {v: b}}\n    spec:\n"
        "      terminationGracePeriodSeconds: 60\n"
        "      containers:\n        - {name: web, imagePullPolicy: Always}\n"
        "        - {name: side, image: side:1}"
    )

    spec = found.release.template["spec"]
    assert found.release.kind == "patch"
    assert spec["terminationGracePeriodSeconds"] == 60
    assert [(one["name"], one["image"]) for one in spec["containers"]] == [
        ("web", "nginx:1.20"),
        ("side", "side:1"),
    ]
    assert spec["containers"][0]["imagePullPolicy"] == "Always"
    assert found.release.template["metadata"]["labels"] == {"app": "web", "v": "b"}


def test_what_a_version_does_not_say_is_as_in_old(scenario):
    found = scenario(
        "versions:\n  old: {startup: 3s, service: {cpu: 20ms}}\n"
        "  new: {service: {wait: 1s}, onSigterm: exit}\n"
        "  fixed: {image: 'nginx:1.22', service: {distribution: lognormal, cv: 2}}"
    )
    old = found.deployment["spec"]["template"]
    fixed = {"metadata": {}, "spec": {"containers": [{"name": "web", "image": "nginx:1.22"}]}}

    assert found.behaviour("old", old) == Behaviour(startup_seconds=3.0, cpu_seconds=0.02)
    assert found.behaviour("new", found.release.template) == Behaviour(
        startup_seconds=3.0, cpu_seconds=0.02, wait_seconds=1.0, reaction=Reaction.EXIT
    )
    assert found.behaviour("v3", fixed) == Behaviour(
        startup_seconds=3.0, cpu_seconds=0.02, demand=Demand.LOGNORMAL, demand_cv=2.0
    )
    assert found.behaviour("v4", old) == found.behaviour("new", old)


def test_an_image_entry_speaks_for_a_version_that_has_no_entry_of_its_name(scenario):
    spec = "versions: {slow: {image: 'nginx:1.21', startup: 9s}}\n"
    spec += "release: {image: {web: 'nginx:1.21'}}"
    named = spec.replace("versions: {", "versions: {new: {startup: 4s}, ")

    assert scenario(spec).behaviour("new", scenario(spec).release.template).startup_seconds == 9.0
    assert scenario(named).behaviour("new", scenario(named).release.template).startup_seconds == 4.0


OVERRIDES = [
    ("traffic.rate=100/s", lambda s: s.rate_curve(0, 1).rates, (100.0,)),
    ("spec.traffic.rate=6000/m", lambda s: s.rate_curve(0, 1).rates, (100.0,)),
    ("clients.attempts=3", lambda s: s.clients.attempts, 3),
    ("clients.deadline=1m", lambda s: s.clients.deadline_seconds, 60.0),
    ("users.population=7", lambda s: s.population, 7),
    ("network.propagation=2s", lambda s: s.delays.propagation, (2.0, 2.0)),
    ("network.balancer=round_robin", lambda s: s.balancer, "round_robin"),
    ("network.proxies=9", lambda s: s.proxies, 9),
    ("nodes.count=5", lambda s: (len(s.nodes), s.proxies), (5, 5)),
    ("nodes.memory=1Gi", lambda s: s.nodes[0].memory_bytes, 2.0**30),
    ("nodes.defaultRequests.cpu=2", lambda s: s.pod_requests(s.release.template)[0], 2.0),
    ("slo.availability=99%", lambda s: s.slo_availability, 0.99),
    ("window.length=90s", lambda s: s.window, WindowSpec(length=90.0)),
    (
        "versions.new.startup=20s",
        lambda s: (
            s.versions[0].behaviour.startup_seconds,
            s.versions[1].behaviour.startup_seconds,
        ),
        (2.0, 20.0),
    ),
]


@pytest.mark.parametrize(("text", "read_it", "wanted"), OVERRIDES, ids=[o[0] for o in OVERRIDES])
def test_every_assumption_can_be_overridden_by_a_flag(text, read_it, wanted):
    found = bare(overrides=[text])

    assert read_it(found) == wanted
    field = text.partition("=")[0].removeprefix("spec.")
    assert row(found, field).origin == "given"
    assert "--set" in str(row(found, field).why)


def test_every_assumed_row_of_the_spec_names_a_field_that_can_be_set(scenario):
    """Setting each row to its own value changes nothing but where the value is from."""
    rows = [one for one in bare().assumptions if "Service" not in one.field][1:]
    rows = [one for one in rows if not one.field.startswith("spec.")]

    found = bare(overrides=[f"{one.field}={one.value}" for one in rows])

    assert {row(found, one.field).origin for one in rows} == {"given"}
    assert [row(found, one.field).value for one in rows] == [one.value for one in rows]
    assert found.behaviour("new", found.release.template) == Behaviour()
    assert found.delays == Delays()


def test_flags_win_over_the_file_and_faults_add_up(scenario):
    found = scenario(
        "traffic: {rate: 10/s}\nfaults: ['bug:new:5%']",
        overrides=["traffic.rate=20/s"],
        faults=["leak:new:2MiB/s"],
    )

    assert found.rate_curve(0, 1).rates == (20.0,)
    assert [(f.kind, f.version, f.amount, f.line) for f in found.faults] == [
        ("bug", "new", "5%", 7),
        ("leak", "new", "2MiB/s", 0),
    ]
    assert found.faults[1].file == "--fault"


def test_prices_are_never_assumed_only_given(scenario):
    found = scenario("prices: {currency: EUR, coreHour: 0.04, gibHour: 1}")

    assert found.prices == Prices(currency="EUR", core_hour=0.04, gib_hour=1.0)
    assert row(found, "prices.coreHour").origin == "given"


def test_requests_and_limits_add_up_over_containers():
    resources = "resources: {{limits: {{memory: {0}}}, requests: {{cpu: {1}, memory: {0}}}}}"
    text = DEPLOYMENT + (
        f"          {resources.format('1Gi', '500m')}\n"
        f"        - name: side\n          image: b\n          {resources.format('512Mi', '1')}\n"
    )

    found = bare(text)

    assert found.pod_requests(found.release.template) == (1.5, 1.5 * 2**30)
    assert found.memory_limit(found.release.template) == 2**30  # Each is killed at its own.
    assert not any(one.field.startswith("nodes.defaultRequests") for one in found.assumptions)


def test_there_are_nodes_enough_for_the_pods_unless_the_user_says_how_many():
    large = DEPLOYMENT.replace("replicas: 6", "replicas: 300")

    # 375 pods of 0.1 cores and up to 300 that wind up, 40 on each.
    assert len(bare(large).nodes) == 17
    few = bare(large, overrides=["nodes.count=2"])
    assert len(few.nodes) == 2
    assert any("need 10 nodes, there are 2" in one.render() for one in few.warnings)


def curve(found, start=-30.0, end=240.0):
    rates = found.rate_curve(start, end)
    return list(zip(rates.times, rates.rates, strict=True))


def test_poisson_and_constant_traffic_are_one_rate(scenario):
    assert curve(scenario()) == [(-30.0, 50.0)]
    assert scenario().rate_curve(-30, 240).poisson
    assert not scenario("traffic: {kind: constant, rate: 7/s}").rate_curve(-30, 240).poisson


def test_piecewise_traffic_holds_its_first_rate_before_time_zero(scenario):
    spec = "traffic: {kind: piecewise, points: [{at: 10s, rate: 1/s}, {at: 20s, rate: 2/s}]}"

    assert curve(scenario(spec)) == [(-30.0, 1.0), (10.0, 1.0), (20.0, 2.0)]
    assert curve(scenario(spec), start=15.0) == [(15.0, 1.0), (20.0, 2.0)]
    assert curve(scenario(spec), end=20.0) == [(-30.0, 1.0), (10.0, 1.0)]


def test_bursts_come_again_and_again(scenario):
    spec = "traffic: {kind: burst, rate: 10/s, factor: 3x, at: 60s, length: 20s, every: 100s}"

    assert curve(scenario(spec)) == [
        (-30.0, 10.0),
        (60.0, 30.0),
        (80.0, 10.0),
        (160.0, 30.0),
        (180.0, 10.0),
    ]


def test_diurnal_traffic_peaks_where_it_should_and_keeps_its_mean(scenario):
    found = scenario(
        "traffic: {kind: diurnal, rate: 10/s, amplitude: 50%, period: 1h, peakAt: 15m,"
        " arrivals: even}"
    )
    rates = found.rate_curve(0, 3600)

    assert math.isclose(max(rates.rates), 15.0, rel_tol=1e-4)
    assert math.isclose(min(rates.rates), 5.0, rel_tol=1e-4)
    assert math.isclose(sum(rates.rates) / len(rates.rates), 10.0, rel_tol=1e-6)
    peak = rates.times[rates.rates.index(max(rates.rates))]
    assert 895 <= peak <= 905
    assert not rates.poisson


def recorded(tmp_path, rows: list[str], spec: str = ""):
    (tmp_path / "counts.csv").write_text("timestamp,value\n" + "\n".join(rows), encoding="utf-8")
    (tmp_path / "deployment.yaml").write_text(DEPLOYMENT, encoding="utf-8")
    fields = f"{{kind: csv, file: counts.csv{spec}}}"
    text = f"{HEAD}spec:\n  manifests: [deployment.yaml]\n  traffic: {fields}\n"
    (tmp_path / "scenario.yaml").write_text(text, encoding="utf-8")
    return load([tmp_path])


ROWS = ["2024-05-01 12:00:00,300", "2024-05-01 12:05:00,600.0", "2024-05-01 12:10:00,0"]


def test_a_recording_becomes_rates(tmp_path):
    assert curve(recorded(tmp_path, ROWS), end=1000.0) == [
        (-30.0, 1.0),
        (300.0, 2.0),
        (600.0, 0.0),
    ]


def test_a_recording_can_be_scaled_sped_up_and_entered_later(tmp_path):
    found = recorded(tmp_path, ROWS, ", scale: 10x, speed: 60x, start: 5m")

    assert curve(found, end=100.0) == [(-30.0, 10.0), (0.0, 20.0), (5.0, 0.0)]
    assert curve(found, start=-2.0, end=100.0) == [(-2.0, 10.0), (0.0, 20.0), (5.0, 0.0)]


@pytest.mark.parametrize(
    ("rows", "line", "phrase"),
    [
        ([*ROWS, "yesterday,5"], 5, "'yesterday' is not a time"),
        ([*ROWS, "2024-05-01 12:15:00,-1"], 5, "'-1' is not a count of requests"),
        ([*ROWS, "2024-05-01 12:15:00,nan"], 5, "'nan' is not a count of requests"),
        ([*ROWS, "2024-05-01 12:15:00"], 5, "a row without a value"),
        ([ROWS[0], ROWS[0]], 3, "is not later than the row before"),
        ([ROWS[0]], 1, "at least two rows"),
        ([], 1, "at least two rows"),
        (["inf,3"], 2, "'inf' is not a time"),
    ],
)
def test_a_bad_row_of_a_recording_is_reported_with_its_line(rows, line, phrase, tmp_path):
    with pytest.raises(ScenarioError) as caught:
        recorded(tmp_path, rows)

    [problem] = caught.value.problems
    assert phrase in problem.render()
    assert problem.place.endswith(f"counts.csv:{line}:1")


@pytest.mark.shared
def test_a_real_recording_of_two_weeks_is_read(shared, tmp_path):
    shutil.copy(shared / "data" / "elb_request_count.csv", tmp_path / "counts.csv")
    rows = (tmp_path / "counts.csv").read_text("utf-8").splitlines()[1:]

    found = recorded(tmp_path, rows)

    assert len(found.recording) == 4032
    assert curve(found, start=0.0, end=600.0) == [(0.0, 94 / 300), (300.0, 56 / 300)]


def test_a_workload_is_everything_that_arrives(scenario):
    window = Window(start=0.0, first_write=30.0, end=240.0)

    found = scenario("users: {population: 9}").workload(window, -60.0)

    assert (found.population, found.proxies, found.balancer) == (9, 3, "random")
    assert (found.window_start, found.window_end) == (0.0, 240.0)
    assert (found.arrivals.times, found.arrivals.end) == ((-60.0,), 240.0)


def test_bundled_scenarios_are_found_by_name_and_carry_the_lessons_values():
    assert {"graceful", "web-app"} < set(bundled_scenarios())
    web, graceful = load(["web-app"]), load(["graceful"])

    spec = web.deployment["spec"]
    assert spec["replicas"] == 6
    assert spec["strategy"]["rollingUpdate"] == {"maxSurge": 2, "maxUnavailable": 1}
    assert web.release.template["spec"]["containers"][0]["image"] == "nginx:1.21"
    pod = graceful.deployment["spec"]["template"]["spec"]
    assert pod["terminationGracePeriodSeconds"] == 30
    assert pod["containers"][0]["livenessProbe"]["initialDelaySeconds"] == 30
    assert web.warnings == graceful.warnings == ()


@pytest.mark.parametrize("name", ["web-app", "graceful"])
def test_a_bundled_scenario_is_the_same_by_name_directory_and_file(name, root, monkeypatch):
    monkeypatch.chdir(root)

    by_name, by_path = load([name]), load([f"scenarios/{name}"])

    assert by_name.digest == by_path.digest == load([f"scenarios/{name}/scenario.yaml"]).digest


def test_a_path_wins_over_the_name_of_a_bundled_scenario(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "web-app").write_text(DEPLOYMENT, encoding="utf-8")

    assert load(["web-app"]).release.kind == "restart"


def test_a_scenario_survives_pickling():
    found = load(["web-app"], faults=["bug:new:5%"], overrides=["traffic.rate=9/s"])

    assert pickle.loads(pickle.dumps(found)) == found


def test_what_was_understood_is_plain_json():
    found = load(["web-app"])

    assert json.loads(json.dumps(found.understood(), allow_nan=False)) == found.understood()
    assert found.understood()["digest"] == found.digest


def test_the_digest_is_the_same_in_another_process_with_another_hash_seed():
    code = "from sim.scenario.load import load; print(load(['web-app']).digest)"
    digests = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("0", "77")
    }

    assert digests == {load(["web-app"]).digest}


CHOICES = st.lists(
    st.sampled_from([text for text, *_ in OVERRIDES if not text.startswith("spec.")]), unique=True
)


@settings(deadline=None, max_examples=40, derandomize=True)
@given(chosen=CHOICES)
def test_loading_twice_gives_the_same_digest_and_every_change_another(chosen):
    """The digest depends on what was said, not on the order or the number of times it is read."""
    once, again = bare(overrides=chosen), bare(overrides=list(reversed(chosen)))

    assert once.digest == again.digest
    assert (once.digest == bare().digest) == (not chosen)


def test_the_digest_does_not_depend_on_where_the_files_lie(tmp_path):
    found = bundled_scenarios()["web-app"]
    shutil.copytree(found, tmp_path / "elsewhere")

    assert load([tmp_path / "elsewhere"]).digest == load(["web-app"]).digest


def test_the_json_schema_is_current(root):
    """Rewrite it with `python -m sim.scenario.schema`."""
    assert PLACE == root / "docs" / "scenario.schema.json"
    assert PLACE.read_text("utf-8") == schema_text()


FENCE = re.compile(r"^```yaml( spec)?\n(.*?)^```", re.MULTILINE | re.DOTALL)


def examples(root) -> list[str]:
    text = (root / "docs" / "scenario.md").read_text("utf-8")
    return [
        body if not part else f"{HEAD}spec:\n  manifests: [deployment.yaml]\n" + _indented(body)
        for part, body in FENCE.findall(text)
    ]


def _indented(text: str) -> str:
    return "".join(f"  {line}\n" for line in text.splitlines())


def test_every_example_of_the_documentation_loads_and_fits_the_schema(root, tmp_path):
    schema = jsonschema.Draft202012Validator(json.loads(PLACE.read_text("utf-8")))
    schema.check_schema(schema.schema)
    shutil.copy(root / "scenarios" / "web-app" / "deployment.yaml", tmp_path)
    deployment = (tmp_path / "deployment.yaml").read_text("utf-8")
    (tmp_path / "next.yaml").write_text(deployment.replace("1.20", "1.21"), encoding="utf-8")
    (tmp_path / "counts.csv").write_text("timestamp,value\n0,300\n300,600\n", encoding="utf-8")
    alert = "groups: [{name: web, rules: [{alert: HighErrorRate, expr: up == 0}]}]"
    (tmp_path / "alerts.yaml").write_text(alert, encoding="utf-8")
    found = examples(root)

    assert len(found) >= 10
    for text in found:
        (tmp_path / "scenario.yaml").write_text(text, encoding="utf-8")
        [document], _ = read(text, "scenario.yaml", SCENARIO)
        schema.validate(plain(document))
        assert load([tmp_path]).deployment["metadata"]["name"] == "web-app"


def test_the_full_example_gives_every_field_of_the_model(root):
    """So the documentation cannot fall behind the model; csv and bursts have examples beside it."""
    schema = json.loads(schema_text())
    [full] = [text for text in examples(root) if "everything" in text]
    [document], _ = read(full, "scenario.yaml", SCENARIO)
    spec = plain(document)["spec"]
    parts = {
        "Spec": spec,
        "Clients": spec["clients"],
        "Users": spec["users"],
        "Network": spec["network"],
        "Nodes": spec["nodes"],
        "Requests": spec["nodes"]["defaultRequests"],
        "Prices": spec["prices"],
        "Slo": spec["slo"],
        "Rollback": spec["rollback"],
        "Person": spec["rollback"]["person"],
        "GitOps": spec["rollback"]["gitOps"],
        "Window": spec["window"],
        "Poisson": spec["traffic"],
        "Version": spec["versions"]["old"] | spec["versions"]["hotfix"],
        "Call": spec["versions"]["old"]["calls"]["database"],
        "Dependency": spec["dependencies"]["database"],
        "Service": {
            k for one in ("old", "hotfix", "v3", "v4") for k in spec["versions"][one]["service"]
        },
        "RequestClass": spec["traffic"]["classes"]["checkout"],
        "ClassOfVersion": spec["versions"]["old"]["classes"]["search"],
        "WarmUp": spec["versions"]["hotfix"]["warmUp"],
    }

    for name, given_fields in parts.items():
        assert set(schema["$defs"][name]["properties"]) == set(given_fields), name


def test_a_scenario_cannot_reach_outside_through_a_link(tmp_path):
    (tmp_path / "outside.yaml").write_text(DEPLOYMENT, encoding="utf-8")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "link.yaml").symlink_to(tmp_path / "outside.yaml")
    text = f"{HEAD}spec: {{manifests: [link.yaml]}}\n"
    (tmp_path / "in" / "scenario.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(ScenarioError, match=r"link\.yaml lies outside the scenario"):
        load([tmp_path / "in"])


def test_reading_a_scenario_needs_neither_numpy_nor_simpy():
    """So that a mistake in a file is told at once."""
    code = "import sys, sim.scenario.load; print('numpy' in sys.modules, 'simpy' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["False", "False"]
