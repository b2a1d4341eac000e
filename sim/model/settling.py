"""When a rollout is really over: only the final version's pods exist, and all of them are ready."""

from __future__ import annotations

from collections.abc import Sequence

from sim.model.run import PodPhase, PodSpan


def settled_at(
    spans: Sequence[PodSpan], *, version: int, replicas: int, since: float, end: float
) -> float | None:
    """The first moment in [*since*, *end*) with exactly *replicas* pods, all ready, all *version*.

    A terminating pod still exists, so this comes later than `kubectl rollout status` says. None
    if it never came.
    """
    moments = sorted({since} | {span.start for span in spans if since < span.start < end})
    # A pod that goes leaves no span behind, so its end is a moment too.
    moments = sorted(set(moments) | {span.end for span in spans if since < span.end < end})
    for moment in moments:
        present = [span for span in spans if span.start <= moment < span.end]
        final = [s for s in present if s.version == version and s.phase is PodPhase.READY]
        if len(present) == len(final) == replicas:
            return moment
    return None
