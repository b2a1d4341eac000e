"""Mann and Whitney's test: whether one version's numbers tend to be larger, whatever their shape.

Latencies come in the buckets of a histogram; all in one bucket are tied.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from sim.stats.intervals import normal_tail


@dataclass(frozen=True, slots=True, kw_only=True)
class RankTest:
    """*superiority* is how often a number of the second is larger than one of the first.

    Ties count half, so 0.5 is no difference. *p_more* is how surprising so much of it would be if
    there were none, *p_value* so much in either direction.
    """

    superiority: float
    p_value: float
    p_more: float


def mann_whitney(first: Sequence[float], second: Sequence[float]) -> RankTest:
    """The test of two samples that are given as counts in the same ordered buckets.

    By the normal approximation with its corrections for ties and for continuity (Mann and Whitney
    1947), so each sample should have at least eight numbers. Raise a `ValueError` for an empty one.
    """
    n, m = sum(first), sum(second)
    if not n or not m:
        raise ValueError(f"each sample must have numbers, not {n} and {m}")
    below = larger = ties = 0.0
    for a, b in zip(first, second, strict=True):
        larger += b * (below + a / 2)
        below += a
        ties += (a + b) ** 3 - (a + b)
    both = n + m
    variance = n * m / 12 * (both + 1 - ties / (both * (both - 1)))
    superiority = larger / (n * m)
    if variance <= 0.0:
        return RankTest(superiority=superiority, p_value=1.0, p_more=1.0)
    gap, error = larger - n * m / 2, sqrt(variance)
    return RankTest(
        superiority=superiority,
        p_value=min(1.0, 2.0 * normal_tail((abs(gap) - 0.5) / error)),
        p_more=normal_tail((gap - 0.5) / error),
    )
