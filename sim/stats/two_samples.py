"""Two samples: Welch's t for means, and two proportions with Newcombe's interval.

Differences are *second* - *first*. `scipy` loads inside the functions: it is slow to import.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, sqrt

from sim.stats.intervals import LEVEL, newcombe, normal_tail, wilson


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """What is known of *n* numbers: their mean and their variance (with n - 1)."""

    n: int
    mean: float
    variance: float

    def __post_init__(self) -> None:
        if self.n < 0 or not isfinite(self.mean) or not 0.0 <= self.variance < float("inf"):
            raise ValueError(f"moments must be finite, not {self}")

    @classmethod
    def of(cls, values: Sequence[float]) -> Moments:
        """The moments of *values*: 1, 2, 3 have mean 2 and variance 1."""
        n = len(values)
        mean = sum(values) / n if n else 0.0
        squares = sum((value - mean) ** 2 for value in values)
        return cls(n=n, mean=mean, variance=squares / (n - 1) if n > 1 else 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A difference, its confidence interval, and how surprising it would be if there were none.

    *p_value* asks about a difference in either direction, *p_more* only whether the second is more.
    """

    value: float
    low: float
    high: float
    p_value: float
    p_more: float


def welch(first: Moments, second: Moments, level: float = LEVEL) -> Difference:
    """Welch's t test for two means whose variances may differ (Welch 1947).

    Freedom by Welch and Satterthwaite. 1, 2, 3 against 3, 4, 5, 6: t = 2.887 with 4.96 degrees of
    freedom, p = 0.0346. Raise a `ValueError` for fewer than two numbers, or for none that differ.
    """
    if first.n < 2 or second.n < 2:
        raise ValueError(f"each sample must have two numbers, not {first.n} and {second.n}")
    parts = (first.variance / first.n, second.variance / second.n)
    variance = sum(parts)
    if variance == 0.0:
        raise ValueError("variance must be more than 0 in one of the samples")
    from scipy.special import stdtr, stdtrit

    freedom = variance**2 / (parts[0] ** 2 / (first.n - 1) + parts[1] ** 2 / (second.n - 1))
    gap, error = second.mean - first.mean, sqrt(variance)
    half = float(stdtrit(freedom, 0.5 + level / 2)) * error
    more = float(stdtr(freedom, -gap / error))
    return Difference(
        value=gap,
        low=gap - half,
        high=gap + half,
        p_value=2.0 * float(stdtr(freedom, -abs(gap) / error)),
        p_more=more,
    )


def two_proportions(
    first: tuple[int, int], second: tuple[int, int], level: float = LEVEL
) -> Difference:
    """The z test of two shares, each (count, n), by their pooled variance, and Newcombe's interval.

    6 of 10 against 9 of 10: z = 1.549, p = 0.121. Where all or none of both counted there is
    nothing to be surprised at: p is 1.
    """
    shares = [wilson(*one, level=level) for one in (first, second)]
    gap = shares[1].value - shares[0].value
    low, high = newcombe(shares[1], shares[0])
    pooled = (first[0] + second[0]) / (first[1] + second[1])
    error = sqrt(pooled * (1 - pooled) * (1 / first[1] + 1 / second[1]))
    if error == 0.0:
        return Difference(value=gap, low=low, high=high, p_value=1.0, p_more=1.0)
    return Difference(
        value=gap,
        low=low,
        high=high,
        p_value=2.0 * normal_tail(abs(gap) / error),
        p_more=normal_tail(gap / error),
    )
