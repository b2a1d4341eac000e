"""The moments of a rollback drill, and the window in which each is measured, the same for all.

How long rollouts and ways back take is asked of pilots without traffic.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil

from sim.experiments.window import (
    BEFORE_SECONDS,
    LONGEST_SECONDS,
    PILOT_SEED,
    SETTLE_SECONDS,
    longest_rollout,
)
from sim.i18n import Message, message
from sim.model.run import Window
from sim.operators.by_command import ByCommand
from sim.operators.duty import Operator
from sim.scenario.scenario import Scenario
from sim.scenario.work import refuse_too_much
from sim.session import Session

LATER_SECONDS = 600.0
LOOK_SECONDS = 5.0  # How often a pilot is asked whether it is over.


class Moment(StrEnum):
    """When it is decided to go back; the value is its name on the command line and in `--json`.

    Mid-rollout is when half of the service's pods are new ones and available: a state that every
    strategy comes through. Blue-green has not switched then, a maintenance window is still closed.
    """

    MID_ROLLOUT = "mid-rollout"
    FINISH = "finish"
    LATER = "later"

    @property
    def is_watched(self) -> bool:
        """Whether somebody had to find out first."""
        return False


MOMENT_NAMES: Mapping[Moment, Message] = {
    Moment.MID_ROLLOUT: message("by command in mid-rollout"),
    Moment.FINISH: message("by command at the finish"),
    Moment.LATER: message("by command ten minutes later"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One moment of a drill, and the window in which all strategies are measured at it."""

    moment: Moment
    window: Window

    def operators(self) -> tuple[Operator, ...]:
        """Who sends the release back, and when."""
        return (_commander(self.moment),)


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
    for moment in moments:
        needed = max(_way_back(scenario, name, moment, finishes[name]) for name in strategies)
        window = Window(
            start=0.0, first_write=first, end=float(ceil(first + needed + _settle(scenario)))
        )
        refuse_too_much(scenario, window)
        found.append(Plan(moment=moment, window=window))
    return tuple(found)


def _settle(scenario: Scenario) -> float:
    given = scenario.window
    return SETTLE_SECONDS if given is None or given.settle is None else given.settle


def _commander(moment: Moment) -> ByCommand:
    match moment:
        case Moment.MID_ROLLOUT:
            return ByCommand(new_pods_share=0.5)
        case Moment.FINISH:
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
