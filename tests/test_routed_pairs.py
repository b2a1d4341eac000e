"""Two Deployments that somebody's own routes tell apart, and that are released as those begin."""

from __future__ import annotations

import pytest

from sim.errors import ScenarioError
from sim.model.canary_steps import Pause, SetCanaryScale, SetMatch, SetWeight
from sim.model.network import ProxyKind
from sim.model.objects import JsonObject
from sim.model.run import Phase, Run, Window
from sim.model.sent import Kind, Sent, cookie_in
from sim.scenario.load import load, validate
from sim.scenario.scenario import Scenario
from sim.session import Session, run

LONG = Window(start=0.0, first_write=10.0, end=125.0)
SHORT = Window(start=0.0, first_write=10.0, end=45.0)


def deployment(version: str, replicas: int) -> str:
    return f"""\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: shop-{version}}}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{app: shop, version: {version}}}}}
  template:
    metadata: {{labels: {{app: shop, version: {version}}}}}
    spec:
      containers:
        - name: shop
          image: shop:{version}
          readinessProbe: {{httpGet: {{path: /, port: 80}}, periodSeconds: 1}}
          lifecycle: {{preStop: {{sleep: {{seconds: 5}}}}}}
"""


V1, V2 = deployment("v1", 4), deployment("v2", 2)


def service(name: str = "shop", **selector: str) -> str:
    shown = ", ".join(f"{key}: {text}" for key, text in selector.items())
    return f"""\
apiVersion: v1
kind: Service
metadata: {{name: {name}}}
spec: {{selector: {{{shown}}}, ports: [{{port: 80}}]}}
"""


BOTH = service(app="shop")
SUBSETS = """\
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: shop-versions}
spec:
  host: shop
  subsets:
  - {name: v1, labels: {version: v1}}
  - {name: v2, labels: {version: v2}}
"""


def mesh(http: str) -> str:
    """The two subsets, and a VirtualService with these routes."""
    return f"""\
{SUBSETS}---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {{name: shop-routes}}
spec:
  hosts: [shop]
  http:
{http}"""


def to(subset: str, weight: int | None = None) -> str:
    shown = "" if weight is None else f", weight: {weight}"
    return f"{{destination: {{host: shop, subset: {subset}}}{shown}}}"


def route(*destinations: str, match: str = "") -> str:
    asked = f"match: [{match}], " if match else ""
    return f"  - {{{asked}route: [{', '.join(destinations)}]}}\n"


def says(header: str, value: str) -> str:
    return f'{{headers: {{{header}: {{exact: "{value}"}}}}}}'


TESTERS = route(to("v2"), match=says("canary", "true"))
SPLIT = route(to("v1", 90), to("v2", 10))
CANARY = mesh(TESTERS + SPLIT)
HALVES = route(to("v1", 50), to("v2", 50))
AB = mesh(
    route(to("v1"), match=says("group", "A")) + route(to("v2"), match=says("group", "B")) + HALVES
)
BEHAVIOUR = "users.behaviour.versions.old.conversion=5%"


@pytest.fixture
def read(tmp_path):
    """A scenario of these manifests, in this order, that says *spec* beside them."""

    def loaded(*texts: str, spec: str = "", **how: object) -> Scenario:
        (tmp_path / "shop.yaml").write_text("---\n".join(texts))
        if not spec:
            return load([tmp_path / "shop.yaml"], **how)
        head = "apiVersion: seatrial/v1alpha1\nkind: Scenario\nmetadata: {name: shop}\n"
        spec = f"spec:\n  manifests: [shop.yaml]\n  {spec}\n"
        (tmp_path / "scenario.yaml").write_text(head + spec)
        return load([tmp_path / "scenario.yaml"], **how)

    return loaded


def remarks(found: Scenario) -> str:
    return "\n".join(one.render() for one in found.warnings)


def of_the_new(result: Run, start: float, end: float) -> float:
    """The share of the requests of these seconds that the new version answered."""
    requests = result.requests
    held = (requests.second >= start) & (requests.second < end)
    return float(requests.count[held & (requests.version == 1)].sum() / requests.count[held].sum())


def failed(result: Run) -> int:
    return int(result.requests.count[result.requests.cause != 0].sum())


def objects_at(session: Session, kind: str) -> dict[str, JsonObject]:
    objects = session.snapshot().objects
    return {one["metadata"]["name"]: one for one in objects if one["kind"] == kind}


def routes_at(session: Session) -> list[JsonObject]:
    (one,) = objects_at(session, "VirtualService").values()
    return one["spec"]["http"]


