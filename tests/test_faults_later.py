"""Faults of a version that begin some time into the run, alone and as an axis of a sweep."""

from __future__ import annotations

import pytest

from sim.errors import Problem, ScenarioError
from sim.experiments.axis import Axis, axis
from sim.experiments.design import design
from sim.experiments.sweep_plan import Plan, plan_of
from sim.faults.reading import fault_written
from sim.model.run import Window
from sim.scenario.load import load
from sim.scenario.scenario import Scenario
from sim.session import run

QUICK = ("traffic.rate=20/s", "window.before=2s", "window.length=12s", "window.settle=2s")
WINDOW = Window(start=0.0, first_write=2.0, end=16.0)


def loader(overrides, faults) -> Scenario:
    return load(["web-app"], overrides=[*QUICK, *overrides], faults=faults)


def failed_seconds(*faults: str, engine: str = "reference") -> set[int]:
    """The seconds of the run, without a release, in which a request was sent that failed."""
    found = run(loader((), faults), None, 1, window=WINDOW, engine=engine).requests
    return {int(second) for second in found.second[found.cause != 0]}


def test_a_bug_that_begins_later_harms_nobody_before_and_one_that_ends_nobody_after() -> None:
    assert failed_seconds() == set()
    assert min(failed_seconds("bug:old:100%@6s")) in (5, 6)
    assert max(failed_seconds("bug:old:100%@6s")) == 15
    there = failed_seconds("bug:old:100%@6s..9s")
    assert min(there) in (5, 6)
    assert max(there) in (8, 9)


def test_a_moment_is_said_and_what_is_none_is_one_problem() -> None:
    said = fault_written("bug:new:5%@60s", (), ()).describe().render("en")
    assert said == "version new answers 5 % of its requests with an error, from 60 s on"
    with pytest.raises(ScenarioError, match="write it like bug:new:5%"):
        fault_written("bug:new:5%@60", (), ())


def test_a_class_of_requests_and_a_moment_go_together() -> None:
    with pytest.raises(ScenarioError, match="no class of requests 'checkout'"):
        fault_written("bug:new:3%@checkout@60s", (), ())
    fault_written("bug:new:3%@checkout@60s", (), (), ("checkout",))


def planned(*texts: str) -> Plan:
    """The plan of a sweep over *texts*."""
    read = [axis(text, loader((), ()).deployment) for text in texts]
    assert not [one for one in read if isinstance(one, Problem)]
    axes = [one for one in read if isinstance(one, Axis)]
    points = design("grid", axes, None, 0)
    return plan_of(
        loader,
        axes,
        "grid",
        points,
        strategies=["Recreate"],
        seeds=range(2),
        engine="kernel",
    )


def test_a_sweep_can_vary_when_its_faults_begin() -> None:
    plan = planned("fault=bug:new:5%,slow:new:3x", "moment=2s,8s")
    written = [point.scenario.faults[0].text for point in plan.points if point.scenario]
    assert written == ["bug:new:5%@2s", "bug:new:5%@8s", "slow:new:3x@2s", "slow:new:3x@8s"]


def test_a_moment_without_a_fault_is_refused() -> None:
    with pytest.raises(ScenarioError, match="a moment is that of the faults"):
        planned("moment=2s,8s")
