"""Intervals and tests for replications: Student's t, Wilson, Newcombe, and the binomial tail.

Everything is a pure function of numbers. `scipy` loads inside the functions: it is slow to import.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import erfc, isclose, isfinite, sqrt
from statistics import NormalDist, fmean

LEVEL = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A mean over replications and its confidence interval.

    *n* replications had a value, out of *of* that were run: a clock that never stopped has none.
    *low* and *high* are None if *n* is 1, for one number says nothing about its own spread. *equal*
    says that all n values are the same; then there is nothing to estimate and the interval is the
    value itself.
    """

    value: float
    low: float | None
    high: float | None
    n: int
    of: int
    equal: bool

    def __post_init__(self) -> None:
        for name in ("value", "low", "high"):
            number = getattr(self, name)
            if number is not None and not isfinite(number):
                raise ValueError(f"{name} must be finite, not {number}")
        if not 1 <= self.n <= self.of:
            raise ValueError(f"n must be from 1 to {self.of}, not {self.n}")

    @property
    def half_width(self) -> float | None:
        """What stands behind the ±, of uneven sides the longer; None if there is no interval."""
        if self.high is None or self.low is None:
            return None
        above, below = self.high - self.value, self.value - self.low
        return above if above >= below or isclose(above, below) else below

    def turned(self) -> Estimate:
        """The same difference the other way round: of 3 with 1 to 5, -3 with -5 to -1."""
        return Estimate(
            value=-self.value,
            low=None if self.high is None else -self.high,
            high=None if self.low is None else -self.low,
            n=self.n,
            of=self.of,
            equal=self.equal,
        )

    @property
    def clear(self) -> bool:
        """Whether the interval excludes 0: for a difference, whether there is one."""
        if self.low is None or self.high is None:
            return False
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Proportion:
    """*count* of *n*, with an interval for the share behind it."""

    count: int
    n: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The share observed."""
        return self.count / self.n


def all_equal(values: Sequence[float]) -> bool:
    """Whether every value is the same number, to the bit."""
    return all(value == values[0] for value in values)


def mean_interval(values: Sequence[float | None], level: float = LEVEL) -> Estimate | None:
    """The mean of *values* by Student's t; None among them are left out but counted in `of`.

    value ± t(n - 1) x s / sqrt(n). For 1, 2, 3: 2 ± 4.303 x 1 / sqrt(3) = 2 ± 2.484; for 5, 5, 5
    all are equal. The answer is None if no value is a number.
    """
    known = [value for value in values if value is not None]
    n = len(known)
    if n == 0:
        return None
    if n == 1:
        return Estimate(value=known[0], low=None, high=None, n=1, of=len(values), equal=True)
    if all_equal(known):
        value = known[0]
        return Estimate(value=value, low=value, high=value, n=n, of=len(values), equal=True)
    value = fmean(known)
    spread = sqrt(sum((x - value) ** 2 for x in known) / (n - 1))
    half = student(n - 1, level) * spread / sqrt(n)
    return Estimate(
        value=value, low=value - half, high=value + half, n=n, of=len(values), equal=False
    )


def difference(
    first: Sequence[float | None], second: Sequence[float | None], level: float = LEVEL
) -> Estimate | None:
    """The mean of *first* - *second* over pairs (same seed, same draws), by Student's t.

    A pair with a missing member has no difference.
    """
    return mean_interval(paired(first, second), level)


def paired(
    first: Sequence[float | None], second: Sequence[float | None]
) -> tuple[float | None, ...]:
    """*first* - *second*, pair by pair; None where a member is missing."""
    if len(first) != len(second):
        raise ValueError(f"pairs must have two members, not {len(first)} and {len(second)}")
    pairs = zip(first, second, strict=True)
    return tuple(None if a is None or b is None else a - b for a, b in pairs)


def student(freedom: int, level: float = LEVEL) -> float:
    """How many standard errors a two-sided interval of *level* reaches to either side."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.5 + level / 2))


def joint_level(comparisons: int) -> float:
    """The level of each of so many intervals that all of them hold together at 95 % (Bonferroni).

    One: 0.95; five: 0.99.
    """
    return 1.0 - (1.0 - LEVEL) / max(comparisons, 1)


def wilson(count: int, n: int, level: float = LEVEL) -> Proportion:
    """Wilson's score interval for a share (Wilson 1927).

    8 of 10 gives 0.490 to 0.943; 0 of 10 gives 0 to 0.278, where the usual ± would say 0 to 0.
    """
    if not 0 <= count <= n or n == 0:
        raise ValueError(f"count must be from 0 to n = {n} > 0, not {count}")
    z = NormalDist().inv_cdf(0.5 + level / 2)
    share = count / n
    centre = share + z * z / (2 * n)
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    low = 0.0 if count == 0 else (centre - half) / scale
    high = 1.0 if count == n else (centre + half) / scale
    return Proportion(count=count, n=n, low=low, high=high)


def newcombe(first: Proportion, second: Proportion) -> tuple[float, float]:
    """The interval of *first* - *second* for two shares (Newcombe 1998, method 10).

    The two Wilson intervals are joined like the sides of a triangle. Pairing is not used, so for
    shares that rise and fall together it is wider than it need be, never narrower.
    56 of 70 against 48 of 80 gives 0.052 to 0.334.
    """
    gap = first.value - second.value
    low = gap - sqrt((first.value - first.low) ** 2 + (second.high - second.value) ** 2)
    high = gap + sqrt((first.high - first.value) ** 2 + (second.value - second.low) ** 2)
    return low, high


def normal_tail(z: float) -> float:
    """How likely a standard normal number is more than *z*, also far out: 1.645 gives 0.05."""
    return 0.5 * erfc(z / sqrt(2.0))


@lru_cache(maxsize=1 << 14)  # Thousands of alike seconds are asked about, run after run.
def binomial_tail(count: int, n: int, share: float) -> float:
    """How likely *count* or more out of *n* are, each with probability *share*.

    3 or more of 20 at 1 in 1000 have probability 1.1e-6, 2 or more 1.9e-4.
    """
    if count <= 0:
        return 1.0
    if count > n or share <= 0.0:
        return 0.0
    if share >= 1.0:
        return 1.0
    from scipy.special import bdtrc

    return float(bdtrc(count - 1, n, share))
