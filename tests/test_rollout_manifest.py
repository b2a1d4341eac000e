"""An Argo `Rollout` among the manifests: what becomes of it, and what is refused by name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import call

from sim.errors import ScenarioError
from sim.model.canary_steps import Pause, SetCanaryScale, SetHeaderRoute, SetWeight
from sim.model.network import ProxyKind
from sim.model.run import Phase, Window
from sim.scenario.load import load, validate
from sim.scenario.scenario import Scenario
from sim.session import Session

# The handbook's 8.4, as it stands there.
HANDBOOK = """\
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata:
  name: web-app-rollout
spec:
  replicas: 5
  strategy:
    blueGreen:
      activeService: web-app-active
      previewService: web-app-preview
      autoPromotionEnabled: false
      scaleDownDelaySeconds: 30
      prePromotionAnalysis:
        templates:
        - templateName: success-rate
        args:
        - name: service-name
          value: web-app-preview
      postPromotionAnalysis:
        templates:
        - templateName: success-rate
        args:
        - name: service-name
          value: web-app-active
  selector:
    matchLabels:
      app: web-app
  template:
    metadata:
      labels:
        app: web-app
    spec:
      containers:
      - name: web
        image: web-app:v1.2.0
"""
CANARY = """\
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: shop}
spec:
  replicas: 4
  progressDeadlineSeconds: 60
  progressDeadlineAbort: true
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec:
      containers:
      - name: web
        image: shop:1
        readinessProbe: {httpGet: {path: /, port: 80}, periodSeconds: 1}
  strategy:
    canary:
      stableService: shop
      canaryService: shop-canary
      trafficRouting:
        managedRoutes: [{name: testers}]
        istio:
          virtualService: {name: shop}
          destinationRule: {name: shop, canarySubsetName: canary, stableSubsetName: stable}
      steps:
      - setCanaryScale: {replicas: 1}
      - setHeaderRoute: {name: testers, match: [{headerName: x-test, headerValue: {exact: "1"}}]}
      - pause: {duration: 5}
      - setCanaryScale: {matchTrafficWeight: true}
      - setHeaderRoute: {name: testers}
      - setWeight: 25
      - pause: {duration: 10s}
      - setCanaryScale: {weight: 75}
      - setWeight: 50
      - pause: {duration: "5"}
"""
BASIC = CANARY.split("  strategy:")[0] + "  strategy:\n    canary:\n"
SERVICES = """\
apiVersion: v1
kind: Service
metadata: {name: first}
spec: {selector: {app: shop}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: shop}
spec: {selector: {app: shop}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: shop-canary}
spec: {selector: {app: shop}, ports: [{port: 80}]}
"""
ISTIO = """\
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: shop}
spec:
  hosts: [shop]
  http:
  - route:
    - destination: {host: shop, subset: stable}
      weight: 100
    - destination: {host: shop, subset: canary}
      weight: 0
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: shop}
spec:
  host: shop
  subsets:
  - {name: stable, labels: {app: shop}}
  - {name: canary, labels: {app: shop}}
"""
WORKLOAD = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop-pods}
spec:
  replicas: 0
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec:
      containers: [{name: web, image: shop:1}]
---
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: shop}
spec:
  replicas: 3
  workloadRef: {apiVersion: apps/v1, kind: Deployment, name: shop-pods}
  strategy: {canary: {steps: [{setWeight: 34}]}}
"""


def written(place: Path, *texts: str) -> Path:
    place.mkdir(exist_ok=True)
    (place / "manifests.yaml").write_text("\n---\n".join(texts), "utf-8")
    return place / "manifests.yaml"


def read(place: Path, *texts: str, **how) -> Scenario:
    return load([written(place, *texts)], **how)


def refusals(place: Path, *texts: str, **how) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        read(place, *texts, **how)
    return [problem.render().replace(f"{place}/", "") for problem in caught.value.problems]


