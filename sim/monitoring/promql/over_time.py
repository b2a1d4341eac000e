"""One series over a window: `avg_over_time` and the like. A window without samples has none.

(prometheus/prometheus promql/functions.go, func*OverTime)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import ceil, floor, fsum, inf, isfinite, isnan, nan, sqrt


def total(values: Sequence[float]) -> float:
    """The sum, without the rounding errors of adding one after the other."""
    try:
        return fsum(values) if all(map(isfinite, values)) else sum(values)
    except OverflowError:
        return float(sum(values))  # Infinite.


def smallest(values: Sequence[float]) -> float:
    """The smallest number; NaN only if there is nothing else."""
    return min((value for value in values if not isnan(value)), default=nan)


def largest(values: Sequence[float]) -> float:
    """The largest number; NaN only if there is nothing else."""
    return max((value for value in values if not isnan(value)), default=nan)


def mean(values: Sequence[float]) -> float:
    """The average, also of numbers whose sum would be too large."""
    found, n = total(values), len(values)
    if isfinite(found) or not all(map(isfinite, values)):
        return found / n
    return fsum(value / n for value in values)


def variance(values: Sequence[float]) -> float:
    """The population variance."""
    middle = mean(values)
    return total([(value - middle) ** 2 for value in values]) / len(values)


def quantile(share: float, values: Sequence[float]) -> float:
    """The *share*-quantile, linear between ranks; infinite outside 0 to 1."""
    if isnan(share) or not values:
        return nan
    if share < 0.0:
        return -inf
    if share > 1.0:
        return inf
    ranked = sorted(values, key=lambda value: (not isnan(value), value))  # NaN comes first.
    rank = share * (len(ranked) - 1)
    low, high = floor(rank), min(ceil(rank), len(ranked) - 1)
    weight = rank - low
    return ranked[low] * (1 - weight) + ranked[high] * weight


OVER_TIME: Mapping[str, Callable[[Sequence[float]], float]] = {
    "avg_over_time": mean,
    "sum_over_time": total,
    "min_over_time": smallest,
    "max_over_time": largest,
    "count_over_time": len,
    "last_over_time": lambda values: values[-1],
    "present_over_time": lambda values: 1.0,
    "stdvar_over_time": variance,
    "stddev_over_time": lambda values: sqrt(variance(values)),
}
