"""A question that a comparison is to answer: a difference whose sign matters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean

from sim.experiments.outcome import Outcome
from sim.experiments.requirement import Requirement
from sim.experiments.verdict import JUDGED

Trials = Sequence[tuple[Outcome, ...]]
FLOOR_REQUESTS = 0.5  # Less than half a request a release is no difference.


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """*gaps* are the differences by seed; what they are measured against is *scale*.

    Within *floor* a difference is none. *first* and *second* are the places of the arms that are
    compared, if it is about two.
    """

    gaps: Callable[[Trials], list[float]]
    scale: Callable[[Trials], float]
    floor: float
    first: int
    second: int | None


def about_failures(first: int, second: int) -> Question:
    """Which of two arms loses fewer requests?"""

    def lost(trials: Trials, arm: int) -> list[float]:
        return [float(trial[arm].figures[JUDGED] or 0.0) for trial in trials]

    def gaps(trials: Trials) -> list[float]:
        pairs = zip(lost(trials, first), lost(trials, second), strict=True)
        return [one - other for one, other in pairs]

    def scale(trials: Trials) -> float:
        return max(fmean(lost(trials, arm)) for arm in (first, second))

    return Question(gaps=gaps, scale=scale, floor=FLOOR_REQUESTS, first=first, second=second)


def about_requirement(one: Requirement, arm: int) -> Question:
    """Does the mean of this arm keep the limit? Releases without the figure do not count here."""
    key = one.figure.key

    def gaps(trials: Trials) -> list[float]:
        found = [one.margin(trial[arm].figures[key], trial[0].figures[key]) for trial in trials]
        return [margin for margin in found if margin is not None] or [0.0]

    def scale(trials: Trials) -> float:
        if not one.relative:
            return one.limit
        without = [trial[0].figures[key] for trial in trials]
        return one.limit * fmean([value or 0.0 for value in without])

    return Question(gaps=gaps, scale=scale, floor=0.0, first=arm, second=None)
