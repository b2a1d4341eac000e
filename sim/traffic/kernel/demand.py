"""How long a request occupies a worker, as `sim.traffic.demand` has it, to the bit."""

from __future__ import annotations

from math import ldexp, sqrt
from typing import Any

import numpy as np

from sim.traffic.demand import _CENTRE, _EXP_TERMS, _LN2_HIGH, _LN2_LOW, _MIDDLE, _TAIL
from sim.traffic.kernel.compiled import called, inlined
from sim.traffic.kernel.draws import log, uniform
from sim.traffic.kernel.quantiles import quantile
from sim.traffic.kernel.records import CONSTANT, EXPONENTIAL, LOGNORMAL, Records, State

_TERMS = 8
_CENTRE_ABOVE, _CENTRE_BELOW = _CENTRE
_MIDDLE_ABOVE, _MIDDLE_BELOW = _MIDDLE
_TAIL_ABOVE, _TAIL_BELOW = _TAIL


@inlined
def service_seconds(s: State, slot: Records, row: Records) -> float:
    """How long the attempt in *slot* occupies a worker under a version's *row*."""
    if row.demand == EXPONENTIAL:
        return row.mean * slot.share
    if row.demand == CONSTANT:
        return row.mean
    return row.mean * spread(s, row, uniform(s.demand_keys, slot.request, 0))


@called
def lognormal(u: float, sigma: float, half_variance: float) -> float:
    """The quantile *u* of the lognormal distribution with mean 1."""
    return exp(sigma * normal_quantile(u) - half_variance)


@inlined
def spread(s: State, row: Records, u: float) -> float:
    """The quantile *u* of the distribution of a *row*, a version's or a dependency's, with mean 1.

    A constant one has none.
    """
    if row.demand == LOGNORMAL:
        return lognormal(u, row.sigma, row.half_variance)
    if row.demand == EXPONENTIAL:
        return -log(u)
    return quantile(s, row.table, u)


@inlined
def exp(x: float) -> float:
    """e to the power *x*."""
    k = int(x / _LN2_HIGH + (0.5 if x >= 0.0 else -0.5))
    r = (x - k * _LN2_HIGH) - k * _LN2_LOW
    series = 1.0
    for n in range(_EXP_TERMS, 0, -1):
        series = 1.0 + series * r / n
    power: Any = np.int32(k)  # As C has it.
    return ldexp(series, power)


@inlined
def normal_quantile(p: float) -> float:
    """The z that a standard normal variable stays below with probability *p*."""
    q = p - 0.5
    above = below = 0.0
    if abs(q) <= 0.425:
        x = 0.180625 - q * q
        for n in range(_TERMS):
            above = above * x + _CENTRE_ABOVE[n]
            below = below * x + _CENTRE_BELOW[n]
        return q * (above / below)
    r = sqrt(-log(p if q < 0.0 else 1.0 - p))
    if r <= 5.0:
        for n in range(_TERMS):
            above = above * (r - 1.6) + _MIDDLE_ABOVE[n]
            below = below * (r - 1.6) + _MIDDLE_BELOW[n]
    else:
        for n in range(_TERMS):
            above = above * (r - 5.0) + _TAIL_ABOVE[n]
            below = below * (r - 5.0) + _TAIL_BELOW[n]
    z = above / below
    return z if q > 0.0 else -z
