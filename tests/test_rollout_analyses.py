"""The analyses of an Argo `Rollout`: what its AnalysisTemplates ask, and what becomes of it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from command_line import call

from sim.errors import ScenarioError
from sim.experiments.compare import compare
from sim.model.analysis import AnalysisPhase
from sim.model.analysis_template import LATEST_HASH, STABLE_HASH
from sim.model.canary_steps import Analyse
from sim.model.exported_metrics import exported
from sim.model.network import ProxyKind
from sim.model.run import Phase, Window
from sim.scenario.load import load
from sim.session import Session

# From Argo Rollouts' documentation, but for the times (docs/features/analysis.md).
SUCCESS_RATE = """\
apiVersion: argoproj.io/v1alpha1
kind: AnalysisTemplate
metadata:
  name: success-rate
spec:
  args:
  - name: service-name
  metrics:
  - name: success-rate
    interval: 10s
    # NOTE: prometheus queries return results in the form of a vector.
    # So it is common to access the index 0 of the returned array to obtain the value
    successCondition: result[0] >= 0.95
    failureLimit: 3
    provider:
      prometheus:
        address: http://prometheus.example.com:9090
        query: |
          sum(irate(
            istio_requests_total{reporter="source",destination_service=~"{{args.service-name}}",response_code!~"5.*"}[1m]
          )) /
          sum(irate(
            istio_requests_total{reporter="source",destination_service=~"{{args.service-name}}"}[1m]
          ))
"""
OF_PODS = """\
apiVersion: argoproj.io/v1alpha1
kind: AnalysisTemplate
metadata: {name: of-pods}
spec:
  args:
  - name: canary-hash
  - name: stable-hash
  - {name: limit, value: "0.05"}
  metrics:
  - name: errors
    interval: 10s
    count: 3
    failureCondition: result[0] > {{ args.limit }}
    provider:
      prometheus:
        query: >-
          sum(rate(http_requests_total{label_rollouts_pod_template_hash="{{args.canary-hash}}",status=~"5.."}[30s]))
          / sum(rate(http_requests_total{job!="{{args.stable-hash}}"}[30s])) or vector(0)
"""
PODS = """\
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: guestbook, labels: {team: "0.05"}}
spec:
  replicas: 5
  selector: {matchLabels: {app: guestbook}}
  template:
    metadata: {labels: {app: guestbook}}
    spec:
      containers:
      - name: web
        image: guestbook:1
        ports: [{containerPort: 80}]
        readinessProbe: {httpGet: {path: /, port: 80}, periodSeconds: 2}
  strategy:
"""
BACKGROUND = """\
      analysis:
        templates:
        - templateName: success-rate
        startingStep: 1
        args:
        - name: service-name
          value: guestbook-canary.default.svc.cluster.local
"""
INLINE = """\
      - analysis:
          templates: [{templateName: of-pods}]
          args:
          - {name: canary-hash, valueFrom: {podTemplateHashValue: Latest}}
          - {name: stable-hash, valueFrom: {podTemplateHashValue: Stable}}
"""
CANARY = """\
    canary:
      stableService: guestbook
      canaryService: guestbook-canary
      trafficRouting: {istio: {virtualService: {name: guestbook}}}
"""
STEPS = """\
      steps:
      - setWeight: 40
      - pause: {duration: 45s}
"""
SERVICES = """\
apiVersion: v1
kind: Service
metadata: {name: guestbook}
spec: {selector: {app: guestbook}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: guestbook-canary}
spec: {selector: {app: guestbook}, ports: [{port: 80}]}
"""
ROUTES = """\
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: guestbook}
spec:
  hosts: [guestbook]
  http:
  - route:
    - {destination: {host: guestbook}, weight: 100}
    - {destination: {host: guestbook-canary}, weight: 0}
"""
BESIDE = (PODS + CANARY + BACKGROUND + STEPS, SUCCESS_RATE, SERVICES, ROUTES)
IN_A_STEP = (PODS + CANARY + STEPS.replace("45s", "5s") + INLINE, OF_PODS, SERVICES, ROUTES)
PROMOTIONS = """\
    blueGreen:
      activeService: guestbook
      previewService: guestbook-canary
      {when}PromotionAnalysis:
        templates: [{{templateName: of-service}}]
        args: [{{name: service-name, value: {service}}}]
