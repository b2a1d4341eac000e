"""Superiority: how likely one thing does better than another, once and on the average.

Two questions that are often taken for one. A strategy may be better on the average for certain and
still do worse in every third release.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean

from sim.stats.intervals import Proportion, all_equal, wilson


@dataclass(frozen=True, slots=True, kw_only=True)
class Superiority:
    """*once*: of the pairs, those in which the first is less; *ties*: where both are equal.

    *mean* is how likely the first one's true mean is the lower: by Student's t, and without any
    belief before the runs. None if there are fewer than two pairs.
    """

    once: Proportion
    ties: int
    mean: float | None


def less(first: Sequence[float], second: Sequence[float]) -> Superiority:
    """How likely *first* is less than *second*, pair by pair.

    1, 2, 3, 4 against 3, 3, 3, 6: less in 3 of 4, equal in 1, and its mean is lower with 0.960.
    """
    gaps = [a - b for a, b in zip(first, second, strict=True)]
    once = wilson(sum(gap < 0 for gap in gaps), len(gaps))
    return Superiority(once=once, ties=sum(gap == 0 for gap in gaps), mean=mean_below_zero(gaps))


def less_each(columns: Sequence[Sequence[float]]) -> Mapping[tuple[int, int], Superiority]:
    """How likely each of *columns* is less than each other, by their numbers."""
    return {
        (row, column): less(one, other)
        for row, one in enumerate(columns)
        for column, other in enumerate(columns)
        if row != column
    }


def mean_below_zero(gaps: Sequence[float]) -> float | None:
    """How likely the true mean of *gaps* is below 0, by Student's t; None for fewer than two."""
    n = len(gaps)
    if n < 2:
        return None
    if all_equal(gaps):
        return 0.5 if gaps[0] == 0 else float(gaps[0] < 0)
    from scipy.special import stdtr

    middle = fmean(gaps)
    spread = sqrt(sum((gap - middle) ** 2 for gap in gaps) / (n - 1))
    return float(stdtr(n - 1, -middle / (spread / sqrt(n))))