def remarks(found: Scenario) -> str:
    return "\n".join(problem.render() for problem in found.warnings)


def test_the_handbooks_rollout_is_read_as_a_blue_green_that_nobody_judges_without_a_template(
    tmp_path,
):
    found = read(tmp_path, HANDBOOK)

    assert found.own is not None
    assert "BlueGreen" == found.own.name
    assert {
        "auto_promotion_enabled": False,
        "scale_down_delay_seconds": 30,
        "progress_deadline_abort": False,
    } == found.strategies["BlueGreen"]
    assert (5, "web-app-rollout") == (
        found.deployment["spec"]["replicas"],
        found.deployment["metadata"]["name"],
    )
    said = remarks(found)
    assert "11:29: spec.strategy.blueGreen.autoPromotionEnabled: nobody goes on by hand" in said
    nobody = "its AnalysisTemplate is not among the manifests"
    assert f"14:9: spec.strategy.blueGreen.prePromotionAnalysis: {nobody}" in said
    assert f"20:9: spec.strategy.blueGreen.postPromotionAnalysis: {nobody}" in said
    assert "10:23: spec.strategy.blueGreen.previewService: there is no Service" in said


def test_a_canarys_steps_and_router_are_those_of_its_rollout(tmp_path):
    found = read(tmp_path, CANARY, SERVICES, ISTIO)

    assert {
        "steps": (
            SetCanaryScale(1),
            SetHeaderRoute("x-test", "1", "testers"),
            Pause(5.0),
            SetCanaryScale(),
            SetHeaderRoute("", "", "testers"),
            SetWeight(25),
            Pause(10.0),
            SetCanaryScale(percent=75),
            SetWeight(50),
            Pause(5.0),
        ),
        "router": "virtual_service",
        "progress_deadline_abort": True,
    } == found.strategies["Canary"]
    assert ProxyKind.ISTIO is found.connections.proxy
    assert "shop" == found.service["metadata"]["name"]
    assert "not yet simulated" not in remarks(found)


@pytest.mark.parametrize(
    ("routing", "router", "proxy"),
    [
        ("nginx: {stableIngress: shop}", "ingress_annotations", ProxyKind.INGRESS_NGINX),
        ("istio: {virtualService: {name: shop}}", "virtual_service", ProxyKind.ISTIO),
        (
            "plugins: {argoproj-labs/gatewayAPI: {httpRoute: shop, namespace: default}}",
            "http_route",
            ProxyKind.ISTIO,
        ),
    ],
)
def test_traffic_routing_names_the_router_and_who_must_read_it(tmp_path, routing, router, proxy):
    services = "      stableService: shop\n      canaryService: shop-canary\n"
    found = read(tmp_path, f"{BASIC}{services}      trafficRouting: {{{routing}}}\n", SERVICES)

    assert router == found.strategies["Canary"]["router"]
    assert proxy is found.connections.proxy
    row = next(one for one in found.assumptions if one.field == "network.proxy")
    assert "trafficRouting" in str(row.why)


def test_surge_and_unavailable_of_a_canary_bound_its_pods(tmp_path):
    found = read(tmp_path, BASIC + "      maxSurge: 2\n      maxUnavailable: 0\n")

    budget = {"maxSurge": 2, "maxUnavailable": 0}
    assert budget == found.deployment["spec"]["strategy"]["rollingUpdate"]
    assert {"steps": (), "progress_deadline_abort": True} == found.strategies["Canary"]


