"""Two Deployments that somebody's own routes tell apart, and that are released as those begin."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.errors import ScenarioError
from sim.model.canary_steps import Pause, SetCanaryScale, SetMatch, SetWeight
from sim.model.command import Command, Verb
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
    metadata: {{labels: {{app: shop, version: {version}, run: shop-{version}}}}}
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


OWN = service("shop-v1", run="shop-v1"), service("shop-v2", run="shop-v2")


def ingress(name: str, to_service: str, notes: str = "", path: str = "/") -> str:
    return f"""\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: {name}
  annotations: {{{notes}}}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - path: {path}
        pathType: Prefix
        backend: {{service: {{name: {to_service}, port: {{number: 80}}}}}}
"""


def noted(**notes: str) -> str:
    """A canary's annotations: `by_header="x"` is canary-by-header."""
    prefix = "nginx.ingress.kubernetes.io/canary"
    rest = {f"{prefix}-{key.replace('_', '-')}": text for key, text in notes.items()}
    return ", ".join(f'{key}: "{text}"' for key, text in {prefix: "true", **rest}.items())


MAIN = ingress("main", "shop-v1")
NGINX = (V1, V2, *OWN, MAIN)


def http_route(*rules: str, parent: str = "{name: gateway}") -> str:
    shown = "".join(f"  - {one}\n" for one in rules)
    return f"""\
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {{name: shop}}
spec:
  parentRefs: [{parent}]
  rules:
{shown}"""


def backends(**weights: int) -> str:
    refs = (f"{{name: shop-{name}, port: 80, weight: {one}}}" for name, one in weights.items())
    return f"backendRefs: [{', '.join(refs)}]"


def says_to(header: str, value: str, version: str) -> str:
    match = f"matches: [{{headers: [{{name: {header}, value: {value}}}]}}]"
    return f"{{{match}, backendRefs: [{{name: shop-{version}, port: 80}}]}}"


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


def test_two_services_behind_one_host_are_shared_out_without_subsets(read):
    whole = [f"{{destination: {{host: shop-{one}}}, weight: {part}}}" for one, part in SHARES]
    split = mesh(route("{destination: {host: shop-v2}}", match=says("a", "b")) + route(*whole))
    found = read(V1, V2, BOTH, *OWN, split.replace(SUBSETS + "---\n", ""))
    assert found.own is not None
    assert ("shop", "Canary") == (found.service["metadata"]["name"], found.own.name)
    session = Session(found, "Canary", 0, window=LONG, checked=True)

    session.advance(LONG.first_write + 40.0)
    match, default = routes_at(session)
    assert [{"destination": {"host": "shop-v2"}}] == match["route"]
    assert [("shop-v1", 80), ("shop-v2", 20)] == [
        (one["destination"]["host"], one["weight"]) for one in default["route"]
    ]
    assert {} == objects_at(session, "DestinationRule")
    session.advance(LONG.end)
    result = session.finish()
    assert Phase.HEALTHY is result.phase
    assert 0 == failed(result)
    assert 0.2 == pytest.approx(of_the_new(result, 40.0, 60.0), abs=0.04)


SHARES = (("v1", 80), ("v2", 20))


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


def test_a_header_of_the_new_version_is_an_a_b_test_where_users_behaviour_is_stated(read):
    testers = mesh(TESTERS + route(to("v1")))

    found = read(V1, V2, BOTH, testers, overrides=[BEHAVIOUR])

    assert found.own is not None
    asked = {"router": "virtual_service", "header": "canary", "value": "true"}
    assert ("ABTest", asked) == (found.own.name, found.own.settings)
    assert "it is stated what users do with each" in remarks(found)
    weighed = read(V1, V2, BOTH, CANARY, overrides=[BEHAVIOUR]).own
    assert weighed is not None
    assert "Canary" == weighed.name


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