"""
OF_SERVICE = """\
apiVersion: argoproj.io/v1alpha1
kind: AnalysisTemplate
metadata: {name: of-service}
spec:
  args: [{name: service-name}]
  metrics:
  - name: good
    interval: 5s
    initialDelay: 20s
    count: 3
    successCondition: CONDITION
    provider: {prometheus: {query: 'QUERY'}}
"""
WINDOW = Window(start=0.0, first_write=30.0, end=210.0)


def written(place: Path, *texts: str) -> Path:
    (place / "rollout.yaml").write_text("\n---\n".join(texts), "utf-8")
    return place / "rollout.yaml"


def read(place, *texts, fault=False, **how):
    few = ("monitoring.scrapeInterval=5s", "traffic.rate=20/s", *how.pop("overrides", ()))
    faults = ["bug:new:20%"] if fault else []
    found = [written(place, *texts)]
    return load(found, images=["web=guestbook:2"], faults=faults, overrides=few, **how)


def ran(place, *texts, fault=False):
    found = read(place, *texts, fault=fault)
    session = Session(found, found.own.name, 1, window=WINDOW, engine="reference")
    return session.finish()


def refusals(place, *texts):
    with pytest.raises(ScenarioError) as caught:
        read(place, *texts)
    return [problem.render().replace(f"{place}/", "") for problem in caught.value.problems]


def test_the_documented_success_rate_lets_a_good_release_through(tmp_path):
    run = ran(tmp_path, *BESIDE)

    assert Phase.HEALTHY == run.phase
    assert {AnalysisPhase.SUCCESSFUL} == {one.verdict.phase for one in run.measurements}
    # From the pause on, every ten seconds of 45.
    assert 5 == len(run.measurements)


def test_the_documented_success_rate_aborts_a_bad_release_with_its_fourth_failure(tmp_path):
    """failureLimit 3, interval 10 s: 30 s after the first failure, if all fail; route first."""
    run = ran(tmp_path, *BESIDE, fault=True)
    failed = [one.time for one in run.measurements if one.verdict.phase is AnalysisPhase.FAILED]

    assert Phase.DEGRADED == run.phase
    assert ("analysis", "analysis") == (run.given_up.why, run.given_up.analysis)
    assert 4 == len(failed)
    assert failed[-1] == run.measurements[-1].time
    assert {10.0} == {round(b - a, 6) for a, b in pairwise(failed)}
    (asked,) = (one for one in run.asked_shares if one.percent == 40.0)
    assert failed[-1] <= asked.end <= failed[-1] + 0.1


@pytest.mark.parametrize("fault", [False, True])
def test_a_step_of_a_rollout_holds_the_canary_until_its_analysis_is_over(tmp_path, fault):
    """Three measurements 10 s apart, of the pods by their hash; or the first that fails."""
    run = ran(tmp_path, *IN_A_STEP, fault=fault)
    times = [one.time for one in run.measurements]

    assert (Phase.DEGRADED if fault else Phase.HEALTHY) == run.phase
    if fault:
        assert "steps[2].analysis" == run.given_up.analysis
        assert AnalysisPhase.FAILED is run.measurements[-1].verdict.phase
    else:
        assert [10.0, 10.0] == [round(b - a, 6) for a, b in pairwise(times)]


UP = 'count(up{job="{{args.service-name}}"})'
SHARE = (
    'sum(rate(http_requests_total{job="{{args.service-name}}",status="200"}[20s])) / '
    'sum(rate(http_requests_total{job="{{args.service-name}}"}[20s]))'
)


def of_service(query, condition):
    return OF_SERVICE.replace("QUERY", query).replace("CONDITION", condition)


@pytest.mark.parametrize("pods", [5, 6])
def test_a_promotion_waits_for_the_pods_that_the_preview_service_selects(tmp_path, pods):
    """Five of green are there; who asks for six is not promoted, and nobody meets green."""
    rollout = PODS + PROMOTIONS.format(when="pre", service="guestbook-canary")
    run = ran(tmp_path, rollout, of_service(UP, f"result[0] >= {pods}"), SERVICES)

    assert (Phase.HEALTHY if pods == 5 else Phase.DEGRADED) == run.phase
    if pods == 6:
        assert "prePromotionAnalysis" == run.given_up.analysis
        assert {-1, 0} >= set(run.requests.version.tolist())


@pytest.mark.parametrize("fault", [False, True])
def test_a_promotion_that_turns_out_bad_is_switched_back(tmp_path, fault):
    """The active Service's pods are green's after the switch, and are judged from 20 s on."""
    rollout = PODS + PROMOTIONS.format(when="post", service="guestbook")
    run = ran(tmp_path, rollout, of_service(SHARE, "result[0] >= 0.9"), SERVICES, fault=fault)

    assert (Phase.DEGRADED if fault else Phase.HEALTHY) == run.phase
    assert (1 if fault else 3) == len(run.measurements)
    assert (AnalysisPhase.FAILED if fault else AnalysisPhase.SUCCESSFUL) is (
        run.measurements[-1].verdict.phase
    )


@pytest.mark.parametrize("fault", [pytest.param(False, marks=pytest.mark.slow), True])
def test_a_comparison_follows_the_analyses_of_a_rollout(tmp_path, fault):
    found = read(tmp_path, *IN_A_STEP, fault=fault)
    arms = compare(found, ["Canary"], seeds=(1, 2), workers=1, engine="reference").releases

    assert [{"Degraded" if fault else "Healthy": 2}] == [dict(arm.phases) for arm in arms]


def test_a_run_tells_what_a_rollout_was_judged_by(tmp_path):
    few = ("--rps", "20/s", "--engine", "reference", "--json", "--image", "web=guestbook:2")
    few = (*few, "--set", "monitoring.scrapeInterval=5s", "--fault", "bug:new:20%")
    ran = call("run", str(written(tmp_path, *IN_A_STEP)), *few)
    told = json.loads(ran.stdout)

    assert "Degraded" == told["phase"]
    assert "steps[2].analysis" == told["givenUp"]["analysis"]
    assert {"manifest"} == {one["source"] for one in told["settings"] if one["name"] == "steps"}
    assert told["measurements"]


def test_arguments_are_those_of_the_rollout_and_else_the_template_s_own(tmp_path):
    rollout, template, *others = IN_A_STEP
    by_field = rollout + (
        "          - name: limit\n"
        "            valueFrom: {fieldRef: {fieldPath: \"metadata.labels['team']\"}}\n"
    )
    for text, limit in (
        (rollout, "0.05"),
        (by_field, "0.05"),
        (by_field.replace("0.05", "0.2"), "0.2"),
    ):
        found = read(tmp_path, text, template, *others)
        step = found.strategies["Canary"]["steps"][2]
        assert isinstance(step, Analyse)
        (check,) = step.analysis.checks
        assert f"result[0] > {limit}" == check.failure.written
        assert f'label_rollouts_pod_template_hash="{LATEST_HASH}"' in check.query
        assert f'job!="{STABLE_HASH}"' in check.query


def test_several_templates_are_one_analysis_and_dry_runs_do_not_count(tmp_path):
    rollout, template, *others = BESIDE
    both = rollout.replace(
        "        - templateName: success-rate\n",
        "        - templateName: success-rate\n        - {templateName: cpu, clusterScope: true}\n"
        "        dryRun: [{metricName: cpu.*}]\n".replace("cpu.*", "cpu"),
    )
    other = OF_SERVICE.replace("kind: Analysis", "kind: ClusterAnalysis")
    other = other.replace("of-service", "cpu").replace("name: good", "name: cpu")
    other = other.replace("count: 3", 'count: "4"').replace("CONDITION", "result[0] < 1")
    other = other.replace("QUERY", "sum(rate(container_cpu_usage_seconds_total[30s]))")
    found = read(tmp_path, both, template, other, *others).strategies["Canary"]["analysis"]

    assert [("success-rate", False, None), ("cpu", True, 4)] == [
        (one.metric.name, one.metric.dry_run, one.metric.count) for one in found.checks
    ]
    assert 1 == found.starting_step


def test_the_template_that_the_documents_show_judges_a_promotion(tmp_path):
    page = (Path(__file__).parent.parent / "docs" / "scenario.md").read_text("utf-8")
    (shown,) = re.findall(r"```yaml template\n(.*?)```", page, re.DOTALL)
    rollout = PODS + PROMOTIONS.format(when="post", service="guestbook")
    found = read(tmp_path, rollout.replace("of-service", "success-ratio"), shown, SERVICES)
    (check,) = found.strategies["BlueGreen"]["post_promotion_analysis"].checks

    assert "result[0] >= 0.95" == check.success.written
    assert 2 == check.query.count('service="guestbook"')


MISTAKES = [
    ("templateName: success-rate", "templateName: sucess-rate", "did you mean success-rate?"),
    ("istio_requests_total", "istio_request_total", "did you mean istio_requests_total?"),
    ("istio_requests_total", "nginx_ingress_controller_requests", "network.proxy: ingress-nginx"),
    ("istio_requests_total", "orders_placed_total", "nobody here counts orders_placed_total"),
    ("destination_service=~", "destination_servce=~", "did you mean destination_service?"),
    ("{{args.service-name}}", "{{args.servicename}}", "did you mean {{args.service-name}}?"),
    ("{{args.service-name}}", "{{inputs.service-name}}", "there is no argument {{inputs.service"),
    ("- name: service-name\n          value", "- name: name\n          value", "it has no value"),
    (
        "value: guestbook-canary.default.svc.cluster.local",
        "valueFrom: {podTemplateHashValue: Newest}",
        "podTemplateHashValue is one of Latest, Stable",
    ),
    (
        "value: guestbook-canary.default.svc.cluster.local",
        "valueFrom: {fieldRef: {fieldPath: spec.replicas}}",
        "spec.replicas of a Rollout is not read here",
    ),
    ("prometheus:\n        address", "datadog:\n        address", "datadog is not supported"),
    ("interval: 10s", "interval: often", "spec.metrics[0].interval: 'often' is not a duration"),
    ("interval: 10s", "intervall: 10s", "did you mean interval?"),
    ("result[0] >= 0.95", "all(result, # > 1)", "is not understood in the condition"),
    ("failureLimit: 3", "failureLimit: -2", "spec.metrics[0].failureLimit: wanted at least -1"),
    ("sum(irate(", "sun(irate(", "provider.prometheus.query: this is no PromQL"),
    ("startingStep: 1", "startingStep: -1", "analysis.startingStep: wanted at least 0"),
]


@pytest.mark.parametrize(("old", "new", "words"), MISTAKES, ids=[one for _, one, _ in MISTAKES])
def test_a_mistake_in_an_analysis_is_told_at_its_line(tmp_path, old, new, words):
    assert any(old in text for text in BESIDE)
    said = refusals(tmp_path, *(text.replace(old, new) for text in BESIDE))

    assert any(words in one for one in said), said
    assert all(one.startswith("rollout.yaml:") for one in said)


def test_an_analysis_that_is_waited_for_must_come_to_an_end(tmp_path):
    endless = OF_PODS.replace("    count: 3\n", "")
    said = refusals(tmp_path, IN_A_STEP[0], endless, *IN_A_STEP[2:])

    assert any("metric 'errors' is measured without end" in one for one in said), said


def test_what_nobody_here_can_ask_is_refused_before_the_run_at_its_line(tmp_path):
    texts = [text.replace("sum(irate(", "sum(irate((", 1) for text in BESIDE]
    texts[1] = SUCCESS_RATE.replace("        query: |\n", "        query: up @ 5 #|\n", 1)
    texts[1] = texts[1][: texts[1].index("          sum(irate(")]
    texts[0] = BESIDE[0]
    found = call("run", str(written(tmp_path, *texts)), "--image", "web=guestbook:2")

    assert 2 == found.exit_code
    assert "rollout.yaml:" in found.stderr
    assert "@ is not supported in queries" in found.stderr


@pytest.mark.parametrize("proxy", ProxyKind)
def test_every_series_of_a_run_is_one_that_queries_are_told_of(tmp_path, proxy):
    """Names and labels; those of the pods themselves have a prefix."""
    rollout = (PODS + "    canary: {steps: [{setWeight: 40}]}\n", SERVICES)
    found = read(tmp_path, *rollout, fault=True, overrides=[f"network.proxy={proxy.value}"])
    window = replace(WINDOW, end=60.0)
    session = Session(found, "Canary", 1, window=window, engine="reference", monitored=True)
    session.advance(60.0)
    known, seen = exported(proxy), set()
    for labels, _ in session.metrics.query('{__name__=~".+"}'):
        names = dict(labels)
        name = names.pop("__name__")
        seen.add(name)
        assert {one for one in names if not one.startswith("label_")} <= known[name], name
    late = {"kube_pod_container_status_restarts_total", "kube_pod_container_status_waiting_reason"}

    assert seen | late >= known.keys()
