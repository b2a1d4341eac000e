"""What a judge is given of one version: what the monitoring counted of it over a window."""

from __future__ import annotations

from dataclasses import dataclass

from sim.model.latency_buckets import LatencyBuckets
from sim.stats.two_samples import Moments


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionMetrics:
    """One version over a window; what is None was not asked for, or gave no answer.

    *requests* and *errors* may be fractions or NaN, as an increase in Prometheus is. For an
    experiment, *users* were assigned to the version, *conversions* of them did what is hoped for,
    and *value* is what each was worth (revenue, seconds on the page).
    """

    requests: float = 0.0
    errors: float = 0.0
    latency: LatencyBuckets | None = None
    users: int | None = None
    conversions: int | None = None
    value: Moments | None = None

    @property
    def error_ratio(self) -> float | None:
        """Errors by requests; None if no request was seen."""
        return self.errors / self.requests if self.requests > 0.0 else None

    @property
    def failed_of_all(self) -> tuple[int, int]:
        """Whole errors and requests, for tests that count; an error is a request as well."""
        if not self.requests > 0.0:
            return 0, 0
        requests = round(self.requests)
        return min(max(round(self.errors), 0), requests), requests
