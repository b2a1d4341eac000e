"""Tables of quantiles: how service times spread where no formula of our own says it.

A table holds the quantiles of a distribution at fixed probabilities, the same for every table, and
what lies between two of them is on the straight line. So a time is a continuous, never falling
function of its draw, and takes a few additions and multiplications that interpreted and compiled
code do alike; the library that knows the distribution is asked once, outside both.

The probabilities halve again and again towards both ends, and each such octave is cut into 256
equal cells. They reach 2**-53 on either side, the smallest draw there is: no tail is cut off. All
is divided by the table's own mean, which is at most 1e-5 off: so the mean is right to rounding.
"""

from __future__ import annotations

from functools import lru_cache
from math import frexp, fsum
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import special

from sim.model.demand import Demand

CELLS = 256  # Of each octave.
OCTAVES = 52  # From 2**-53 to 2**-1.
HALF = OCTAVES * CELLS + 2  # Values on one side: the last stands twice, for a draw of exactly half.

_Floats: TypeAlias = npt.NDArray[np.float64]


@lru_cache(maxsize=64)
def table(
    demand: Demand, cv: float, measured: tuple[float, ...] = (), shares: tuple[float, ...] = ()
) -> tuple[float, ...]:
    """The quantiles of times with mean 1: those below the median, rising, then those above it,
    falling; each side from probability 2**-53 to a half.

    *cv* is a gamma distribution's; an empirical one goes through the *measured* times, which
    are its quantiles at *shares* if these are given.
    """
    if demand == Demand.GAMMA:
        low, high = _gamma(cv)
    elif shares:
        low, high = _through(measured, shares)
    else:
        low, high = _empirical(measured)
    mean = _mean_of(low, high)
    return tuple((np.concatenate([low, low[-1:], high, high[-1:]]) / mean).tolist())


def quantile(values: tuple[float, ...], u: float) -> float:
    """The time that a share *u* of all are shorter than, by a table's *values*."""
    offset = 0
    if u >= 0.5:
        offset, u = HALF, 1.0 - u
    mantissa, exponent = frexp(u)
    part = (2.0 * mantissa - 1.0) * CELLS
    cell = int(part)
    place = offset + (exponent + OCTAVES) * CELLS + cell
    value = values[place]
    return value + (part - cell) * (values[place + 1] - value)


def probabilities() -> _Floats:
    """Where the quantiles of one side are: 2**-53 to a half."""
    octaves = 2.0 ** np.arange(-OCTAVES - 1, -1)
    cells = 1.0 + np.arange(CELLS) / CELLS
    return np.append(np.outer(octaves, cells).ravel(), 0.5)


def _gamma(cv: float) -> tuple[_Floats, _Floats]:
    shape, p = 1.0 / (cv * cv), probabilities()
    low, high = special.gammaincinv(shape, p), special.gammainccinv(shape, p)
    return np.asarray(low / shape, float), np.asarray(high / shape, float)


def _empirical(measured: tuple[float, ...]) -> tuple[_Floats, _Floats]:
    """The i-th of n times is the quantile (i - 1/2) / n; nothing is beyond the first and the last.

    (Hazen 1914.) Its mean is the mean of the times.
    """
    times = np.sort(np.array(measured))
    at, p = (np.arange(len(times)) + 0.5) / len(times), probabilities()
    return np.interp(p, at, times), np.interp(p, at, times[::-1])


def _through(quantiles: tuple[float, ...], shares: tuple[float, ...]) -> tuple[_Floats, _Floats]:
    """Straight lines from each quantile to the next; nothing is beyond the first and the last."""
    values, at, p = np.array(quantiles), np.array(shares), probabilities()
    return np.interp(p, at, values), np.interp(p, 1.0 - at[::-1], values[::-1])


def _mean_of(low: _Floats, high: _Floats) -> float:
    p = probabilities()
    widths = np.diff(p)
    areas = [p[0] * side[0] + fsum(widths * (side[1:] + side[:-1]) / 2.0) for side in (low, high)]
    return float(sum(areas))
