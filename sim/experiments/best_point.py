"""The best point of a sweep: where a figure is best, and whether these runs can tell."""

from __future__ import annotations

from dataclasses import dataclass

from sim.analysis.figures import FIGURES
from sim.experiments.sweep import Swept
from sim.stats import Estimate, mean_interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Best:
    """*strategy* at the point *where*; so many others have intervals that overlap with its."""

    strategy: str
    where: str
    estimate: Estimate
    overlapping: int


def best_point(swept: Swept, figure: str) -> Best | None:
    """The best mean of *figure*; None if no strategy has the figure in all runs of any point."""
    found = [
        (name, point.values, estimate)
        for point, trials in swept.trials
        for name in swept.plan.strategies
        if (estimate := mean_interval(swept.values(trials, name, figure))) is not None
        and estimate.n == estimate.of
    ]
    if not found:
        return None
    sign = -1.0 if FIGURES[figure].less_is_better is False else 1.0
    (name, values, best), *others = sorted(found, key=lambda one: sign * one[2].value)
    pairs = zip(swept.plan.axes, values, strict=True)
    return Best(
        strategy=name,
        where=" ".join(f"{axis.name}={value}" for axis, value in pairs),
        estimate=best,
        overlapping=sum(_overlap(best, other) for _, _, other in others),
    )


def _overlap(one: Estimate, other: Estimate) -> bool:
    if one.low is None or one.high is None or other.low is None or other.high is None:
        return False
    return one.low <= other.high and other.low <= one.high
