"""Sample-ratio mismatch: whether users were split between two groups as was meant.

A mismatch means that the assignment is broken, and with it every comparison of the groups (Fabijan
et al., "Diagnosing Sample Ratio Mismatch in Online Controlled Experiments", KDD 2019).
"""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist

ALARM = 0.0005  # As Fabijan et al. have it: with thousands of users, chance is ruled out.


def split_p_value(first: int, second: int, share_of_second: float) -> float:
    """How surprising *first* and *second* would be if each came to the second by that share.

    By Pearson's chi square with one degree of freedom: 5,000 and 5,000 at one half give 1; 5,200
    and 4,800 give 6.3e-5.
    """
    if not 0.0 < share_of_second < 1.0:
        raise ValueError(f"share_of_second must lie between 0 and 1, not {share_of_second}")
    both = first + second
    if both == 0:
        return 1.0
    from scipy.special import chdtrc

    meant = both * share_of_second
    square = (second - meant) ** 2 * (1 / meant + 1 / (both - meant))
    return float(chdtrc(1, square))


def noticed_from(users: int, share_of_second: float) -> tuple[float, float]:
    """Below and above which share of the second the alarm goes off, with so many *users*.

    10,000 users meant to be halved: below 48.26 % and above 51.74 %.
    """
    half = NormalDist().inv_cdf(1 - ALARM / 2) * sqrt(
        share_of_second * (1 - share_of_second) / users
    )
    return max(0.0, share_of_second - half), min(1.0, share_of_second + half)
