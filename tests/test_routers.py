"""What every router writes, and reads back; one conformance suite for all of them."""

from __future__ import annotations

import pytest
import simpy

from sim.control.store import Store
from sim.errors import RolloutError
from sim.model.canary_replicas import Split
from sim.model.ingress_routes import ingress_routes
from sim.routers import ROUTERS, Capability, Kind, Sent, Side, Site, Track, demand

SITE = Site(
    service="web",
    stable=Track(deployment="web", labels=(("track", "stable"),)),
    canary=Track(deployment="web-canary", labels=(("track", "canary"),)),
)
PORTS = [{"port": 80, "targetPort": 8080, "protocol": "TCP"}]
ALL = list(ROUTERS)
SPLITTING = [name for name in ALL if Capability.WEIGHT in ROUTERS[name].capabilities]
SWITCHING = [name for name in ALL if Capability.SWITCH in ROUTERS[name].capabilities]
MATCHING = [name for name in ALL if Capability.MATCH in ROUTERS[name].capabilities]
MIRRORING = [name for name in ALL if Capability.MIRROR in ROUTERS[name].capabilities]
ALWAYS = Sent(kind=Kind.HEADER, name="x-canary", value="always")
BETA = Sent(kind=Kind.COOKIE, name="beta", value="always")


def deployment(name: str, track: str, replicas: int) -> dict:
    labels = {"app": "web", "track": track}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"containers": [{"name": "web", "image": "web:1"}]},
            },
        },
    }


