"""Exposure in one sentence: with whom fewest requests met the bad version, pair by pair.

How long nobody reacts is the same for all strategies under one seed and differs between seeds: so
means of exposure have wide intervals that overlap, and paired differences may be clear all the
same.
"""

from __future__ import annotations

from functools import reduce
from statistics import fmean
from typing import TYPE_CHECKING

from sim.i18n import Message, message
from sim.interfaces.numbers import decimals, plain
from sim.stats import difference
from sim.stats.intervals import joint_level

if TYPE_CHECKING:
    from sim.experiments.drill_result import DrilledMoment, WayBack

EXPOSED = "exposed_requests"


def exposure_sentence(found: DrilledMoment) -> Message | None:
    """The strategy with the least exposure against each other one; None if it is alone.

    All of the intervals together hold at 95 % (Bonferroni).
    """
    best, *others = sorted(found.ways, key=_mean)
    if not others:
        return None
    level = joint_level(len(others))
    told = reduce(
        lambda one, two: message("{first}; {then}", first=one, then=two),
        [_against(best, other, level) for other in others],
    )
    return message(
        "On average the bad version answers fewest requests with {best}: {told}. These are paired "
        "differences under the same seeds, whose intervals hold together at 95 %; the ± above are "
        "of each strategy by itself, and wide where the seeds differ much for all.",
        best=best.strategy,
        told=told,
    )


def _mean(way: WayBack) -> float:
    return fmean(value for value in way.values[EXPOSED] if value is not None)


def _against(best: WayBack, other: WayBack, level: float) -> Message:
    gap = difference(other.values[EXPOSED], best.values[EXPOSED], level)
    assert gap is not None and gap.low is not None and gap.high is not None
    places = decimals(gap.value, gap.half_width or 0.0)
    value, low, high = (plain(one, places) for one in (gap.value, gap.low, gap.high))
    if gap.equal and gap.value == 0:
        return message("as many with {other} in each run", other=other.strategy)
    if gap.equal:
        return message("{value} more with {other} in each run", value=value, other=other.strategy)
    if gap.clear:
        return message(
            "{value} more with {other} ({low} to {high})",
            value=value,
            other=other.strategy,
            low=low,
            high=high,
        )
    return message(
        "cannot tell from {other} ({value} more, {low} to {high})",
        value=value,
        other=other.strategy,
        low=low,
        high=high,
    )
