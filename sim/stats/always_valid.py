"""Answers that stay true however often one looks.

A test that is made once is right 19 times of 20; made after every scrape until it alarms, it is
wrong most of the time. These are not: with probability 1 - alpha they are true at all looks at
once, so a look costs nothing and the trial may end at any of them.
"""

from __future__ import annotations

from math import log, sqrt

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
_HALVINGS = 50  # Of an interval of 1: about what a float can tell apart.


def share_bounds(
    count: npt.ArrayLike, n: npt.ArrayLike, alpha: float
) -> tuple[FloatArray, FloatArray]:
    """A confidence sequence for a share of which *count* of *n* have been seen, element by element.

    The mixture likelihood ratio of Robbins ("Statistical methods related to the law of the
    iterated logarithm", 1970) with a Beta(1/2, 1/2) mixture: B(1/2 + count, 1/2 + rest) / B(1/2,
    1/2) over p^count (1 - p)^rest is a martingale under the true p, so it ever reaches 1 / alpha
    with probability alpha at most (Ville 1939). Exact for any n. 0 of 100 at 5 % gives 0 to 0.057,
    10 of 100 gives 0.029 to 0.228.
    """
    from scipy.special import betaln, xlog1py, xlogy

    seen, rest = np.asarray(count, float), np.asarray(n, float) - np.asarray(count, float)
    mixed = betaln(0.5 + seen, 0.5 + rest) - betaln(0.5, 0.5) + log(alpha)
    share = np.divide(seen, seen + rest, out=np.full_like(seen + rest, 0.5), where=seen + rest > 0)

    def holds(p: FloatArray) -> npt.NDArray[np.bool_]:
        return np.asarray(mixed < xlogy(seen, p) + xlog1py(rest, -p))

    bounds = []
    for edge in (0.0, 1.0):
        outer, inner = np.full_like(share, edge), share.copy()
        for _ in range(_HALVINGS):
            middle = (outer + inner) / 2
            inside = holds(middle)
            outer, inner = np.where(inside, outer, middle), np.where(inside, middle, inner)
        bounds.append(np.where(holds(np.full_like(share, edge)), edge, outer))
    return bounds[0], bounds[1]


def share_difference(
    first: tuple[npt.ArrayLike, npt.ArrayLike],
    second: tuple[npt.ArrayLike, npt.ArrayLike],
    alpha: float,
) -> tuple[FloatArray, FloatArray]:
    """A confidence sequence for the *second* share minus the *first*, each (count, n).

    Each share has one at alpha / 2, and both hold at once with 1 - alpha: exact also for shares
    near 0 and groups of any two sizes, and a little wider than it need be.
    """
    low, high = share_bounds(*first, alpha / 2)
    other_low, other_high = share_bounds(*second, alpha / 2)
    return other_low - high, other_high - low


def mean_difference(
    gap: float, variance: float, expected: float, alpha: float
) -> tuple[float, float]:
    """An always-valid interval for a difference of two means, estimated as *gap*.

    The mixture SPRT with a normal mixture of standard deviation *expected* around no difference
    (Johari, Koomen, Pekelis and Walsh, "Always valid inference: continuous monitoring of A/B
    tests", Operations Research 2022). *variance* is that of the estimate, v1 / n1 + v2 / n2, so the
    answer rests on samples that are large at the first look, some hundred each. gap 0, variance
    0.01, expected 0.1 and alpha 0.05: 0 ± 0.366, where a test that is made once has ± 0.196.
    """
    if variance == 0.0:
        return gap, gap
    mixing = expected * expected
    reach = 2.0 * log(1.0 / alpha) + log((variance + mixing) / variance)
    half = sqrt(variance * (variance + mixing) / mixing * reach)
    return gap - half, gap + half


def gap_of_shares(
    first: tuple[npt.ArrayLike, npt.ArrayLike],
    second: tuple[npt.ArrayLike, npt.ArrayLike],
    expected: float,
    alpha: float,
) -> tuple[FloatArray, FloatArray]:
    """The interval of `mean_difference` for the *second* share minus the *first*, each (count, n).

    Element by element. It finds a gap of the size that is *expected* with half as many users again
    as one look at the end takes, where `share_difference` takes several times as many; in return it
    rests on some users of each group who converted, and some who did not, at the first look. The
    variance counts one user more of each group, half of whom converted, so that it is never 0.
    """
    parts = []
    for count, n in (first, second):
        seen, users = np.asarray(count, float), np.asarray(n, float)
        share = (seen + 0.5) / (users + 1.0)
        parts.append((seen / users, share * (1.0 - share) / users))
    gap, variance = parts[1][0] - parts[0][0], parts[0][1] + parts[1][1]
    mixing = expected * expected
    reach = 2.0 * log(1.0 / alpha) + np.log((variance + mixing) / variance)
    half = np.sqrt(variance * (variance + mixing) / mixing * reach)
    return np.asarray(gap - half), np.asarray(gap + half)
