"""How long to go on: a pilot says how wide an interval may be, and is put aside.

An interval that is looked at until it pleases does not cover what it says. So the pilot's runs
choose a width, nothing else; the runs after it go on until their interval is that narrow, whatever
its middle says. Stein's two stages (1945), with the first one left out of the answer, so that the
answer may decide about signs too. `benchmarks/stopping.py` measures what the intervals cover.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from statistics import NormalDist, fmean, stdev

from sim.stats.intervals import student

PILOT_RUNS = 10
LEAST_RUNS = 30  # Enough for the bootstrap.
POWER = 0.9  # With which a difference as large as the pilot's is to be told from none.
RUNS_FOR_SKEW = 25.0  # Times the squared skewness (Cochran 1977, 2.15).
MOST_FOR_SKEW = 100  # A sample's skewness is itself uncertain.


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """How narrow an interval of a difference is to become: *half_width*, and never mind less.

    *slack* is the part of it that stands for "precise": a difference within it is none.
    """

    half_width: float
    slack: float


def aim_of(gap: float, scale: float, precision: float, floor: float) -> Aim:
    """What the pilot's *gap* asks for, between arms with a larger mean of *scale*.

    Precise is *precision* x *scale*, and never less than *floor*. A gap that is larger need only be
    told from 0. With power 0.9 that takes half-widths of 1 / 1.65 of it: 20 ± 9 against means of
    100 at 10 % is to become ± 12.1.
    """
    slack = max(precision * scale, floor)
    return Aim(half_width=max(slack, abs(gap) / _reach()), slack=slack)


def more_runs(aim: Aim, gaps: Sequence[float], *, most: int) -> int:
    """How many runs there should be, given the differences *gaps* of those that there are.

    As many as there are if that is enough: if the interval is as narrow as *aim* and the mean of
    numbers as skewed as these can be taken for normal. Where the middle lies does not matter.
    """
    n, spread = len(gaps), spread_of(gaps)
    needed = runs_for(aim.half_width, spread, most=most)
    needed = max(needed, min(runs_for_skew(_skewness(gaps)), MOST_FOR_SKEW))
    return max(n, min(needed, most))


def runs_for(half_width: float, spread: float, *, least: int = LEAST_RUNS, most: int) -> int:
    """How many runs make Student's half-width of numbers that scatter by *spread* that small.

    A spread of 10 to within 2 takes 99 runs; *most* if it takes more.
    """
    if spread == 0.0:
        return min(least, most)
    if half_width <= 0.0:
        return most
    n = max(least, ceil((NormalDist().inv_cdf(0.975) * spread / half_width) ** 2))
    while n < most and student(n - 1) * spread / n**0.5 > half_width:
        n += 1
    return min(n, most)


def runs_for_skew(skewness: float) -> int:
    """From how many runs on a mean of numbers that skewed is nearly normal: 2 takes 100."""
    return ceil(RUNS_FOR_SKEW * skewness**2)


def runs_to_tell(gap: float, spread: float) -> int | None:
    """How many runs would tell *gap* from 0 if it is as large as it looks; None if it looks 0.

    Of the usual size for a mean, with power 0.9. A gap of half the spread takes 44.
    """
    if gap == 0.0:
        return None
    z = NormalDist()
    reach = z.inv_cdf(0.975) + z.inv_cdf(POWER)
    return ceil((reach * spread / gap) ** 2 + z.inv_cdf(0.975) ** 2 / 2)


def spread_of(values: Sequence[float]) -> float:
    """The standard deviation of *values*, with n - 1; 0 for fewer than two."""
    return float(stdev(values)) if len(values) > 1 else 0.0


def _skewness(values: Sequence[float]) -> float:
    """The third moment over the second's power: 0 for what is symmetrical, 2 for waiting times."""
    middle = fmean(values)
    second = fmean([(value - middle) ** 2 for value in values])
    if second <= 1e-24 * middle**2:
        return 0.0
    return float(fmean([(value - middle) ** 3 for value in values]) / second**1.5)


def _reach() -> float:
    """How many half-widths a gap must be away from 0 to be told from it with `POWER`: 1.65."""
    z = NormalDist()
    return 1.0 + z.inv_cdf(POWER) / z.inv_cdf(0.975)
