"""What a judge is given of one version, asked of any Prometheus: its requests, errors and times."""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import nan

from sim.model.latency_buckets import LatencyBuckets
from sim.model.samples import Metrics, Vector
from sim.model.version_metrics import VersionMetrics

_NO_LABEL = re.compile(r"[^a-zA-Z0-9_]")
ERRORS = 'status=~"5.."'


def label_name(key: str) -> str:
    """A pod's label as a label of its series: `app.kubernetes.io/name` gets a prefix, and `_`.

    As kube-state-metrics names them, so that they meet none of a metric's own.
    """
    return "label_" + _NO_LABEL.sub("_", key)


def measured_of(
    metrics: Metrics, labels: Mapping[str, str], window_seconds: float
) -> VersionMetrics:
    """What pods with these *labels* counted within *window_seconds* up to now.

    A series that is not there makes no 0: without any request there is none to judge by. A version
    with requests whose errors have no series had none.
    """
    chosen = ",".join(f'{name}="{value}"' for name, value in sorted(labels.items()))
    window = f"[{round(window_seconds * 1000)}ms]"
    requests = _number(metrics.query(f"sum(increase(http_requests_total{{{chosen}}}{window}))"))
    errors = _number(
        metrics.query(f"sum(increase(http_requests_total{{{chosen},{ERRORS}}}{window}))")
    )
    buckets = metrics.query(
        f"sum by (le) (increase(http_request_duration_seconds_bucket{{{chosen}}}{window}))"
    )
    assert isinstance(buckets, tuple)
    return VersionMetrics(
        requests=0.0 if requests is None else requests,
        errors=0.0 if errors is None else errors,
        latency=_histogram(buckets),
    )


def _number(found: Vector | float) -> float | None:
    if isinstance(found, float):
        return found
    return found[0].value if found else None


def _histogram(buckets: Vector) -> LatencyBuckets | None:
    found = {float(dict(labels).get("le", nan)): value for labels, value in buckets}
    if not found:
        return None
    bounds = tuple(sorted(found))
    return LatencyBuckets(bounds=bounds, cumulative=tuple(found[bound] for bound in bounds))
