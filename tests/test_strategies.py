"""What every strategy must do, on a second implementation of the ports, by any clock."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
import tiny_cluster
from tiny_cluster import NEW, Killed, TinyCluster, VirtualClock, WallClock, drive

from sim.model.run import Phase
from sim.strategies import STRATEGIES, strategy_named

ROOM = Path(__file__).resolve().parent.parent / "sim" / "strategies"
NAMES = [*STRATEGIES]
PAUSED = ("RollingUpdate", {"pause_at_pods": 2, "pause_seconds": 10.0})
TRACKS = ("BlueGreen", "Canary", "CanaryThenRolling")
# Every strategy as it is, and what it can do besides.
KINDS = [*((name, {}) for name in NAMES), PAUSED]


def ids(kind):
    return kind[0] if isinstance(kind, tuple) else str(kind)


@pytest.mark.parametrize("kind", KINDS, ids=ids)
def test_a_good_release_ends_with_all_requests_at_new_pods(kind):
    name, settings = kind
    clock = VirtualClock()
    tiny = TinyCluster(clock)

    phase = drive(strategy_named(name, settings).roll_out(tiny.cluster(), NEW), clock)

    assert Phase.HEALTHY == phase
    assert {"web:2": 4} == tiny.reached()


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
    clock = WallClock(speed=500.0)
    tiny = TinyCluster(clock)
    strategy = strategy_named(name, settings)

    phase = drive(strategy.roll_out(tiny.cluster(), NEW), clock)

    assert Phase.HEALTHY == phase
    assert {"web:2": 4} == tiny.reached()
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


@pytest.mark.parametrize("bad", [(), ("web:2",)], ids=["good", "bad"])
@pytest.mark.parametrize("kind", KINDS, ids=ids)
def test_killed_at_any_moment_and_started_again_it_comes_to_the_same_end(kind, bad):
    """Before and after each of its writes, and at a hundred moments from its beginning on."""
    if bad and kind[0] in ("Recreate", "RollingUpdate"):
        pytest.skip("Kubernetes itself gives nothing up: there is no end to come to")
    end, tiny, clock = ending(kind, bad)
    began, length = VirtualClock().now(), clock.now() - VirtualClock().now()

    for call in sorted({*tiny.writes, *(call + 1 for call in tiny.writes)} - {0}):
        assert end == ending(kind, bad, call=call)[0], f"killed at call {call}"
    for part in range(100):
        moment = began + length * part / 100
        assert end == ending(kind, bad, moment=moment)[0], f"killed at {moment}"


@pytest.mark.parametrize("name", [*TRACKS, "MaintenanceWindow"])
def test_said_again_when_all_is_done_it_changes_nothing(name):
    clock = VirtualClock()
    tiny = TinyCluster(clock)
    drive(strategy_named(name).roll_out(tiny.cluster(), NEW), clock)
    before = tiny.essence()

    assert Phase.HEALTHY == drive(strategy_named(name).roll_out(tiny.cluster(), NEW), clock)
    assert before == tiny.essence()


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


FILES = sorted(path for path in ROOM.glob("*.py") if path.stem != "__init__")
ALLOWED = {
    *("sim.cluster", "sim.model", "sim.ports", "sim.strategies", "sim.routers"),
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
