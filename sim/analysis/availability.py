"""Availability: the share of requests that were answered well."""

from __future__ import annotations

from sim.analysis.failures import failed, sent
from sim.model.run import Run


def availability(run: Run) -> float | None:
    """1 - failed / all requests of the window; None if nobody asked for anything."""
    requests = sent(run)
    return 1.0 - failed(run) / requests if requests else None
