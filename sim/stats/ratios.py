"""Ratios of sums over users: failed ÷ requests, seconds ÷ requests; some users send many of them.

The requests of one user are alike, so they are no independent draws: what counts is how many users
there are. The delta method has the ratio's spread from the users' own sums (Deng, Knoblich and Lu,
"Applying the delta method in metric analytics", KDD 2018).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from sim.stats.intervals import LEVEL

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """A sum over *users* divided by another of *size*, and the *variance* of that estimate."""

    users: int
    size: float
    value: float
    variance: float

    def spread_beside_requests(self) -> float:
        """How much wider a share's interval is than if every request was a draw of its own.

        The root of Kish's design effect, at least 1, and 1 where nothing or everything counted:
        then there is no spread to learn it from.
        """
        alone = self.value * (1.0 - self.value) / self.size if self.size else 0.0
        return sqrt(max(1.0, self.variance / alone)) if alone > 0.0 else 1.0


def ratio_of(top: FloatArray, bottom: FloatArray) -> Ratio:
    """The sum of *top* divided by that of *bottom*, each a number per user.

    1, 0, 1 of 2, 1, 1 is 0.5; what is left of each user, 0, -0.5, 0.5, has a variance of 0.25, and
    0.25 x 3 / 4^2 is 0.046875. 0 if there is nobody.
    """
    users, size = len(top), float(np.sum(bottom))
    value = float(np.sum(top)) / size if size else 0.0
    rest = top - value * bottom
    variance = float(np.var(rest, ddof=1)) * users / size**2 if users > 1 and size else 0.0
    return Ratio(users=users, size=size, value=value, variance=variance)


def share_interval(found: Ratio, level: float = LEVEL) -> tuple[float, float]:
    """The interval of a share of requests: Wilson's, stretched by what users' habits add."""
    if not found.size:
        return 0.0, 1.0
    z = NormalDist().inv_cdf(0.5 + level / 2)
    scale = 1.0 + z * z / found.size
    centre = (found.value + z * z / (2 * found.size)) / scale
    half = (
        z / scale * sqrt(found.value * (1 - found.value) / found.size + (z / found.size / 2) ** 2)
    )
    wider = found.spread_beside_requests()
    low = found.value - wider * (found.value - (centre - half))
    return max(0.0, low), min(1.0, found.value + wider * (centre + half - found.value))


def difference_of_shares(
    first: Ratio, second: Ratio, level: float = LEVEL
) -> tuple[float, float, float]:
    """*second* - *first* and its interval, joined as Newcombe does from those of each."""
    gap = second.value - first.value
    (low, high), (other_low, other_high) = (share_interval(one, level) for one in (first, second))
    below = sqrt((second.value - other_low) ** 2 + (high - first.value) ** 2)
    above = sqrt((other_high - second.value) ** 2 + (first.value - low) ** 2)
    return gap, gap - below, gap + above


def difference_of_ratios(
    first: Ratio, second: Ratio, level: float = LEVEL
) -> tuple[float, float, float]:
    """*second* - *first* and its normal interval, for groups of a hundred users and more."""
    gap = second.value - first.value
    half = NormalDist().inv_cdf(0.5 + level / 2) * sqrt(first.variance + second.variance)
    return gap, gap - half, gap + half
