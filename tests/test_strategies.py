"""What every strategy must do, on a second implementation of the ports, by any clock."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
import tiny_cluster
from tiny_cluster import NEW, Killed, TinyCluster, VirtualClock, WallClock, drive

from sim.errors import RolloutError
from sim.model.canary_steps import Pause, SetCanaryScale, SetHeaderRoute, SetWeight
from sim.model.run import Phase
from sim.strategies import STRATEGIES, strategy_named

ROOM = Path(__file__).resolve().parent.parent / "sim" / "strategies"
NAMES = [*STRATEGIES]
FLAGGED = ("FeatureFlags", {"delivery": "environment"})
PAUSED = ("RollingUpdate", {"pause_at_pods": 2, "pause_seconds": 10.0})
TRACKS = (
    "BlueGreen",
    "Canary",
    "CanaryThenRolling",
    "FeatureFlags",
    "Shadow",
    "ABTest",
    "BlueGreenBehindFlag",
)
STEPS = (SetWeight(20), Pause(5.0), SetWeight(50), Pause(5.0))
ROUTED = [
    ("Canary", {"steps": STEPS, "router": "virtual_service"}),
    ("Canary", {"steps": STEPS, "router": "http_route", "dynamic_stable_scale": True}),
    (
        "Canary",
        {
            "steps": (SetCanaryScale(3), SetHeaderRoute("x-beta", "yes"), *STEPS, SetCanaryScale()),
            "router": "virtual_service",
            "dynamic_stable_scale": True,
        },
    ),
]
BY_INGRESS = {"router": "ingress_annotations"}
MORE = [
    ("BlueGreen", {"preview_replica_count": 1, "auto_promotion_seconds": 5.0}),
    ("Canary", {"steps": STEPS, "headers": (("x-beta", "yes"),), **BY_INGRESS}),
    ("ABTest", {"assign": "request", "seconds": 20.0, **BY_INGRESS}),
]
# Every strategy as it is, and what it can do besides.
KINDS = [*((name, {}) for name in NAMES), PAUSED, FLAGGED, *ROUTED, *MORE]


def is_routed(kind):
    """Whether a router keeps requests away from pods that the Service would reach."""
    name, settings = kind
    return "router" in settings or name == "ABTest"


def ids(kind):
    name, settings = kind
    return "-".join([name, *map(str, (v for v in settings.values() if not isinstance(v, tuple)))])


@pytest.mark.parametrize("kind", KINDS, ids=ids)
def test_a_good_release_ends_with_all_requests_at_new_pods(kind):
    name, settings = kind
    clock = VirtualClock()
    tiny = TinyCluster(clock)

    phase = drive(strategy_named(name, settings).roll_out(tiny.cluster(), NEW), clock)

    assert Phase.HEALTHY == phase
    assert {"web:2": 4} == (tiny.running() if is_routed(kind) else tiny.reached())


@pytest.mark.parametrize("name", [*TRACKS, "MaintenanceWindow"])
def test_a_release_that_never_comes_up_is_given_up_and_leaves_the_old_pods(name):
    """Recreate and RollingUpdate leave that to a person, as Kubernetes does."""
    clock = VirtualClock()
    tiny = TinyCluster(clock, bad=("web:2",))

    phase = drive(strategy_named(name).roll_out(tiny.cluster(), NEW), clock)

    assert Phase.DEGRADED == phase
    assert {"web:1": 4} == tiny.reached()
    assert ["web"] == [name for kind, name in tiny.objects if kind == "Deployment"]


@pytest.mark.parametrize("kind", KINDS, ids=ids)
def test_it_runs_unchanged_by_the_wall_clock(kind):
    name, settings = kind
    clock = WallClock(speed=150.0)
    tiny = TinyCluster(clock)
    strategy = strategy_named(name, settings)

    phase = drive(strategy.roll_out(tiny.cluster(), NEW), clock)

    assert Phase.HEALTHY == phase
    assert {"web:2": 4} == (tiny.running() if is_routed(kind) else tiny.reached())
    assert clock.now() - 1000.0 >= strategy.planned_seconds()


def ending(kind, bad, *, call=0, moment=float("inf")):
    """A release whose operator is killed at that call or moment, and started again: its end."""
    name, settings = kind
    clock = VirtualClock(die_at=moment)
    tiny = TinyCluster(clock, bad=bad)
    tiny.die_at = call
    try:
        phase = drive(strategy_named(name, settings).roll_out(tiny.cluster(), NEW), clock)
    except Killed:
        phase = drive(strategy_named(name, settings).roll_out(tiny.cluster(), NEW), clock)
    return (phase, tiny.essence()), tiny, clock


MOMENTS = [
    pytest.param(10, id="10"),
    pytest.param(100, id="100", marks=pytest.mark.slow),
]


@pytest.mark.parametrize("moments", MOMENTS)
@pytest.mark.parametrize("bad", [(), ("web:2",)], ids=["good", "bad"])
@pytest.mark.parametrize("kind", KINDS, ids=ids)
def test_killed_at_any_moment_and_started_again_it_comes_to_the_same_end(kind, bad, moments):
    """Before and after each of its writes, and at so many moments from its beginning on."""
    if bad and kind[0] in ("Recreate", "RollingUpdate"):
        pytest.skip("Kubernetes itself gives nothing up: there is no end to come to")
    end, tiny, clock = ending(kind, bad)
    began, length = VirtualClock().now(), clock.now() - VirtualClock().now()

    for call in sorted({*tiny.writes, *(call + 1 for call in tiny.writes)} - {0}):
        assert end == ending(kind, bad, call=call)[0], f"killed at call {call}"
    for part in range(moments):
        moment = began + length * part / moments
        assert end == ending(kind, bad, moment=moment)[0], f"killed at {moment}"


@pytest.mark.parametrize("name", [*TRACKS, "MaintenanceWindow"])
def test_said_again_when_all_is_done_it_changes_nothing(name):
    clock = VirtualClock()
    tiny = TinyCluster(clock)
    drive(strategy_named(name).roll_out(tiny.cluster(), NEW), clock)
    before, tiny.starved = tiny.essence(), False

    assert Phase.HEALTHY == drive(strategy_named(name).roll_out(tiny.cluster(), NEW), clock)
    assert before == tiny.essence()
    assert not tiny.starved


def test_going_back_inside_the_scale_down_delay_is_a_flip_and_after_it_a_cold_start():
    """Until the Service reaches blue again: one moment while its pods are there, else a boot."""
    taken = {}
    for moment in ("inside", "after"):
        clock = VirtualClock()
        tiny = TinyCluster(clock)
        strategy = strategy_named("BlueGreen")
        process = strategy.roll_out(tiny.cluster(), NEW)
        if moment == "inside":
            wait = None
            while {"web:2": 4} != tiny.reached():
                wait = process.send(None if wait is None else True)
                clock.rest(clock.now() + tiny_cluster.BOOT_SECONDS)
            process.close()
        else:
            drive(process, clock)
        began, back = clock.now(), strategy.go_back(tiny.cluster())
        answer = None
        while {"web:1": 4} != tiny.reached():
            wait = back.send(answer)
            while wait.condition is not None and not (answer := wait.condition()):
                clock.rest(clock.now() + 0.25)
        taken[moment] = clock.now() - began

    assert {"inside": 0.0, "after": tiny_cluster.BOOT_SECONDS} == taken


def test_blue_green_sends_nobody_to_green_before_it_is_promoted_by_hand():
    clock = VirtualClock()
    tiny = TinyCluster(clock)
    strategy = strategy_named("BlueGreen", {"auto_promotion_enabled": False})
    process = strategy.roll_out(tiny.cluster(), NEW)
    wait = process.send(None)
    while not wait.condition():
        clock.rest(clock.now() + 0.25)
    wait = process.send(True)  # Green is available; now it is for a person to look at it.
    clock.rest(clock.now() + 1000.0)

    assert not wait.condition()
    assert {"web:1": 4} == tiny.reached()

    tiny.cluster().resume()
    assert wait.condition()
    process.send(True)
    assert {"web:2": 4} == tiny.reached()


@pytest.mark.parametrize("name", ["Canary", "CanaryThenRolling"])
def test_a_canary_that_is_started_again_never_takes_a_step_back(name):
    """Killed in its second pause: the share it has reached is kept."""
    clock = VirtualClock(die_at=1000.0 + 2 * tiny_cluster.BOOT_SECONDS + 30.0 + 15.0)
    tiny = TinyCluster(clock, replicas=10)
    with pytest.raises(Killed):
        drive(strategy_named(name).roll_out(tiny.cluster(), NEW), clock)
    reached = tiny.reached()["web:2"]
    process = strategy_named(name).roll_out(tiny.cluster(), NEW)

    wait = process.send(None)

    assert reached == tiny.reached()["web:2"] == 2
    assert clock.now() < wait.deadline < clock.now() + 30.0


def test_a_canary_takes_its_steps_in_order_and_holds_each_for_its_pause():
    clock = VirtualClock()
    tiny = TinyCluster(clock, replicas=10)
    process = strategy_named("Canary").roll_out(tiny.cluster(), NEW)
    shares = []
    answer = None
    while True:
        try:
            wait = process.send(answer)
        except StopIteration:
            break
        if wait.condition is None:
            reached = tiny.reached()
            shares.append((reached["web:2"], reached["web:1"], wait.deadline - clock.now()))
            clock.rest(wait.deadline)
            answer = True
            continue
        while not (answer := wait.condition()):
            clock.rest(clock.now() + 0.25)

    # 5 % of ten pods with a surge of three: 1 of 11; 20 %: 2 of 10; 50 %: 5 of 10.
    assert [(1, 10, 30.0), (2, 8, 30.0), (5, 5, 30.0)] == shares


class Watched(TinyCluster):
    """Notes, at each write of a route, the weight and the pods that are there for it."""

    def __init__(self, clock, **settings):
        self.seen = []
        super().__init__(clock, **settings)

    def _store(self, obj):
        found = super()._store(obj)
        if obj["kind"] == "VirtualService":
            route = obj["spec"]["http"][-1]["route"]
            weights = [one.get("weight", 100) for one in route]
            weight = weights[1] if len(route) > 1 else 0
            if route[0]["destination"]["subset"] == "canary":
                weight = 100
            sizes = [self.available(name) for name in ("web-canary", "web")]
            self.seen.append((weight, *sizes))
        return found

    def available(self, name):
        if ("Deployment", name) not in self.objects:
            return 0
        self._reconcile(name)
        return self.objects["Deployment", name]["status"]["availableReplicas"]


@pytest.mark.parametrize("dynamic", [False, True])
def test_a_weight_is_raised_only_when_its_pods_are_there_and_stable_shrinks_after_it(dynamic):
    clock = VirtualClock()
    tiny = Watched(clock, replicas=10)
    steps = (SetWeight(10), Pause(1.0), SetWeight(60), Pause(1.0))
    settings = {"steps": steps, "router": "virtual_service", "dynamic_stable_scale": dynamic}

    assert Phase.HEALTHY == drive(
        strategy_named("Canary", settings).roll_out(tiny.cluster(), NEW), clock
    )

    # Weight written, canary and stable available at that moment.
    before = [10, 10, 9, 4] if dynamic else [10, 10, 10, 10]
    assert [(0, 0, before[0]), (10, 1, before[1]), (60, 6, before[2]), (100, 10, before[3])] == [
        *dict.fromkeys(tiny.seen)
    ]
    assert {"web:2": 10} == tiny.running()


@pytest.mark.parametrize(
    ("dynamic", "weights"), [(False, [0]), (True, [20, 0])], ids=["whole", "dynamic"]
)
def test_going_back_is_at_once_or_down_the_steps_where_stable_has_shrunk(dynamic, weights):
    """From 60 %: stable's pods come first, and only then the requests."""
    clock = VirtualClock()
    tiny = Watched(clock, replicas=10)
    steps = (SetWeight(20), SetWeight(60), Pause(None))
    settings = {"steps": steps, "router": "virtual_service", "dynamic_stable_scale": dynamic}
    strategy = strategy_named("Canary", settings)
    process = strategy.roll_out(tiny.cluster(), NEW)
    answer = None
    while not tiny.cluster().is_paused:
        wait = process.send(answer)
        while wait.condition is not None and not (answer := wait.condition()):
            if tiny.cluster().is_paused:
                break
            clock.rest(clock.now() + 0.25)
        if wait.condition is None:
            clock.rest(wait.deadline)
            answer = True
    tiny.seen.clear()

    assert Phase.DEGRADED == drive(strategy.go_back(tiny.cluster()), clock)
    assert weights == [weight for weight, *_ in dict.fromkeys(tiny.seen)]
    for weight, _, stable in tiny.seen:
        assert stable >= 10 * (100 - weight) / 100
    assert {"web:1": 10} == tiny.running()
    assert [("Deployment", "web"), ("Service", "web")] == sorted(tiny.objects)


