"""How much work a request brings: service times by inversion, the same for every strategy.

The demand belongs to the request alone. Its retries, and the same request under another
strategy, bring the same share of the mean, so runs are compared on equal work.
"""

from __future__ import annotations

from math import ldexp, sqrt

from sim.model.behaviour import Behaviour, Demand
from sim.model.draws import Purpose, Stream, log
from sim.traffic.quantiles import quantile, table

_LN2_HIGH = 0.693147180369123816490  # ln 2 in two parts: the first has 33 bits, so that
_LN2_LOW = 1.90821492927058770002e-10  # a small integer times it is exact.
_EXP_TERMS = 14


class Demands:
    """Draws the service time of a request under the behaviour that a worker has when it starts."""

    def __init__(self, seed: int) -> None:
        self._draws = Stream(seed, Purpose.DEMAND)
        self._hangs = Stream(seed, Purpose.HANG)

    def hangs(self, request: int, attempt: int, behaviour: Behaviour) -> bool:
        """Whether this *attempt* is one that never ends; a retry may have better luck."""
        ratio = behaviour.hang_ratio
        return ratio > 0.0 and self._hangs.uniform(request, attempt) < ratio

    def seconds(self, request: int, behaviour: Behaviour) -> float:
        """How long *request* occupies a worker."""
        mean = behaviour.service_seconds
        if behaviour.demand == Demand.CONSTANT:
            return mean
        demand, cv, measured, shares = behaviour.spread
        return spread(mean, demand, cv, self._draws.uniform(request), measured, shares)


def spread(
    mean: float,
    demand: Demand,
    cv: float,
    u: float,
    measured: tuple[float, ...] = (),
    shares: tuple[float, ...] = (),
) -> float:
    """The quantile *u* of times with that *mean*; a constant time has no use for it."""
    if demand == Demand.CONSTANT:
        return mean
    if demand == Demand.EXPONENTIAL:
        return mean * -log(u)
    if demand == Demand.LOGNORMAL:
        return mean * lognormal(u, cv)
    return mean * quantile(table(demand, cv, measured, shares), u)


def lognormal(u: float, cv: float) -> float:
    """The quantile *u* of the lognormal distribution with mean 1 and coefficient of variation *cv*.

    exp(s z - s**2 / 2) with s**2 = ln(1 + cv**2) and z the normal quantile. Within 1e-13 of the
    true value, relatively, for cv up to 10. lognormal(0.5, 1) = 1 / sqrt(2); lognormal(u, 0) = 1.
    """
    variance = log(1.0 + cv * cv)
    return exp(sqrt(variance) * normal_quantile(u) - 0.5 * variance)


def exp(x: float) -> float:
    """e to the power *x*, by + - x and division only; relative error below 1e-15 for |x| < 700.

    With k the nearest integer to x / ln 2 and r the rest, e**x = 2**k e**r and |r| < 0.35, where
    the Taylor series has converged after 14 terms.
    """
    k = int(x / _LN2_HIGH + (0.5 if x >= 0.0 else -0.5))
    r = (x - k * _LN2_HIGH) - k * _LN2_LOW
    series = 1.0
    for n in range(_EXP_TERMS, 0, -1):
        series = 1.0 + series * r / n
    return ldexp(series, k)


# Algorithm AS 241 (Wichura 1988, Applied Statistics 37, 477-484): rational approximations of the
# normal quantile, numerator and denominator, highest power first.
_CENTRE = (
    (
        2.5090809287301226727e3,
        3.3430575583588128105e4,
        6.7265770927008700853e4,
        4.5921953931549871457e4,
        1.3731693765509461125e4,
        1.9715909503065514427e3,
        1.3314166789178437745e2,
        3.3871328727963666080e0,
    ),
    (
        5.2264952788528545610e3,
        2.8729085735721942674e4,
        3.9307895800092710610e4,
        2.1213794301586595867e4,
        5.3941960214247511077e3,
        6.8718700749205790830e2,
        4.2313330701600911252e1,
        1.0,
    ),
)
_MIDDLE = (
    (
        7.74545014278341407640e-4,
        2.27238449892691845833e-2,
        2.41780725177450611770e-1,
        1.27045825245236838258e0,
        3.64784832476320460504e0,
        5.76949722146069140550e0,
        4.63033784615654529590e0,
        1.42343711074968357734e0,
    ),
    (
        1.05075007164441684324e-9,
        5.47593808499534494600e-4,
        1.51986665636164571966e-2,
        1.48103976427480074590e-1,
        6.89767334985100004550e-1,
        1.67638483018380384940e0,
        2.05319162663775882187e0,
        1.0,
    ),
)
_TAIL = (
    (
        2.01033439929228813265e-7,
        2.71155556874348757815e-5,
        1.24266094738807843860e-3,
        2.65321895265761230930e-2,
        2.96560571828504891230e-1,
        1.78482653991729133580e0,
        5.46378491116411436990e0,
        6.65790464350110377720e0,
    ),
    (
        2.04426310338993978564e-15,
        1.42151175831644588870e-7,
        1.84631831751005468180e-5,
        7.86869131145613259100e-4,
        1.48753612908506148525e-2,
        1.36929880922735805310e-1,
        5.99832206555887937690e-1,
        1.0,
    ),
)


def normal_quantile(p: float) -> float:
    """The z that a standard normal variable stays below with probability *p*.

    Relative error below 1e-15. normal_quantile(0.5) = 0; normal_quantile(0.975) = 1.959964.
    """
    q = p - 0.5
    if abs(q) <= 0.425:
        return q * _ratio(_CENTRE, 0.180625 - q * q)
    r = sqrt(-log(p if q < 0.0 else 1.0 - p))
    z = _ratio(_MIDDLE, r - 1.6) if r <= 5.0 else _ratio(_TAIL, r - 5.0)
    return z if q > 0.0 else -z


def _ratio(polynomials: tuple[tuple[float, ...], tuple[float, ...]], x: float) -> float:
    numerator = denominator = 0.0
    for above, below in zip(*polynomials, strict=True):
        numerator = numerator * x + above
        denominator = denominator * x + below
    return numerator / denominator