@pytest.mark.parametrize("texts", [(V1, V2, BOTH, CANARY), (CANARY, BOTH, V2, V1)])
def test_a_mesh_s_shares_are_the_first_step_of_the_canary_that_they_begin(read, texts):
    found = read(*texts)

    understood = (
        "Deployment/shop-v2 is the new version of Deployment/shop-v1: VirtualService/shop-routes"
        " sends it requests that say canary=true and 10% of the others, which is the release's"
        " first step"
    )
    sent = Sent(kind=Kind.HEADER, name="canary", value="true")
    assert "Deployment/shop-v1" == found.title
    assert understood == found.release.describe.render("en")
    assert understood in remarks(found)
    assert 1 == len(found.warnings)
    assert found.own is not None
    assert ("Canary", "virtual_service") == (found.own.name, found.own.settings["router"])
    steps = (SetCanaryScale(replicas=2), SetMatch((sent,)), SetWeight(10), Pause(30.0))
    assert steps == found.own.settings["steps"]
    assert ProxyKind.ISTIO is found.proxy


def test_all_requests_go_to_the_old_version_until_the_release_begins(read):
    """Nobody is sent to a subset without pods, and the user's own subsets are used throughout."""
    found = read(V1, V2, BOTH, CANARY, spec="users: {attributes: {'header:canary': {'true': 5%}}}")
    session = Session(found, "Canary", 0, window=LONG, checked=True)

    session.advance(LONG.first_write)
    assert [[{"destination": {"host": "shop", "subset": "v1"}}]] == [
        one["route"] for one in routes_at(session)
    ]
    assert ["shop-v1"] == [*objects_at(session, "Deployment")]
    session.advance(LONG.first_write + 40.0)  # Pods, match and weight take about 25 s.
    assert 2 == objects_at(session, "Deployment")["shop-v2"]["spec"]["replicas"]
    match, default = routes_at(session)
    assert ([{"headers": {"canary": {"exact": "true"}}}], [90, 10]) == (
        match["match"],
        [one["weight"] for one in default["route"]],
    )
    session.advance(LONG.end)
    assert ["v1", "v2"] == [one["destination"]["subset"] for one in routes_at(session)[1]["route"]]
    (rule,) = objects_at(session, "DestinationRule").values()
    assert ["v1", "v2"] == [one["name"] for one in rule["spec"]["subsets"]]
    sizes = {
        name: one["spec"]["replicas"] for name, one in objects_at(session, "Deployment").items()
    }
    assert {"shop-v1": 0, "shop-v2": 4} == sizes
    result = session.finish()
    assert Phase.HEALTHY is result.phase
    assert 0 == failed(result)
    assert 0.0 == of_the_new(result, 0.0, LONG.first_write)
    # 5 % testers, and 10 % of the others: of 1000 requests three standard errors.
    assert 0.145 == pytest.approx(of_the_new(result, 40.0, 60.0), abs=0.035)


def test_a_release_that_goes_back_leaves_everything_to_the_old_version(read):
    found = read(
        V1,
        V2,
        BOTH,
        CANARY,
        faults=["image:new:missing"],
        overrides=["deployment.spec.progressDeadlineSeconds=20"],
    )
    session = Session(found, "Canary", 0, window=LONG, checked=True)
    session.advance(LONG.end)

    assert [[{"destination": {"host": "shop", "subset": "v1"}}]] == [
        one["route"] for one in routes_at(session)
    ]
    assert ["shop-v1"] == [*objects_at(session, "Deployment")]
    result = session.finish()
    assert Phase.DEGRADED is result.phase
    assert 0 == failed(result)


def test_the_routes_hurt_nobody_who_is_released_in_another_way(read):
    found = read(V1, V2, BOTH, CANARY)

    none, rolling = (run(found, name, 0, window=SHORT) for name in (None, "RollingUpdate"))

    assert 0 == failed(none) == failed(rolling)
    assert Phase.HEALTHY is rolling.phase


def test_a_header_for_each_version_is_an_a_b_test(read):
    found = read(V1, V2, BOTH, AB, overrides=[BEHAVIOUR])

    assert found.own is not None
    assert "ABTest" == found.own.name
    asked = {"router": "virtual_service", "header": "group", "value": "B", "share": 0.5}
    assert asked == found.own.settings
    assert "say group=B, and those that say group=A to the old one, so this is an A/B" in remarks(
        found
    )
    assert "header:group" in [one.name for one in found.attributes]
    session = Session(found, "ABTest", 0, window=LONG, checked=True)
    session.advance(60.0)
    match, default = routes_at(session)
    assert [{"headers": {"group": {"exact": "B"}}}] == match["match"]
    assert ["v2"] == [one["destination"]["subset"] for one in match["route"]]
    assert [100, 0] == [one["weight"] for one in default["route"]]
    session.advance(LONG.end)
    result = session.finish()
    assert 0.5 == pytest.approx(of_the_new(result, 60.0, 120.0), abs=0.04)
    assert 0 == failed(result)


