"""What a rollback drill measures: each figure once, with its key, unit, label and definition."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import floor

import numpy as np

from sim.analysis.rollback_clocks import RollbackClocks
from sim.analysis.rollback_witness import Witness
from sim.analysis.units import Unit
from sim.i18n import Message, message
from sim.model.causes import Cause
from sim.model.latency import quantile
from sim.model.run import RequestCounts, Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Drilled:
    """One drilled run, its clocks and its witness, and the same of the run without a release."""

    run: Run
    clocks: RollbackClocks
    witness: Witness
    no_release: Run
    bystander: Witness

    def broken(self) -> Mapping[str, int]:
        """Failures after the decision that the bug does not explain, by cause, beyond no release.

        Causes that were met; none before anybody decided.
        """
        since = self.clocks.decided
        if since is None:
            return {}
        found, anyway = self.witness.unexplained(since), self.bystander.unexplained(since)
        return {
            cause.key: found.get(cause, 0) - anyway.get(cause, 0)
            for cause in sorted({*found, *anyway})
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillFigure:
    """One thing that a drill measures, with a short *heading*; less of it is always better.

    *compute* answers None for a clock that was not reached.
    """

    key: str
    unit: Unit
    heading: Message
    definition: Message
    compute: Callable[[Drilled], float | None]

    @property
    def is_clock(self) -> bool:
        """Whether None means "not in the window"."""
        return self.unit is Unit.SECONDS


def _between(start: str, end: str) -> Callable[[Drilled], float | None]:
    def seconds(drilled: Drilled) -> float | None:
        first: float | None = getattr(drilled.clocks, start)
        last: float | None = getattr(drilled.clocks, end)
        return None if first is None or last is None else max(0.0, last - first)

    return seconds


def _users_hurt(drilled: Drilled) -> float:
    hurt, anyway = drilled.run.users.failed, drilled.no_release.users.failed
    return float(np.setdiff1d(hurt, anyway, assume_unique=True).size)


def _exposed_after(drilled: Drilled) -> float | None:
    decided = drilled.clocks.decided
    return None if decided is None else float(drilled.witness.exposed(decided))


def _broken(drilled: Drilled) -> float | None:
    return None if drilled.clocks.decided is None else float(sum(drilled.broken().values()))


def _slower(drilled: Drilled) -> float | None:
    """By how much; None without a success in either run, as when a service is closed."""
    decided = drilled.clocks.decided
    if decided is None or drilled.clocks.back is None:
        return None
    start = floor(max(decided, drilled.clocks.back))
    found, anyway = (
        _p95_ms(run.requests.within(start, start + COLD_SECONDS))
        for run in (drilled.run, drilled.no_release)
    )
    return None if found is None or anyway is None else found - anyway


def _p95_ms(requests: RequestCounts) -> float | None:
    answered = requests.cause == Cause.NONE
    if not answered.any():
        return None
    return 1000.0 * quantile(requests.bin[answered], requests.count[answered], 0.95)


COLD_SECONDS = 30  # So long after the way back fresh processes may still have cold caches.
BACK = "back_seconds"
_ALL = (
    DrillFigure(
        key="first_effect_seconds",
        unit=Unit.SECONDS,
        heading=message("first effect"),
        definition=message("from the first write to the first request that the bad version failed"),
        compute=_between("first_write", "first_effect"),
    ),
    DrillFigure(
        key="detected_seconds",
        unit=Unit.SECONDS,
        heading=message("detected"),
        definition=message("from the first effect until the rule said that something is wrong"),
        compute=_between("first_effect", "detected"),
    ),
    DrillFigure(
        key="decided_seconds",
        unit=Unit.SECONDS,
        heading=message("decided"),
        definition=message(
            "from the first effect until somebody said: go back; 0 if that was said before"
        ),
        compute=_between("first_effect", "decided"),
    ),
    DrillFigure(
        key="last_bad_answer_seconds",
        unit=Unit.SECONDS,
        heading=message("last bad answer"),
        definition=message(
            "from the decision to the last answer of any kind that the bad version gave; it is "
            "not over while a pod is left that may give one: a new pod, unless it knows that its "
            "flag is off"
        ),
        compute=_between("decided", "last_bad_answer"),
    ),
    DrillFigure(
        key="full_capacity_seconds",
        unit=Unit.SECONDS,
        heading=message("full capacity"),
        definition=message(
            "from the decision until as many pods that answer as the old version does were "
            "available as before the first write, and stayed so: old pods, or new ones that know "
            "that their flag is off"
        ),
        compute=_between("decided", "full_capacity"),
    ),
    DrillFigure(
        key=BACK,
        unit=Unit.SECONDS,
        heading=message("back"),
        definition=message(
            "from the decision until both: the bad version's last answer and full healthy capacity"
        ),
        compute=_between("decided", "back"),
    ),
    DrillFigure(
        key="exposed_requests",
        unit=Unit.REQUESTS,
        heading=message("bad version answered"),
        definition=message(
            "requests meant to be sent inside the window of which the bad version answered an "
            "attempt, rightly or not"
        ),
        compute=lambda drilled: float(drilled.witness.exposed()),
    ),
    DrillFigure(
        key="exposed_after_decision",
        unit=Unit.REQUESTS,
        heading=message("of these after the decision"),
        definition=message("those that the bad version answered after somebody had decided"),
        compute=_exposed_after,
    ),
    DrillFigure(
        key="users_hurt",
        unit=Unit.USERS,
        heading=message("users hurt"),
        definition=message(
            "distinct users with a failed request in this run and none in the no-release run with "
            "the same draws"
        ),
        compute=_users_hurt,
    ),
    DrillFigure(
        key="broken_requests",
        unit=Unit.REQUESTS,
        heading=message("broken by the way back"),
        definition=message(
            "requests that failed after the decision for a reason that the bad version's bug does "
            "not explain (overload, no endpoint, dropped connections), beyond the no-release run"
        ),
        compute=_broken,
    ),
    DrillFigure(
        key="slower_ms_p95",
        unit=Unit.MILLISECONDS,
        heading=message("slower, ms"),
        definition=message(
            "p95 of the requests that succeeded in the 30 s after everything was back, beyond the "
            "no-release run: cold caches and queues"
        ),
        compute=_slower,
    ),
)
DRILL_FIGURES: Mapping[str, DrillFigure] = {figure.key: figure for figure in _ALL}


def measure_drill(drilled: Drilled) -> Mapping[str, float | None]:
    """Every figure by its key; None where it does not exist."""
    return {key: figure.compute(drilled) for key, figure in DRILL_FIGURES.items()}
