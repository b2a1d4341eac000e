"""Latencies as monitoring has them: a classic Prometheus histogram, and a quantile read off it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import inf, nan


@dataclass(frozen=True, slots=True, kw_only=True)
class LatencyBuckets:
    """Observations up to each of *bounds* (seconds, ascending, the last infinite), *cumulative*.

    Counts may be fractions, for that is what an increase over a window is.
    """

    bounds: tuple[float, ...]
    cumulative: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.bounds) != len(self.cumulative):
            raise ValueError(f"bounds must have a count each, not {len(self.cumulative)}")
        if list(self.bounds) != sorted(set(self.bounds)):
            raise ValueError(f"bounds must be ascending, not {self.bounds}")

    @property
    def total(self) -> float:
        """All observations."""
        return self.cumulative[-1] if self.cumulative else 0.0

    def counts(self) -> tuple[float, ...]:
        """How many fell into each bucket."""
        risen = _never_falling(self.cumulative)
        return tuple(now - before for before, now in zip((0.0, *risen), risen, strict=False))

    def quantile(self, share: float) -> float:
        """The latency that *share* of the observations do not exceed, as Prometheus estimates it.

        Linear inside a bucket, whose lower bound is 0 for the first; in the infinite one it is the
        bound before. Bounds 0.1, 0.5 and infinity with 60, 90 and 100: the median is 0.083, the
        80th 0.367, the 95th 0.5. NaN without an infinite bucket, with fewer than two, or without
        observations. (prometheus/prometheus promql/quantile.go, bucketQuantile)
        """
        if not 0.0 <= share <= 1.0:
            return nan if share != share else (-inf if share < 0.0 else inf)
        risen = _never_falling(self.cumulative)
        if len(self.bounds) < 2 or self.bounds[-1] != inf or not risen[-1] > 0.0:
            return nan
        rank, last = share * risen[-1], len(risen) - 1
        found = next((place for place in range(last) if risen[place] >= rank), last)
        if found == len(risen) - 1:
            return self.bounds[-2]
        if found == 0 and self.bounds[0] <= 0.0:
            return self.bounds[0]
        start = self.bounds[found - 1] if found else 0.0
        before = risen[found - 1] if found else 0.0
        width, inside = self.bounds[found] - start, risen[found] - before
        return start + width * (rank - before) / inside if inside else start


def _never_falling(cumulative: Sequence[float]) -> tuple[float, ...]:
    return tuple(accumulate(cumulative, max))
