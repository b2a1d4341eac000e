"""Readiness: the time in which no pod at all could serve, whatever the proxies believed."""

from __future__ import annotations

from sim.model.run import PodPhase, Run


def no_ready_pod_seconds(run: Run) -> float:
    """Time of the window in which no pod was ready."""
    ready = sorted((s.start, s.end) for s in run.pods if s.phase is PodPhase.READY)
    without, covered = 0.0, run.window.start
    for start, end in ready:
        if start >= run.window.end:
            break
        without += max(0.0, start - covered)
        covered = max(covered, end)
    return without + max(0.0, run.window.end - covered)
