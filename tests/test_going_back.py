"""Going back must be safe to start again: an operator that is replaced half way does no harm.

On the trivial cluster before and after every write and at a hundred moments, in the simulated one
at a few (a hundred of them are slow).
"""

from __future__ import annotations

import pytest
from stories import deployment, scenario
from tiny_cluster import NEW, Killed, TinyCluster, VirtualClock, drive

from sim.model.canary_steps import Pause, SetHeaderRoute, SetWeight
from sim.model.run import Phase, Window
from sim.ports import Wait
from sim.session import Session
from sim.strategies import STRATEGIES, strategy_named

TINY_MOMENTS = [
    pytest.param(10, id="10"),
    pytest.param(100, id="100", marks=pytest.mark.slow),
]
STEPS = (SetWeight(50), Pause(5.0))
KINDS = [
    *((name, {}) for name in STRATEGIES),
    ("RollingUpdate", {"pause_at_pods": 2, "pause_seconds": 10.0}),
    ("Canary", {"steps": STEPS, "router": "virtual_service"}),
    ("Canary", {"steps": STEPS, "router": "http_route", "dynamic_stable_scale": True}),
    ("Canary", {"steps": STEPS, "router": "ingress_annotations", "headers": (("x-beta", "yes"),)}),
    ("Canary", {"steps": (SetHeaderRoute("x-beta", "yes"), *STEPS), "router": "virtual_service"}),
]
# Once all pods have both code paths, the way back is a flag; the pods stay.
KILL_SWITCHES = ("FeatureFlags", "BlueGreenBehindFlag")
WAY_BACK = 30.0  # When somebody wants to go back, in seconds from the release's first write.


def ids(kind):
    name, settings = kind
    return "-".join([name, *map(str, (v for v in settings.values() if not isinstance(v, tuple)))])


def released(kind, *, begun_only):
    """A tiny cluster that has come to the end of a release, or into the middle of it."""
    name, settings = kind
    clock = VirtualClock(die_at=1003.0 if begun_only else float("inf"))
    tiny = TinyCluster(clock)
    try:
        drive(strategy_named(name, settings).roll_out(tiny.cluster(), NEW), clock)
    except Killed:
        assert begun_only
    clock.die_at = float("inf")
    tiny.calls, tiny.writes = 0, []
    return tiny, clock


def gone_back(kind, *, begun_only, call=0, moment=float("inf")):
    """The end of going back, begun again where it was killed; the cluster, and how long it took."""
    tiny, clock = released(kind, begun_only=begun_only)
    began, strategy = clock.now(), strategy_named(*kind)
    tiny.die_at, clock.die_at = call, began + moment
    try:
        phase = drive(strategy.go_back(tiny.cluster()), clock)
    except Killed:
        tiny.die_at, clock.die_at = 0, float("inf")
        phase = drive(strategy_named(*kind).go_back(tiny.cluster()), clock)
    return (phase, tiny.essence(), str(tiny.running())), tiny, clock.now() - began


@pytest.mark.parametrize("moments", TINY_MOMENTS)
@pytest.mark.parametrize("begun_only", [False, True], ids=["finished", "begun"])
@pytest.mark.parametrize("kind", KINDS, ids=ids)
def test_killed_at_any_moment_of_going_back_it_comes_to_the_same_end(kind, begun_only, moments):
    end, tiny, length = gone_back(kind, begun_only=begun_only)
    assert Phase.DEGRADED == end[0]
    dark = kind[0] in KILL_SWITCHES and not begun_only
    assert {"web:2" if dark else "web:1": 4} == tiny.running()

    for call in sorted({*tiny.writes, *(call + 1 for call in tiny.writes)} - {0}):
        found = gone_back(kind, begun_only=begun_only, call=call)[0]
        assert end == found, f"killed at call {call}"
    for part in range(moments):
        found = gone_back(kind, begun_only=begun_only, moment=length * part / moments)[0]
        assert end == found, f"killed after {part} of {moments} parts"


