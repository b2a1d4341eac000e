"""Stories of pace: requests that hang, machines that are slow, processes that warm up."""

from __future__ import annotations

from pathlib import Path

import pytest
from stories import deployment, failures, rehearse, scenario, session

from sim.backends.simulated.driver import SimulatedClock
from sim.backends.simulated.world import SimulatedWorld
from sim.control.clock import Environment
from sim.errors import ScenarioError
from sim.model.behaviour import Behaviour
from sim.model.causes import Cause
from sim.model.command import Command, Verb
from sim.model.run import Run

LIVENESS = {"httpGet": {"path": "/", "port": 80}, "periodSeconds": 2, "timeoutSeconds": 1}
READINESS = {"tcpSocket": {"port": 80}, "periodSeconds": 1}
QUICK = ("clients.attemptTimeout=1s",)


def slow_share(run: Run, start: float, end: float) -> float:
    """The share of requests that took longer than a second."""
    counts = run.requests.within(start, end)
    late = counts.count[counts.cause == int(Cause.TIMED_OUT_IN_SERVICE)].sum()
    return float(late / counts.count.sum())


def test_requests_that_hang_fill_the_workers_until_liveness_probes_restart_the_new_pods(
    tmp_path: Path,
) -> None:
    probed = deployment(pre_stop=3, readiness=READINESS, liveness=LIVENESS)
    run = rehearse(scenario(tmp_path, probed, faults=("hang:new:20%",), overrides=QUICK))
    versions = {span.pod: span.version for span in run.pods}
    notes = [event for event in run.events if "failed liveness probe" in event.note]

    assert {versions[event.subject.removeprefix("Pod/")] for event in notes} == {1}
    # A probe fails only when all eight workers are held, by as many who time out.
    assert failures(run)[Cause.TIMED_OUT_IN_SERVICE] >= 8 * len(notes)
    assert Cause.TIMED_OUT_WAITING in failures(run)


def test_a_slow_machine_is_slow_then_and_no_longer(tmp_path: Path) -> None:
    faults = ("slow-node:node-1:40x@60s..90s",)
    run = rehearse(scenario(tmp_path, faults=faults, overrides=QUICK), None)

    assert slow_share(run, 5.0, 59.0) == slow_share(run, 100.0, 140.0) == 0.0
    assert 0.02 < slow_share(run, 62.0, 90.0) < 0.5


def test_fresh_processes_that_are_slow_cost_answers_in_time_while_they_come(tmp_path: Path) -> None:
    overrides = (*QUICK, "versions.new.warmUp.for=30s", "versions.new.warmUp.slowdown=40x")
    cold = rehearse(scenario(tmp_path / "cold", overrides=overrides))
    warm = rehearse(scenario(tmp_path / "warm", overrides=QUICK))

    assert Cause.TIMED_OUT_IN_SERVICE not in failures(warm)
    assert failures(cold)[Cause.TIMED_OUT_IN_SERVICE] > 100
    assert slow_share(cold, 130.0, 149.0) == 0.0


def test_a_command_cannot_slow_down_a_machine_that_there_is_not(tmp_path: Path) -> None:
    running = session(scenario(tmp_path), None)

    with pytest.raises(ScenarioError, match="there is no machine 'node-9'"):
        running.command(Command(verb=Verb.INJECT, fault="slow-node:node-9:3x"))
    running.command(Command(verb=Verb.INJECT, fault="slow-node:node-1:3x"))
    assert len(running.log) == 1


class Machines:
    """Remembers how slow each machine was said to be."""

    def __init__(self) -> None:
        self.told: list[tuple[str, float]] = []

    def lose_node(self, node: str) -> None:
        raise AssertionError(node)

    def return_node(self, node: str) -> None:
        raise AssertionError(node)

    def slow_node(self, node: str, slowdown: float) -> None:
        self.told.append((node, slowdown))


def test_what_slows_a_machine_adds_up_and_heals_alone() -> None:
    machines = Machines()
    clock = SimulatedClock(Environment())
    world = SimulatedWorld(clock, lambda _: Behaviour(), lambda _: None, machines)
    first, second = world.slowed("node-1", 3.0), world.slowed("node-1", 2.0)
    first.__enter__()
    second.__enter__()
    with world.slowed("node-2", 5.0):
        first.__exit__(None, None, None)
    second.__exit__(None, None, None)

    of_the_first = [slowdown for node, slowdown in machines.told if node == "node-1"]
    assert of_the_first == [3.0, 6.0, 2.0, 1.0]
    assert [slowdown for node, slowdown in machines.told if node == "node-2"] == [5.0, 1.0]