@pytest.fixture
def api() -> Store:
    """A store with a Service and both Deployments, and nobody who works on it."""
    store = Store(simpy.Environment(), 1)  # type: ignore[arg-type]
    spec = {"selector": {"app": "web"}, "ports": PORTS}
    store.create({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": spec})
    store.create(deployment("web", "stable", 10))
    store.create(deployment("web-canary", "canary", 0))
    return store


def contents(api: Store) -> dict:
    """Everything that the objects say, without what the server counts."""
    return {
        (one["kind"], one["metadata"]["name"]): (
            one["spec"],
            one["metadata"].get("annotations") or {},
        )
        for one in api.objects()
    }


@pytest.mark.parametrize("name", ALL)
def test_a_router_prepared_twice_writes_nothing_the_second_time(api, name):
    ROUTERS[name](api, SITE).prepare()
    before = api.version

    ROUTERS[name](api, SITE).prepare()

    assert before == api.version
    assert Side.STABLE is ROUTERS[name](api, SITE).active()
    assert 0.0 == ROUTERS[name](api, SITE).weight()


@pytest.mark.parametrize("name", ALL)
def test_what_a_router_wrote_it_takes_away_again(api, name):
    before = contents(api)
    router = ROUTERS[name](api, SITE)
    router.prepare()
    if Capability.WEIGHT in router.capabilities and name != "replica_ratio":
        router.set_weight(20.0)
    if Capability.SWITCH in router.capabilities:
        router.switch(Side.CANARY)
    assert before != contents(api)

    router.clear()

    assert before == contents(api)


@pytest.mark.parametrize("name", SPLITTING)
@pytest.mark.parametrize("percent", [0.0, 10.0, 50.0, 100.0])
def test_a_weight_is_read_back_by_a_router_made_anew(api, name, percent):
    ROUTERS[name](api, SITE).prepare()
    ROUTERS[name](api, SITE).set_weight(percent)
    before = api.version

    ROUTERS[name](api, SITE).set_weight(percent)

    assert percent == ROUTERS[name](api, SITE).weight()
    assert before == api.version, "what is so already is not written"
    expected = {0.0: Side.STABLE, 100.0: Side.CANARY}.get(percent)
    assert expected is ROUTERS[name](api, SITE).active()


@pytest.mark.parametrize("name", [one for one in SPLITTING if one != "replica_ratio"])
def test_a_quarter_of_a_percent_can_be_asked_for(api, name):
    router = ROUTERS[name](api, SITE)
    router.prepare()

    router.set_weight(0.25)

    assert pytest.approx(0.25) == router.weight()
    assert router.granularity(10) <= 0.25
    router.set_weight(5.0)
    assert 5.0 == router.weight()


@pytest.mark.parametrize("name", SWITCHING)
def test_a_switch_sends_everything_to_one_side_and_back(api, name):
    router = ROUTERS[name](api, SITE)
    router.prepare()

    for side, weight in ((Side.CANARY, 100.0), (Side.CANARY, 100.0), (Side.STABLE, 0.0)):
        router.switch(side)
        assert (side, weight) == (router.active(), router.weight())
        router.prepare()
        assert side is router.active(), "to prepare again changes nothing"


@pytest.mark.parametrize("name", MATCHING)
def test_matches_are_read_back_beside_any_weight(api, name):
    router = ROUTERS[name](api, SITE)
    router.prepare()
    router.set_weight(30.0)

    router.set_match((ALWAYS, BETA))

    assert {ALWAYS, BETA} == set(router.matched())
    assert 30.0 == router.weight()
    assert router.active() is None
    router.set_weight(0.0)
    assert {ALWAYS, BETA} == set(router.matched())
    router.set_match(())
    assert () == router.matched()
    assert Side.STABLE is router.active()


@pytest.mark.parametrize("name", MATCHING)
def test_one_header_may_have_several_values(api, name):
    router = ROUTERS[name](api, SITE)
    router.prepare()
    sent = tuple(Sent(kind=Kind.HEADER, name="x-region", value=one) for one in ("eu-1", "a|b"))

    router.set_match(sent)

    assert sent == router.matched()


@pytest.mark.parametrize("name", MIRRORING)
@pytest.mark.parametrize("percent", [100.0, 5.0, 0.5])
def test_a_mirror_is_read_back_and_ends(api, name, percent):
    router = ROUTERS[name](api, SITE)
    router.prepare()
    router.set_mirror(percent)
    router.set_weight(10.0)

    assert pytest.approx(percent) == router.mirrored()
    assert 10.0 == router.weight()
    router.set_mirror(0.0)
    assert 0.0 == router.mirrored()


@pytest.mark.parametrize(
    ("name", "use", "refusal"),
    [
        ("service_selector", lambda r: r.set_weight(20.0), "cannot send a share"),
        ("service_selector", lambda r: r.set_match((ALWAYS,)), "cannot tell requests apart"),
        ("service_selector", lambda r: r.set_mirror(10.0), "cannot mirror"),
        ("replica_ratio", lambda r: r.set_match((ALWAYS,)), "cannot tell requests apart"),
        ("replica_ratio", lambda r: r.set_mirror(10.0), "cannot mirror"),
        ("replica_ratio", lambda r: r.switch(Side.CANARY), "cannot send everything"),
        ("ingress_annotations", lambda r: r.set_mirror(10.0), "cannot mirror"),
    ],
)
def test_what_a_router_lacks_is_refused_by_name(api, name, use, refusal):
    router = ROUTERS[name](api, SITE)
    router.prepare()
    before = api.version

    with pytest.raises(RolloutError, match=f"the router {name} {refusal}"):
        use(router)

    assert before == api.version


def test_a_strategy_can_ask_before_it_writes(api):
    demand(ROUTERS["virtual_service"](api, SITE), *Capability)
    with pytest.raises(RolloutError, match="the router ingress_annotations cannot mirror"):
        demand(ROUTERS["ingress_annotations"](api, SITE), Capability.WEIGHT, Capability.MIRROR)


@pytest.mark.parametrize("name", ALL)
def test_sizes_leave_stable_whole_unless_pods_are_the_shares(api, name):
    sizes = ROUTERS[name](api, SITE).sizes(100.0, 10)
    expected = 0 if name == "replica_ratio" else 10

    assert Split(canary=10, stable=expected) == sizes
    assert 0 == ROUTERS[name](api, SITE).sizes(0.0, 10).canary


def test_a_replica_ratio_gives_both_deployments_their_sizes(api):
    router = ROUTERS["replica_ratio"](api, SITE)
    router.prepare()

    router.set_weight(25.0)

    sizes = [api.get("Deployment", name)["spec"]["replicas"] for name in ("web-canary", "web")]
    assert 10 == sum(sizes)
    assert sizes == [router.sizes(25.0, 10).canary, router.sizes(25.0, 10).stable]
    assert 10.0 == router.granularity(10), "one pod of ten"
    router.set_weight(0.0)
    assert 0 == api.get("Deployment", "web-canary")["spec"]["replicas"]
    assert 10 == api.get("Deployment", "web")["spec"]["replicas"]


@pytest.mark.parametrize("name", [one for one in ALL if one != "replica_ratio"])
def test_tracks_that_share_their_labels_are_refused(api, name):
    same = Site(
        service="web",
        stable=Track(deployment="web", labels=(("app", "web"),)),
        canary=Track(deployment="web-canary", labels=(("app", "web"), ("track", "canary"))),
    )
    with pytest.raises(RolloutError, match="carry no labels that tell them apart"):
        ROUTERS[name](api, same).prepare()


@pytest.mark.parametrize("name", ["replica_ratio", "virtual_service"])
def test_a_service_of_one_side_only_is_refused_where_both_must_be_behind_it(api, name):
    api.patch("Service", "web", {"spec": {"selector": {"track": "stable"}}})

    with pytest.raises(RolloutError, match="Service/web selects track=stable, which the pods of"):
        ROUTERS[name](api, SITE).prepare()


def test_a_narrowed_service_must_still_reach_somebody(api):
    pod = deployment("web", "other", 1)["spec"]["template"]
    api.create(
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"} | pod["metadata"]}
        | {"spec": pod["spec"]}
    )

    with pytest.raises(RolloutError, match="no pod of web carries track=stable"):
        ROUTERS["service_selector"](api, SITE).prepare()


def test_nginx_is_asked_for_no_more_than_its_annotations_say(api):
    router = ROUTERS["ingress_annotations"](api, SITE)
    router.prepare()
    other = Sent(kind=Kind.HEADER, name="x-region", value="eu")

    with pytest.raises(RolloutError, match="one header and one cookie"):
        router.set_match((ALWAYS, other))
    with pytest.raises(RolloutError, match="only if its value is always"):
        router.set_match((Sent(kind=Kind.COOKIE, name="beta", value="yes"),))


def test_the_canary_ingress_has_the_rule_of_the_main_one(api):
    backend = {"service": {"name": "web", "port": {"number": 80}}}
    paths = [{"path": "/", "pathType": "Prefix", "backend": backend}]
    api.create(
        {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "Ingress",
            "metadata": {"name": "shop"},
            "spec": {"rules": [{"host": "shop.example.com", "http": {"paths": paths}}]},
        }
    )
    router = ROUTERS["ingress_annotations"](api, SITE)
    router.prepare()
    router.set_weight(10.0)

    numbers = {"web": 0, "web-canary": 1}
    table = ingress_routes(
        api.list("Ingress"), ("shop.example.com", "/"), (), lambda one: numbers[one.service]
    )
    [route] = table
    assert [(0, 90), (1, 10)] == [(one.backend, one.weight) for one in route.destinations]
    assert ["shop", "web-canary"] == [one["metadata"]["name"] for one in api.list("Ingress")]


def test_routes_that_somebody_wrote_stay_where_they_are(api):
    theirs = {
        "match": [{"headers": {"x-team": {"exact": "qa"}}}],
        "route": [{"destination": {"host": "elsewhere"}}],
    }
    default = {"timeout": "2s", "route": [{"destination": {"host": "web"}}]}
    api.create(
        {
            "apiVersion": "networking.istio.io/v1beta1",
            "kind": "VirtualService",
            "metadata": {"name": "shop"},
            "spec": {"hosts": ["web"], "http": [theirs, default]},
        }
    )
    router = ROUTERS["virtual_service"](api, SITE)
    router.prepare()
    router.set_weight(20.0)
    router.set_match((ALWAYS,))

    [found] = api.list("VirtualService")
    names = [one.get("name") for one in found["spec"]["http"]]
    assert ["seatrial-match", None, None] == names
    assert theirs == found["spec"]["http"][1]
    assert "2s" == found["spec"]["http"][2]["timeout"]
    router.clear()
    assert [theirs, default] == api.get("VirtualService", "shop")["spec"]["http"]


def test_the_preview_always_shows_canary(api):
    router = ROUTERS["service_selector"](api, SITE)
    router.prepare()
    router.switch(Side.CANARY)

    assert {"app": "web", "track": "canary"} == api.get("Service", "web")["spec"]["selector"]
    preview = api.get("Service", "web-preview")["spec"]
    assert {"app": "web", "track": "canary"} == preview["selector"]
    assert PORTS == preview["ports"]


def test_every_router_says_how_long_to_wait():
    assert all(3.0 < ROUTERS[name].hearing_seconds <= 30.0 for name in ALL)