NEITHER = "a share of the requests goes to neither"
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
        (
            mesh(route(to("v1", 9), "{destination: {host: cart}, weight: 1}")),
            "spec.http[0].route",
            NEITHER,
        ),
        (
            mesh(route(to("v1", 9), to("v3", 1))),
            "route[1].destination.subset",
            "no DestinationRule",
        ),
        (
            mesh(route(to("v1", 9), "{destination: {host: shop-v2}, weight: 1}")),
            "spec.http",
            "to subsets of one Service here and to a whole one there",
        ),
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
        read(V1, V2, BOTH, *OWN, routes)

    told = "\n".join(one.render() for one in refused.value.problems)
    assert "several Deployments" in told
    assert (
        "VirtualService/shop-routes makes no pair of Deployment/shop-v1 and Deployment/shop-v2"
        in told
    )
    assert f"{place}: VirtualService" in told
    assert why in told
    warned = validate([tmp_path / "shop.yaml"]).warnings
    assert why in "\n".join(one.render() for one in warned)


def test_an_ingress_and_its_canary_are_a_canary_by_their_own_annotations(read):
    """Users' own objects are written: no other Ingress or Service appears."""
    found = read(*NGINX, ingress("canary", "shop-v2", noted(weight="20")))
    assert found.own is not None
    assert ("Canary", "ingress_annotations") == (found.own.name, found.own.settings["router"])
    assert (SetCanaryScale(replicas=2), SetWeight(20), Pause(30.0)) == found.own.settings["steps"]
    assert "Ingress/canary sends it 20% of the requests" in remarks(found)
    assert ProxyKind.INGRESS_NGINX is found.proxy
    session = Session(found, "Canary", 0, window=LONG, checked=True)

    session.advance(LONG.first_write)
    assert "0" == weight_of_the_canary(session)
    session.advance(LONG.first_write + 30.0)
    assert "20" == weight_of_the_canary(session)
    session.advance(LONG.end)
    assert "100" == weight_of_the_canary(session)
    assert {"main", "canary"} == set(objects_at(session, "Ingress"))
    services = objects_at(session, "Service")
    assert {"shop-v1": {"run": "shop-v1"}, "shop-v2": {"run": "shop-v2"}} == {
        name: one["spec"]["selector"] for name, one in services.items()
    }
    result = session.finish()
    assert Phase.HEALTHY is result.phase
    assert 0 == failed(result)
    assert 0.2 == pytest.approx(of_the_new(result, 30.0, 48.0), abs=0.05)


def weight_of_the_canary(session: Session) -> str:
    notes = objects_at(session, "Ingress")["canary"]["metadata"]["annotations"]
    return notes["nginx.ingress.kubernetes.io/canary-weight"]


@pytest.mark.parametrize(
    ("notes", "sent"),
    [
        ({"by_header": "x-new"}, [Sent(kind=Kind.HEADER, name="x-new", value="always")]),
        (
            {"by_header": "region", "by_header_value": "cn", "by_cookie": "beta"},
            [
                Sent(kind=Kind.HEADER, name="region", value="cn"),
                Sent(kind=Kind.COOKIE, name="beta", value="always"),
            ],
        ),
    ],
)
def test_headers_and_cookies_of_a_canary_ingress_are_written_as_they_were(read, notes, sent):
    """Until the release there are none, and a way back takes them away again."""
    texts = (*NGINX, ingress("canary", "shop-v2", noted(**notes)))
    found = read(*texts, spec="users: {attributes: {'cookie:beta': {'always': 10%}}}")
    assert found.own is not None
    steps = (SetCanaryScale(replicas=2), SetMatch(tuple(sent)), Pause(30.0))
    assert steps == found.own.settings["steps"]
    session = Session(found, "Canary", 0, window=LONG, checked=True)

    def now() -> dict[str, str]:
        notes = objects_at(session, "Ingress")["canary"]["metadata"]["annotations"]
        canary = {key: text for key, text in notes.items() if "/canary" in key}
        return {key.partition("/canary-")[2]: text for key, text in canary.items()}

    session.advance(LONG.first_write)
    before = now()
    assert {"": "true", "weight": "0"} == before
    session.advance(LONG.first_write + 20.0)
    assert before | {key.replace("_", "-"): text for key, text in notes.items()} == now()
    session.command(Command(verb=Verb.GO_BACK))
    session.advance(LONG.end)
    assert before == now()
    result = session.finish()
    assert Phase.DEGRADED is result.phase
    assert 0 == failed(result)