MISTAKES = [
    (
        "maxSurge: 2\n      maxSurg: 3",
        '19:7: spec.strategy.canary.maxSurg: unknown field "maxSurg"',
    ),
    ("maxSurge: 2\n      maxSurg: 3", "did you mean maxSurge?"),
    ("maxSurge: many", '18:17: spec.strategy.canary.maxSurge: "many": a valid percent string'),
    ("maxSurge: 0\n      maxUnavailable: 0", "may not be 0 when `maxSurge` is 0"),
    ("steps: {setWeight: 5}", "18:14: spec.strategy.canary.steps: wanted a list"),
    ("steps: [{setWeigth: 5}]", "did you mean setWeight?"),
    ("steps: [{setWeight: 101}]", "steps[0].setWeight: 101: must be between 0 and 100"),
    ("steps: [{setWeight: 5, pause: {}}]", "a step has exactly one instruction"),
    ("steps: [{pause: {duration: 5x}}]", "steps[0].pause.duration: \"5x\": '5x' is not a duration"),
    ("steps: [{pause: {duration: -5}}]", "must be between 0 and 10000000"),
    ('steps: [{pause: {duration: "--5"}}]', "'--5' is not a duration"),
    ("steps: [{pause: {duration: 1000000000}}]", "must be between 0 and 10000000"),
    ("steps: [null]", "a step has exactly one instruction"),
    ("analysis: {templates: [null]}", "analysis.templates[0].templateName: required value"),
    ("analysis: {}", "analysis.templates: required value"),
    ("steps: [{setCanaryScale: {replicas: 1}}]", "setCanaryScale needs a router"),
    ("steps: [{setHeaderRoute: {name: a}}]", "setHeaderRoute needs a proxy that Argo Rollouts"),
    ("steps: [{experiment: {duration: 5m}}]", "experiment is not supported: nobody starts"),
    ("steps: [{analysis: {templates: []}}]", "steps[0].analysis.templates: required value"),
    ("steps: [{analysis: {templates: [{templateName: a}]}}]", "there is no AnalysisTemplate 'a'"),
    ("steps: [{setMirrorRoute: {name: a}}]", "setMirrorRoute is not supported"),
    ("scaleDownDelaySeconds: 60", "scaleDownDelaySeconds needs a router"),
    ("dynamicStableScale: true", "dynamicStableScale needs a router"),
    ("abortScaleDownDelaySeconds: -1", "must be between 0 and 10000000"),
    ("stableService: a\n      canaryService: a", "it is the stable one"),
    ("trafficRouting: {alb: {ingress: a}}", "alb is not supported: there is no such proxy here"),
    ("trafficRouting: {}", "exactly one proxy shares requests out"),
    ("trafficRouting: {nginx: {stableIngress: a}}", "canaryService and stableService must be set"),
    ("trafficRouting: {plugins: {argoproj-labs/gatewayApi: {}}}", "argoproj-labs/gatewayAPI?"),
    ("pingPong: {pingService: a, pongService: b}", "pingPong is not supported"),
    ("minPodsPerReplicaSet: 2", "minPodsPerReplicaSet is not supported"),
]


