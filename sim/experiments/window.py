"""The measured window: one for all strategies, as long as the slowest rollout needs.

30 s before the first write, the longest rollout that a traffic-free pilot of every strategy
shows, 60 s to settle; with a rollback policy also the time to notice, to decide and to go back.
The scenario's own `window` overrides each part.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from sim.errors import ScenarioError
from sim.model.run import Window
from sim.scenario.scenario import Scenario
from sim.scenario.work import refuse_too_much
from sim.session import Session
from sim.strategies import STRATEGIES, strategy_named

BEFORE_SECONDS = 30.0
SETTLE_SECONDS = 60.0
NOTICING_SECONDS = 120.0  # Until a rule sees it: scrapes, the ramp of its window, evaluations.
# A rollout that has made no progress has failed by its deadline; we watch it a little longer.
BEYOND_DEADLINE_SECONDS = 60.0
# "No deadline" is written as 2**31 - 1 seconds; nobody wants to watch 68 years.
LONGEST_SECONDS = 3600.0
PILOT_SEED = 0  # Always the same, so that a window does not depend on the seeds that use it.


def measured_window(scenario: Scenario, strategies: Sequence[str]) -> Window:
    """The window in which all *strategies* are measured, in whole seconds from 0.

    Raise a `ScenarioError` for unknown strategies, and for more than can be simulated in it.
    """
    if unknown := [STRATEGIES.unknown(name) for name in strategies if name not in STRATEGIES]:
        raise ScenarioError(unknown)
    given = scenario.window
    before = BEFORE_SECONDS if given is None or given.before is None else given.before
    settle = SETTLE_SECONDS if given is None or given.settle is None else given.settle
    if given is not None and given.length is not None:
        rollout = given.length
    else:
        rollout = max((_pilot(scenario, name) for name in strategies), default=0.0)
        if scenario.rollback is not None:
            # Somebody may notice at the end, and the way back may take as long as the way there.
            rollout = 2 * rollout + NOTICING_SECONDS + scenario.rollback.longest_seconds
    window = Window(start=0.0, first_write=before, end=float(ceil(before + rollout + settle)))
    refuse_too_much(scenario, window)
    return window


def longest_window(arms: Sequence[tuple[str, Scenario]]) -> Window:
    """One window for all *arms* (a strategy, and the scenario that it runs on): the slowest's."""
    windows = [measured_window(scenario, [name]) for name, scenario in arms]
    return max(windows, key=lambda one: one.end)


def _pilot(scenario: Scenario, strategy: str) -> float:
    """How long *strategy* takes without traffic: until it has settled and said so.

    A rollout that does not settle is watched to the limit, whatever `kubectl rollout status` said:
    it may be content while old pods still wind up, and give up on one that comes up later.
    """
    limit = longest_rollout(scenario, strategy)
    before = BEFORE_SECONDS  # However long the user wants to look before: nothing happens then.
    window = Window(start=0.0, first_write=before, end=float(ceil(before + limit)))
    session = Session(scenario, strategy, PILOT_SEED, window=window, traffic=False, operators=())
    run = session.finish()
    if run.settled_at is None:
        return limit
    end = run.settled_at if run.finished_at is None else max(run.settled_at, run.finished_at)
    return min(ceil(end - before), limit)


def longest_rollout(scenario: Scenario, strategy: str) -> float:
    """How long *strategy* is watched at most: beyond its deadline and all that it waits for."""
    return _limit(scenario) + _planned(scenario, strategy)


def _limit(scenario: Scenario) -> float:
    deadline = scenario.deployment["spec"]["progressDeadlineSeconds"]
    return min(float(deadline) + BEYOND_DEADLINE_SECONDS, LONGEST_SECONDS)


def _planned(scenario: Scenario, strategy: str) -> float:
    """What *strategy* waits on purpose: its pauses and delays."""
    return strategy_named(strategy, scenario.strategies.get(strategy)).planned_seconds()