@pytest.mark.parametrize(
    ("notes", "place", "why"),
    [
        (noted(by_header="a", by_header_pattern="b|c"), "canary-by-header-pattern]", EXACT),
        (noted(weight="1", weight_total="1000"), "canary-weight]", "whole percents"),
    ],
)
def test_annotations_that_no_release_can_follow_are_told_by_name(read, notes, place, why):
    with pytest.raises(ScenarioError) as refused:
        read(*NGINX, ingress("canary", "shop-v2", notes))

    told = "\n".join(one.render() for one in refused.value.problems)
    assert (
        f"{place}: Ingress/canary makes no pair of Deployment/shop-v1 and Deployment/shop-v2"
        in told
    )
    assert why in told


def test_a_canary_ingress_of_another_path_is_no_pair(read):
    with pytest.raises(ScenarioError):
        read(*NGINX, ingress("canary", "shop-v2", noted(weight="20"), path="/other"))


@pytest.mark.parametrize(
    ("parent", "live"),
    [("{name: gateway}", "shop-v1"), ("{group: '', kind: Service, name: shop}", "shop")],
)
def test_an_http_route_over_two_services_is_a_canary(read, parent, live):
    """Behind a Gateway users come by the old version's Service, in a mesh by the route's parent."""
    split = http_route(
        says_to("x-canary", "beta", "v2"), f"{{{backends(v1=3, v2=1)}}}", parent=parent
    )
    found = read(V1, V2, *OWN, BOTH, split)
    assert found.own is not None
    assert ("Canary", "http_route") == (found.own.name, found.own.settings["router"])
    sent = Sent(kind=Kind.HEADER, name="x-canary", value="beta")
    steps = (SetCanaryScale(replicas=2), SetMatch((sent,)), SetWeight(25), Pause(30.0))
    assert steps == found.own.settings["steps"]
    assert live == found.service["metadata"]["name"]
    session = Session(found, "Canary", 0, window=LONG, checked=True)

    def rules() -> list[JsonObject]:
        (one,) = objects_at(session, "HTTPRoute").values()
        return one["spec"]["rules"]

    session.advance(LONG.first_write)
    assert [["shop-v1"]] == [[ref["name"] for ref in one["backendRefs"]] for one in rules()]
    session.advance(LONG.end)
    assert [["shop-v2"], ["shop-v1", "shop-v2"]] == [
        [ref["name"] for ref in one["backendRefs"]] for one in rules()
    ]
    assert {"shop", "shop-v1", "shop-v2"} == set(objects_at(session, "Service"))
    result = session.finish()
    assert Phase.HEALTHY is result.phase
    assert 0 == failed(result)
    assert 0.25 == pytest.approx(of_the_new(result, 40.0, 60.0), abs=0.045)


def test_an_http_route_with_a_header_for_each_version_is_an_a_b_test(read):
    split = http_route(
        says_to("group", "A", "v1"), says_to("group", "B", "v2"), f"{{{backends(v1=1, v2=1)}}}"
    )
    found = read(V1, V2, *OWN, split, overrides=[BEHAVIOUR])

    assert found.own is not None
    asked = {"router": "http_route", "header": "group", "value": "B", "share": 0.5}
    assert ("ABTest", asked) == (found.own.name, found.own.settings)


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        (f"{{matches: [{{path: {{value: /api}}}}], {backends(v2=1)}}}", EXACT),
        (f"{{matches: [{{method: GET}}], {backends(v2=1)}}}", EXACT),
    ],
)
def test_rules_that_no_release_can_follow_are_told_by_name(read, rule, why):
    with pytest.raises(ScenarioError) as refused:
        read(V1, V2, *OWN, http_route(rule, f"{{{backends(v1=9, v2=1)}}}"))

    told = "\n".join(one.render() for one in refused.value.problems)
    assert "spec.rules[0].matches[0]: HTTPRoute/shop makes no pair of Deployment/shop-v1" in told
    assert why in told


