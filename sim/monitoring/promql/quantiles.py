"""`histogram_quantile` on classic buckets."""

from __future__ import annotations

from collections import defaultdict

from sim.model.latency_buckets import LatencyBuckets
from sim.model.samples import Labels, Sample, Vector
from sim.monitoring.promql.binary import nameless

_BOUND = "le"


def histogram_quantile(share: float, buckets: Vector) -> Vector:
    """The *share*-quantile of each histogram among *buckets*, which are told apart by `le`.

    Series without a readable `le` are no buckets; equal bounds are added up.
    """
    found: defaultdict[Labels, defaultdict[float, float]] = defaultdict(lambda: defaultdict(float))
    for labels, value in buckets:
        known = dict(labels)
        try:
            bound = float(known.pop(_BOUND, ""))
        except ValueError:
            continue
        found[tuple(sorted(known.items()))][bound] += value
    return tuple(Sample(nameless(labels), _of(share, counts)) for labels, counts in found.items())


def _of(share: float, counts: dict[float, float]) -> float:
    bounds = tuple(sorted(counts))
    cumulative = tuple(counts[bound] for bound in bounds)
    return LatencyBuckets(bounds=bounds, cumulative=cumulative).quantile(share)