@pytest.mark.parametrize("name", ["Recreate", "RollingUpdate"])
def test_gone_back_twice_is_gone_back_once_and_the_next_release_may_be_undone_again(name):
    """`kubectl rollout undo` twice is where one began: at the bad version."""
    clock = VirtualClock()
    tiny = TinyCluster(clock)
    strategy = strategy_named(name)
    for _ in range(2):
        drive(strategy.roll_out(tiny.cluster(), NEW), clock)
        assert {"web:2": 4} == tiny.running()
        for _ in range(2):
            drive(strategy.go_back(tiny.cluster()), clock)
            assert {"web:1": 4} == tiny.running()


MOMENTS = [
    pytest.param(3, id="3"),
    pytest.param(100, id="100", marks=pytest.mark.slow),
]
SIMULATED = [
    ("Recreate", ()),
    ("RollingUpdate", ()),
    ("BlueGreen", ("strategies.blueGreen.scaleDownDelaySeconds=5",)),
    ("Canary", ("strategies.canary.steps=[50%,5s]",)),
    (
        "Canary",
        (
            "strategies.canary.steps=[50%,5s]",
            "strategies.canary.router=virtual_service",
            "network.proxy=istio",
        ),
    ),
    ("CanaryThenRolling", ("strategies.canaryThenRolling.steps=[50%,5s]",)),
    (
        "MaintenanceWindow",
        tuple(
            f"strategies.maintenanceWindow.{name}={value}"
            for name, value in {"update": 5, "verify": 15, "restore": 20}.items()
            for name in (f"{name}Seconds",)
        ),
    ),
]
LONG = Window(start=0.0, first_write=10.0, end=190.0)


def replaced(story, name, dies_after):
    """The objects after going back, its operator replaced by another so many seconds into it."""
    session = Session(story, None, 1, window=LONG, traffic=False, checked=True)
    backend, template = session._backend, story.release.template
    phases, begins = {}, LONG.first_write + WAY_BACK

    def until(process, dies_at):
        answer = None
        while True:
            try:
                wait = process.send(answer)
            except StopIteration as stop:
                return stop.value
            answer = yield wait
            if backend.clock.now() > dies_at:
                return None

    def first():
        strategy = strategy_named(name, story.strategies.get(name))
        yield Wait(LONG.first_write)
        yield from until(strategy.roll_out(backend.cluster, template), begins)
        yield Wait(max(begins, backend.clock.now()))
        process = strategy.go_back(backend.cluster)
        phases["first"] = yield from until(process, begins + dies_after)

    def second():
        yield Wait(begins + dies_after)
        strategy = strategy_named(name, story.strategies.get(name))
        phases["second"] = yield from strategy.go_back(backend.cluster)

    backend.drive(first())
    if begins + dies_after < LONG.end:
        backend.drive(second())
    session.finish()
    store, objects = backend.control_plane.store, {}
    for kind in ("Deployment", "Service", "VirtualService", "DestinationRule"):
        for obj in store.list(kind):
            notes = obj["metadata"].get("annotations") or {}
            kept = {key for key in notes if key.startswith("seatrial/")}
            spec = {k: v for k, v in obj["spec"].items() if k not in ("clusterIP", "clusterIPs")}
            available = obj.get("status", {}).get("availableReplicas")
            objects[kind, obj["metadata"]["name"]] = (spec, kept, available)
    # The dead one may hear of the end later than its successor, who read it for itself.
    return phases["second" if "second" in phases else "first"], objects


@pytest.mark.parametrize("moments", MOMENTS)
@pytest.mark.parametrize(("name", "overrides"), SIMULATED, ids=lambda one: str(one)[:60])
def test_in_the_simulated_cluster_a_replaced_operator_goes_back_to_the_same_objects(
    tmp_path, name, overrides, moments
):
    story = scenario(tmp_path, deployment(replicas=3), overrides=overrides)
    phase, objects = replaced(story, name, 1e6)

    assert Phase.DEGRADED == phase
    image = objects["Deployment", "web"][0]["template"]["spec"]["containers"][0]["image"]
    assert ("web:1", 3) == (image, objects["Deployment", "web"][2])
    for part in range(moments):
        dies_after = 0.05 + 60.0 * part / moments
        assert (phase, objects) == replaced(story, name, dies_after), f"killed at {dies_after}"
