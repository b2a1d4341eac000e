"""How many it takes to tell: sample sizes and power for two groups."""

from __future__ import annotations

from math import ceil, sqrt
from statistics import NormalDist

ALPHA, POWER = 0.05, 0.8


def _z(alpha: float) -> float:
    return NormalDist().inv_cdf(1 - alpha / 2)


def size_for_shares(
    first: float, second: float, *, alpha: float = ALPHA, power: float = POWER
) -> int:
    """How many each group needs for a two-sided z test to find *first* against *second*.

    (z1 x sqrt(2 p (1 - p)) + z2 x sqrt(p1 (1 - p1) + p2 (1 - p2)))^2 / (p1 - p2)^2, with p in the
    middle (Fleiss, Levin and Paik 2003, 4.14). 5 % against 5.5 % takes 31,234; 60 % against 90 %
    takes 32. Raise a `ValueError` for equal shares.
    """
    if first == second:
        raise ValueError(f"shares must differ, not both be {first}")
    middle = (first + second) / 2
    under_none = _z(alpha) * sqrt(2 * middle * (1 - middle))
    under_one = NormalDist().inv_cdf(power) * sqrt(first * (1 - first) + second * (1 - second))
    return ceil((under_none + under_one) ** 2 / (first - second) ** 2)


def power_of_shares(first: float, second: float, size: int, *, alpha: float = ALPHA) -> float:
    """How likely two groups of *size* each are to find *first* against *second*.

    5 % against 5.5 % with 31,234 each: 0.80. The chance to find it the wrong way round is left out.
    """
    middle = (first + second) / 2
    under_none = _z(alpha) * sqrt(2 * middle * (1 - middle))
    under_one = sqrt(first * (1 - first) + second * (1 - second))
    return NormalDist().cdf((abs(first - second) * sqrt(size) - under_none) / under_one)


def size_for_means(
    gap: float, variances: tuple[float, float], *, alpha: float = ALPHA, power: float = POWER
) -> int:
    """How many each group needs to find a difference of *gap* between two means.

    (z1 + z2)^2 x (v1 + v2) / gap^2, and two more for estimating the variances (Guenther 1981).
    Half a standard deviation takes 64. Raise a `ValueError` if *gap* is 0.
    """
    if gap == 0.0:
        raise ValueError("gap must not be 0")
    reach = _z(alpha) + NormalDist().inv_cdf(power)
    return ceil(reach**2 * sum(variances) / gap**2 + _z(alpha) ** 2 / 4)


def smallest_change(
    share: float, size: int, *, alpha: float = ALPHA, power: float = POWER
) -> float | None:
    """How much more the other share must be for groups of *size* to find it; None: they never do.

    5 % with 31,234 each: 0.005. To the millionth, by halving.
    """
    low, high = share, 1.0
    if size < 2 or power_of_shares(share, high, size, alpha=alpha) < power:
        return None
    while high - low > 1e-6:
        middle = (low + high) / 2
        if power_of_shares(share, middle, size, alpha=alpha) < power:
            low = middle
        else:
            high = middle
    return high - share