def test_a_canary_by_pods_refuses_what_only_a_router_can_do():
    clock = VirtualClock()
    steps = (SetHeaderRoute("x-beta", "yes"),)
    process = strategy_named("Canary", {"steps": steps}).roll_out(TinyCluster(clock).cluster(), NEW)

    with pytest.raises(RolloutError, match="name a router"):
        drive(process, clock)


FILES = sorted(path for path in ROOM.glob("*.py") if path.stem != "__init__")
ALLOWED = {
    *("sim.cluster", "sim.model", "sim.ports", "sim.strategies", "sim.routers"),
    "sim.judges",
    *("sim.errors", "sim.i18n", "__future__", "collections", "dataclasses", "typing"),
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_strategy_knows_the_cluster_and_nothing_behind_it(path):
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            name = str(node.module)
            assert name in ALLOWED or name.rpartition(".")[0] in ALLOWED, name
        assert not isinstance(node, ast.Import), ast.unparse(node)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_strategy_is_as_long_as_its_runbook(path):
    assert len(path.read_text("utf-8").splitlines()) <= 130


def test_strategies_need_no_simulator():
    code = (
        "import sys; from sim.strategies import STRATEGIES; [STRATEGIES[name] for name in "
        "STRATEGIES]; assert not {'simpy', 'numba', 'sim.control', 'sim.backends'} & {*sys.modules}"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
