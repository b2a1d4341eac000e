"""How a Prometheus server watches: how often it scrapes, and how often it evaluates its rules."""

from __future__ import annotations

from dataclasses import dataclass

# What the file says that Prometheus comes with (prometheus/prometheus documentation/examples/
# prometheus.yml); without any file it would be a minute each (config/config.go).
USUAL_SECONDS = 15.0
# When a client library is not told otherwise (prometheus/client_golang prometheus/histogram.go,
# DefBuckets); the last bound is infinite.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, float("inf"))

# Kinds of targets: pods tell of their requests, proxies of theirs, nodes of containers' resources,
# and kube-state-metrics of the API server's objects.
TARGETS = ("pods", "proxies", "nodes", "objects")
SERVER = "server"  # The Prometheus server itself.


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitoring:
    """The settings of one server; each target is scraped at its own offset in the interval.

    *buckets* are the bounds of latency histograms, in seconds.
    """

    scrape_interval_seconds: float = USUAL_SECONDS
    evaluation_interval_seconds: float = USUAL_SECONDS
    buckets: tuple[float, ...] = BUCKETS

    def __post_init__(self) -> None:
        for name in ("scrape_interval_seconds", "evaluation_interval_seconds"):
            if not getattr(self, name) > 0.0:
                raise ValueError(f"{name} must be above 0, not {getattr(self, name)}")
        if list(self.buckets) != sorted(set(self.buckets)) or self.buckets[-1] != float("inf"):
            raise ValueError(f"buckets must be ascending and end infinite, not {self.buckets}")


USUAL = Monitoring()