def test_an_a_b_test_has_nothing_to_decide_by_where_nobody_says_what_users_do(read):
    with pytest.raises(ScenarioError) as refused:
        run(read(V1, V2, BOTH, AB), "ABTest", 0, window=SHORT)

    assert "users.behaviour" in refused.value.problems[0].render()


def test_of_two_halves_the_one_named_first_is_the_old_version(read):
    one, other = (
        read(V1, V2, BOTH, mesh(HALVES)),
        read(V1, V2, BOTH, mesh(route(to("v2", 1), to("v1", 1)))),
    )

    assert ("Deployment/shop-v1", "Deployment/shop-v2") == (one.title, other.title)


def test_whoever_has_most_requests_is_the_old_version_unless_somebody_names_it(read):
    most = mesh(route(to("v1", 10), to("v2", 90)))

    assert "Deployment/shop-v2" == read(V1, V2, BOTH, most).title
    named = read(V1, V2, BOTH, most, deployment="shop-v1")
    assert named.own is not None
    assert SetWeight(90) in named.own.settings["steps"]
    assert "Deployment/shop-v1" == named.title


@pytest.mark.parametrize("default", [route(to("v1")), route(to("v1", 100), to("v2", 0))])
def test_where_all_requests_go_to_one_version_the_canary_has_its_usual_steps(read, default):
    found = read(V1, V2, BOTH, mesh(default))

    assert found.own is not None
    assert {"router": "virtual_service"} == found.own.settings
    assert "sends all requests to the old one" in remarks(found)


def test_testers_alone_are_a_first_step_with_a_pod_for_them(read):
    found = read(V1, deployment("v2", 0), BOTH, mesh(TESTERS + route(to("v1"))))

    assert found.own is not None
    sent = Sent(kind=Kind.HEADER, name="canary", value="true")
    steps = (SetCanaryScale(replicas=1), SetMatch((sent,)), Pause(30.0))
    assert steps == found.own.settings["steps"]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("^(.*?;)?(user=jason)(;.*)?$", ("user", "jason")),
        (r"^(.*;\s*)?beta=always(;.*)?$", ("beta", "always")),
        (".*version=v2.*", ("version", "v2")),
        (".*version=v[23].*", None),
        ("version=v2", None),  # The only cookie of all: hardly what anybody meant.
    ],
)
def test_a_cookie_is_known_by_the_patterns_that_manuals_print(pattern, expected):
    found = cookie_in(pattern)

    assert expected == (found and (found.name, found.value))


def test_routes_that_do_not_tell_the_two_apart_leave_it_to_the_pods(read):
    whole = mesh("  - {timeout: 5s, route: [{destination: {host: shop}}]}\n")

    found = read(V1, V2, BOTH, whole)

    assert found.own is not None
    assert (SetWeight(33), Pause(30.0)) == found.own.settings["steps"]


EXACT = "only one exact header, or one cookie, is followed"


@pytest.mark.parametrize(
    ("routes", "place", "why"),
    [
        (mesh(route(to("v2"), match="{uri: {prefix: /api}}") + SPLIT), "http[0].match[0]", EXACT),
        (mesh(route(to("v2"), match="{headers: {a: {prefix: b}}}") + SPLIT), "match[0]", EXACT),
        (
            mesh(route(to("v1", 1), to("v2", 1), match=says("a", "b")) + SPLIT),
            "spec.http[0].route",
            "what a match takes must go to one version",
        ),
        (mesh(TESTERS), "spec.http", "no route takes all requests"),
        (mesh(route(to("v1", 999), to("v2", 1))), "spec.http[0].route", "whole percents"),
        (mesh(route(to("v1", 9), to("v3", 1))), "spec.http[0].route", "goes to neither of the"),
        (CANARY.replace("hosts: [shop]", "hosts: []"), "spec", "it lacks hosts"),
        (CANARY.replace("hosts: [shop]", "hosts: [a.example.com]"), "spec.hosts", "do not obey it"),
        (
            mesh(route(to("v1"), match=says("a", "b")) + SPLIT),
            "",
            "an A/B test has one header",
        ),
    ],
)
def test_what_no_release_can_follow_is_told_by_name(tmp_path, read, routes, place, why):
    with pytest.raises(ScenarioError) as refused:
        read(V1, V2, BOTH, routes)

    told = "\n".join(one.render() for one in refused.value.problems)
    assert "several Deployments" in told
    assert "VirtualService/shop-routes tells Deployment/shop-v1 and Deployment/shop-v2" in told
    assert f"{place}: VirtualService" in told
    assert why in told
    warned = validate([tmp_path / "shop.yaml"]).warnings
    assert why in "\n".join(one.render() for one in warned)
