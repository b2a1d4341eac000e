"""How a proxy protects pods and itself: ejecting outliers, limits on what is under way, rates.

Envoy's words: outlier detection ejects a host; circuit breaking is the overflow of a pool.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

ROUNDING = 1e-9
MOST_EJECTION_SECONDS = 300.0  # Envoy's max_ejection_time.


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlierDetection:
    """A pod with *consecutive_errors* failures in a row gets nothing from that proxy for a while.

    For *base_ejection_seconds* times the number of its ejections, and then to the next sweep, one
    every *sweep_seconds*; at most *most_share* of the pods at a time. Defaults are those of Istio's
    DestinationRule once outlierDetection is given.
    """

    consecutive_errors: int = 5
    sweep_seconds: float = 10.0
    base_ejection_seconds: float = 30.0
    most_share: float = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """What each proxy allows: *outliers* are ejected, at most *most_in_flight* requests at a time
    (0: any number), and *per_second* requests on average, up to *burst* at once (0: any rate)."""

    outliers: OutlierDetection | None = None
    most_in_flight: int = 0
    per_second: float = 0.0
    burst: int = 1


def ejection_ends(now: float, phase: float, times: int, rules: OutlierDetection) -> float:
    """When a pod that is ejected *now*, for the *times*-th time, comes back: at a sweep.

    Sweeps are at *phase* plus multiples of the interval. Base 30, every 10 from 0 on: ejected at 12
    for the first time it is back at 50 (the first sweep not before 42), for the third time at 110.
    """
    most = max(MOST_EJECTION_SECONDS, rules.base_ejection_seconds)
    over = now + min(rules.base_ejection_seconds * times, most)
    return phase + ceil((over - phase) / rules.sweep_seconds) * rules.sweep_seconds


def may_eject(ejected: int, pods: int, rules: OutlierDetection) -> bool:
    """Whether one more of *pods* may go while so many are *ejected*.

    The share counts with that one: 10 % of 6 pods is none, of 20 pods two. (envoyproxy/envoy
    source/extensions/.../outlier_detection_impl.cc; always_eject_one_host, which Istio leaves off,
    would spare the first one) Shares are rounded, or 7 % of 100 would be more than 7.
    """
    return ejected + 1 <= rules.most_share * pods + ROUNDING