@pytest.mark.parametrize(("lines", "words"), MISTAKES, ids=[one for one, _ in MISTAKES])
def test_a_mistake_in_a_canary_is_told_at_its_line(tmp_path, lines, words):
    said = refusals(tmp_path, f"{BASIC}      {lines}\n")

    assert any(words in one for one in said), said
    assert all(one.startswith("manifests.yaml:") for one in said)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("strategy:", "strateg:", 'spec.strateg: unknown field "strateg" (did you mean strategy?)'),
        ("replicas: 5", "replicas: five", "6:13: spec.replicas: wanted a whole number"),
        ("replicas: 5", "paused: true", "a paused Rollout releases nothing"),
        ("replicas: 5", "restartAt: '2024-01-01T00:00:00Z'", "restartAt is not supported"),
        ("kind: Rollout", "kind: RollOut", "kind: argoproj.io/v1alpha1 has no RollOut"),
        ("io/v1alpha1", "io/v1", "apiVersion: argoproj.io/v1 has no Rollout"),
        ("web-app-preview\n      auto", "web-app-active\n      auto", "it is the active one"),
        ("      activeService: web-app-active\n", "", "activeService: required value"),
        ("blueGreen:", "canary: {}\n    blueGreen:", "a Rollout has exactly one strategy"),
        (
            "  selector:\n    matchLabels:\n      app: web-app\n",
            "",
            "spec.selector: required value",
        ),
        ("image: web-app", "imag: web-app", "did you mean image?"),
        ("app: web-app\n    spec", "app: other\n    spec", "selector"),
        ("Enabled: false", "Enabled: no thanks", "wanted true or false"),
    ],
)
def test_a_mistake_in_a_rollout_is_told_at_its_line(tmp_path, old, new, words):
    assert old in HANDBOOK
    said = refusals(tmp_path, HANDBOOK.replace(old, new, 1))

    assert any(words in one for one in said), said
    assert all(one.startswith("manifests.yaml:") for one in said)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("{exact: ", "{regex: ", "regex is not supported: only exact values are compared"),
        ("name: testers, match", "name: tester, match", "there is no managed route 'tester'"),
        ("{replicas: 1}", "{replicas: 1, weight: 5}", "setCanaryScale has exactly one size"),
        ("{weight: 75}", "{weight: 175}", "must be between 0 and 100"),
        ("{replicas: 1}", "{replicas: 1000000}", "must be between 0 and 20000"),
        (
            "steps:",
            "dynamicStableScale: true\n      scaleDownDelaySeconds: 5\n      steps:",
            "cannot",
        ),
        (
            "        istio:",
            "        maxTrafficWeight: 1000\n        istio:",
            "are percentages here",
        ),
    ],
)
def test_a_mistake_in_a_routed_canary_is_told_at_its_line(tmp_path, old, new, words):
    assert old in CANARY
    said = refusals(tmp_path, CANARY.replace(old, new, 1), SERVICES, ISTIO)

    assert any(words in one for one in said), said


def test_what_nothing_here_acts_on_is_listed(tmp_path):
    said = remarks(read(tmp_path, BASIC + "      antiAffinity: {}\n      maxSurge: 1\n"))

    assert "18:21: spec.strategy.canary.antiAffinity: kept, not yet simulated" in said


def test_a_rollout_may_take_its_pods_from_a_deployment_that_has_none_itself(tmp_path):
    found = read(tmp_path, WORKLOAD)

    assert ("shop", 3) == (
        found.deployment["metadata"]["name"],
        found.deployment["spec"]["replicas"],
    )
    assert "shop:1" == found.deployment["spec"]["template"]["spec"]["containers"][0]["image"]
    assert "" == remarks(found)
    assert ("shop",) == validate([tmp_path / "manifests.yaml"]).deployments
    both = read(tmp_path, WORKLOAD.replace("replicas: 0", "replicas: 2"))
    assert "5:13: spec.replicas: Deployment/shop-pods keeps pods of its own" in remarks(both)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("name: shop-pods}\n  strat", "name: shop-pod}\n  strat", "known: shop-pods"),
        ("kind: Deployment, name", "kind: ReplicaSet, name", "known here: apps/v1 Deployment"),
        ("name: shop-pods}\n  strat", "name: shop-pods, scaleDown: now}\n  strat", "onsuccess"),
        ("  replicas: 3\n", "  template: {}\n", "the pods come from workloadRef"),
    ],
)
def test_a_mistake_in_a_workload_reference_is_told(tmp_path, old, new, words):
    assert old in WORKLOAD
    said = refusals(tmp_path, WORKLOAD.replace(old, new, 1))

    assert any(words in one for one in said), said


def test_a_release_of_the_deployment_is_one_of_the_rollout_that_refers_to_it(tmp_path):
    new = WORKLOAD.split("---")[0].replace("shop:1", "shop:2")
    (tmp_path / "new.yaml").write_text(new, "utf-8")

    found = read(tmp_path, WORKLOAD, to=tmp_path / "new.yaml")

    assert "shop:2" == found.release.template["spec"]["containers"][0]["image"]