def test_naming_the_new_version_of_a_routed_pair_releases_it_by_itself(read):
    """Its Service selects it alone, and yet nobody means that the main one is its new version."""
    texts = (*NGINX, ingress("canary", "shop-v2", noted(weight="20")))

    assert read(*texts, deployment="shop-v2").own is None


def test_routes_that_lead_nowhere_are_named_where_they_would_make_a_pair(read):
    """The handbook's A/B test (5.2) is printed without its Service and its DestinationRule."""
    lost = AB.partition("---\n")[2]
    with pytest.raises(ScenarioError) as no_service:
        read(V1, V2, lost)
    with pytest.raises(ScenarioError) as no_subset:
        read(V1, V2, BOTH, lost)

    first, second = (
        "\n".join(problem.render() for problem in one.value.problems)
        for one in (no_service, no_subset)
    )
    assert "there is no Service 'shop'" in first
    assert "released: no DestinationRule has a subset 'v1' of this host" in second


def printed(shared: Path, name: str) -> str:
    return (shared / "handbook" / "manifests" / name).read_text("utf-8")


def web(version: str) -> str:
    return deployment(version, 3).replace("shop", "web-app")


def with_hosts(text: str) -> str:
    """The handbook's VirtualServices lack their hosts, without which Istio refuses them."""
    head, kind, rest = text.partition("kind: VirtualService")
    return head + kind + rest.replace("spec:\n", "spec:\n  hosts: [web-app-service]\n", 1)


@pytest.mark.shared
def test_the_handbooks_mesh_canary_is_released_once_istio_would_take_it(read, shared):
    """4.2 prints the routes alone, without hosts: that is told, and mended it is a canary."""
    routes = printed(shared, "4.2-istio-canary.yaml")
    others = (web("v1"), web("v2"), service("web-app-service", app="web-app"))
    with pytest.raises(ScenarioError) as refused:
        read(*others, routes)
    found = read(*others, with_hosts(routes))

    assert "it lacks hosts" in refused.value.problems[-1].render()
    assert found.own is not None
    sent = Sent(kind=Kind.HEADER, name="canary", value="true")
    steps = (SetCanaryScale(replicas=3), SetMatch((sent,)), SetWeight(10), Pause(30.0))
    assert steps == found.own.settings["steps"]


@pytest.mark.shared
def test_the_handbooks_ingress_canary_is_released_as_it_is_printed(read, shared):
    ingresses = printed(shared, "4.3-nginx-ingress-canary.yaml")
    own = (service(f"web-app-{one}", app="web-app", version=one) for one in ("v1", "v2"))

    found = read(web("v1"), web("v2"), *own, ingresses)

    assert found.own is not None
    assert ("Deployment/web-app-v1", "ingress_annotations") == (
        found.title,
        found.own.settings["router"],
    )
    assert SetWeight(10) in found.own.settings["steps"]


@pytest.mark.shared
def test_the_handbooks_a_b_test_is_one_with_the_subsets_that_it_does_not_print(read, shared):
    two = printed(shared, "5.2-ab-deployments.yaml")
    routes = printed(shared, "5.2-ab-virtualservice.yaml")
    with pytest.raises(ScenarioError) as refused:
        read(two, routes)
    subsets = SUBSETS.replace("host: shop", "host: web-app-service")
    for one in "ab":
        subsets = subsets.replace(
            f"{{name: v{'_ab'.index(one)}, labels: {{version: v{'_ab'.index(one)}}}}}",
            f"{{name: version-{one}, labels: {{version: {one}}}}}",
        )
    others = (service("web-app-service", app="web-app"), subsets)
    found = read(two, with_hosts(routes), *others, overrides=[BEHAVIOUR])

    assert "there is no Service 'web-app-service'" in str(
        [one.render() for one in refused.value.problems]
    )
    assert found.own is not None
    asked = {
        "router": "virtual_service",
        "header": "ab-test-group",
        "value": "B",
        "share": 0.5,
    }
    assert ("ABTest", asked) == (found.own.name, found.own.settings)
