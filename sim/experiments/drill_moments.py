"""The moments of a rollback drill, and the window in which each is measured, the same for all.

How long rollouts and ways back take is asked of pilots without traffic.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import ceil

from sim.errors import Problem, ScenarioError
from sim.experiments.window import (
    BEFORE_SECONDS,
    LONGEST_SECONDS,
    PILOT_SEED,
    SETTLE_SECONDS,
    longest_rollout,
)
from sim.i18n import Message, message
from sim.model.person import Person
from sim.model.rollback_policy import Notices, RollbackPolicy
from sim.model.rules import RuleGroup
from sim.model.run import Window
from sim.operators.by_command import ByCommand
from sim.operators.duty import Operator
from sim.operators.policy import operators_of
from sim.scenario.scenario import Scenario
from sim.scenario.work import refuse_too_much
from sim.session import Session

LATER_SECONDS = 600.0
RAMP_SECONDS = 60.0
LOOK_SECONDS = 5.0  # How often a pilot is asked whether it is over.


class Moment(StrEnum):
    """When it is decided to go back; the value is its name on the command line and in `--json`.

    Mid-rollout is when half of the service's pods are new ones and available: a state that every
    strategy comes through. Blue-green has not switched then, a maintenance window is still closed.
    """

    ALERT = "alert"
    MID_ROLLOUT = "mid-rollout"
    FINISH = "finish"
    LATER = "later"

    @property
    def is_watched(self) -> bool:
        """Whether somebody had to find out first."""
        return self is Moment.ALERT


def moments_named(names: Sequence[str]) -> tuple[Moment, ...]:
    """The moments that *names* mean; none means every one. Raise a `ScenarioError` for others."""
    known = [moment.value for moment in Moment]
    if unknown := [name for name in names if name not in known]:
        raise ScenarioError(
            Problem(
                message("there is no moment called {name}", name=repr(name)),
                hint=message("known: {known}", known=", ".join(known)),
            )
            for name in unknown
        )
    return tuple(Moment(name) for name in names) or tuple(Moment)


MOMENT_NAMES: Mapping[Moment, Message] = {
    Moment.ALERT: message("by an alert and a person on call"),
    Moment.MID_ROLLOUT: message("by command in mid-rollout"),
    Moment.FINISH: message("by command at the finish"),
    Moment.LATER: message("by command ten minutes later"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One moment of a drill, and the window in which all strategies are measured at it.

    *policy* says who notices and decides where nobody commands, and whether Git is in between;
    *rules* are the monitoring server's own.
    """

    moment: Moment
    window: Window
    policy: RollbackPolicy
    rules: tuple[RuleGroup, ...]
    evaluation_seconds: float

    def operators(self) -> tuple[Operator, ...]:
        """Who sends the release back, and when; and who may undo that."""
        if self.moment is Moment.ALERT:
            return operators_of(self.policy, self.rules)
        by_command = replace(self.policy, notices=None)
        others = operators_of(by_command, self.rules)
        return (_commander(self.moment), *others)


# Where a scenario has no policy: the handbook's 5 % and whoever is on call.
USUAL_POLICY = RollbackPolicy(notices=Notices.ALERT, person=Person())


def policy_of(scenario: Scenario) -> RollbackPolicy:
    """The policy of *scenario* if anybody notices anything by it, else the usual one."""
    given = scenario.rollback
    if given is None:
        return USUAL_POLICY
    if given.notices is Notices.ALERT:
        return given
    return replace(USUAL_POLICY, git_ops=given.git_ops)


def plans_for(
    scenario: Scenario, strategies: Sequence[str], moments: Sequence[Moment]
) -> tuple[Plan, ...]:
    """One plan for each of *moments*: as long a window as the slowest of *strategies* needs.

    Raise a `ScenarioError` for more than can be simulated.
    """
    first = BEFORE_SECONDS
    if scenario.window is not None and scenario.window.before is not None:
        first = scenario.window.before
    finishes = {name: _finish(scenario, name) for name in strategies}
    found = []
    policy = policy_of(scenario)
    for moment in moments:
        needed = max(_way_back(scenario, name, moment, finishes[name]) for name in strategies)
        if moment is Moment.ALERT:
            needed += _noticing(scenario, policy)
        window = Window(
            start=0.0, first_write=first, end=float(ceil(first + needed + _settle(scenario)))
        )
        refuse_too_much(scenario, window)
        found.append(
            Plan(
                moment=moment,
                window=window,
                policy=policy,
                rules=scenario.rules,
                evaluation_seconds=scenario.monitoring.evaluation_interval_seconds,
            )
        )
    return tuple(found)


def _settle(scenario: Scenario) -> float:
    given = scenario.window
    return SETTLE_SECONDS if given is None or given.settle is None else given.settle


def _noticing(scenario: Scenario, policy: RollbackPolicy) -> float:
    """From a first effect to the decision at most, if the rule sees it: facts of Prometheus 16.1.

    A scrape, the ramp of a window of a minute, an evaluation, `for` in whole evaluations.
    """
    monitoring = scenario.monitoring
    looking = monitoring.scrape_interval_seconds + 2 * monitoring.evaluation_interval_seconds
    return RAMP_SECONDS + looking + policy.longest_seconds


def _commander(moment: Moment) -> ByCommand:
    match moment:
        case Moment.MID_ROLLOUT:
            return ByCommand(new_pods_share=0.5)
        case Moment.FINISH | Moment.ALERT:  # A pilot has no metrics that an alert could see.
            return ByCommand(after_finish_seconds=0.0)
        case Moment.LATER:
            return ByCommand(after_finish_seconds=LATER_SECONDS)


def _finish(scenario: Scenario, strategy: str) -> float:
    """Seconds from the first write until *strategy* says that it is done, at most its limit."""
    limit = longest_rollout(scenario, strategy)
    session = _pilot(scenario, strategy, limit, ())
    assert session.releaser is not None
    while session.releaser.finished_at is None and session.now < session.window.end:
        session.advance(session.now + LOOK_SECONDS)
    end = session.releaser.finished_at
    return limit if end is None else min(end - BEFORE_SECONDS, limit)


def _way_back(scenario: Scenario, strategy: str, moment: Moment, finish: float) -> float:
    """Seconds from the first write until *strategy* is back, when it is sent back at *moment*."""
    limit = longest_rollout(scenario, strategy)
    begun = finish + (LATER_SECONDS if moment is Moment.LATER else 0.0)
    session = _pilot(scenario, strategy, begun + limit, (_commander(moment),))
    assert session.releaser is not None
    while session.releaser.back_at is None and session.now < session.window.end:
        session.advance(session.now + LOOK_SECONDS)
    back = session.releaser.back_at
    return min(begun + limit if back is None else back - BEFORE_SECONDS, begun + LONGEST_SECONDS)


def _pilot(
    scenario: Scenario, strategy: str, seconds: float, operators: tuple[Operator, ...]
) -> Session:
    window = Window(
        start=0.0, first_write=BEFORE_SECONDS, end=float(ceil(BEFORE_SECONDS + seconds))
    )
    return Session(
        scenario, strategy, PILOT_SEED, window=window, traffic=False, operators=operators
    )