def test_a_strategy_that_only_the_new_file_has_is_not_followed_and_says_so(tmp_path):
    new = CANARY.replace("shop:1", "shop:2")
    for text, warned in ((new, False), (new.replace("setWeight: 25", "setWeight: 35"), True)):
        (tmp_path / "new.yaml").write_text(text, "utf-8")
        found = read(tmp_path, CANARY, SERVICES, ISTIO, to=tmp_path / "new.yaml")
        assert "shop:2" == found.release.template["spec"]["containers"][0]["image"]
        assert ("the strategy is that of the first manifest" in remarks(found)) == warned


def test_an_autoscaler_of_the_rollout_scales_what_stands_for_it(tmp_path):
    autoscaler = """\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: shop}
spec:
  maxReplicas: 9
  scaleTargetRef: {apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: shop}
"""
    found = read(tmp_path, BASIC + "      maxSurge: 1\n", autoscaler)

    [applied] = found.applied
    reference = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "shop"}
    assert reference == applied["spec"]["scaleTargetRef"]


def test_a_scenario_must_not_say_again_how_a_rollout_is_released(tmp_path):
    said = refusals(
        tmp_path, BASIC + "      maxSurge: 1\n", overrides=["strategies.canary.steps=[5%]"]
    )
    assert "Rollout/shop says already how it is released" in said[0]
    assert "manifests.yaml:18:7" in said[0]

    said = refusals(tmp_path, CANARY, SERVICES, overrides=["network.proxy=ingress-nginx"])
    assert "virtual_service writes objects that ingress-nginx does not read" in said[0]


def test_run_and_compare_release_a_rollout_as_it_says(tmp_path):
    """Without a pause, so that the windows are short."""
    steps = "      maxSurge: 1\n      steps: [{setWeight: 50}]\n"
    place = str(written(tmp_path, BASIC + steps))
    few = ("--rps", "2/s", "--engine", "reference", "--json")

    ran = call("run", place, *few)
    assert 0 == ran.exit_code, ran.stderr
    assert "Canary" == json.loads(ran.stdout)["strategy"]
    sources = {one["name"]: one["source"] for one in json.loads(ran.stdout)["settings"]}
    assert ("manifest", "manifest") == (sources["steps"], sources["maxSurge"])

    compared = call("compare", place, "--runs", "2", "--workers", "1", *few)
    assert 0 == compared.exit_code, compared.stderr
    arms = {one["strategy"] for one in json.loads(compared.stdout)["arms"]}
    assert {None, "Canary", "Recreate", "RollingUpdate"} == arms


def test_a_rollouts_istio_canary_goes_through_its_own_virtual_service(tmp_path):
    """The subsets that it names are narrowed to the pods of each side, and said again as before."""
    found = read(tmp_path, CANARY, SERVICES, ISTIO, images=["web=shop:2"])
    window = Window(start=0.0, first_write=30.0, end=240.0)
    session = Session(found, "Canary", 1, window=window, engine="reference")
    shares, tested = {}, []
    for moment in range(31, 150):
        session.advance(float(moment))
        objects = {(o["kind"], o["metadata"]["name"]): o for o in session.snapshot().objects}
        rule = objects["DestinationRule", "shop"]["spec"]["subsets"]
        http = objects["VirtualService", "shop"]["spec"]["http"]
        tested.append(http[0].get("match"))
        if len(http[-1]["route"]) == 2:
            shares[http[-1]["route"][1]["weight"]] = {one["name"]: one["labels"] for one in rule}
    run = session.finish()

    assert Phase.HEALTHY == run.phase
    assert {0, 25, 50, 100} == shares.keys()
    assert {"app": "shop", "seatrial/track": "canary"} == shares[25]["canary"]
    assert "pod-template-hash" in shares[25]["stable"]
    assert [{"headers": {"x-test": {"exact": "1"}}}] in tested
    assert {25.0, 50.0, 100.0} <= {one.percent for one in run.asked_shares}
