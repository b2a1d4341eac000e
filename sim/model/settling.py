"""When a rollout is really over: only the final version's pods exist, and all of them are ready."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sim.model.run import PodPhase, PodSpan


def settled_at(
    spans: Sequence[PodSpan], *, version: int, replicas: int, since: float, end: float
) -> float | None:
    """The first moment in [*since*, *end*) with exactly *replicas* pods, all ready, all *version*.

    A terminating pod still exists, so this comes later than `kubectl rollout status` says. None
    if it never came.
    """
    # How many pods come and go at each moment, and how many of them are final and ready.
    present, final = defaultdict[float, int](int), defaultdict[float, int](int)
    present[since] += 0
    for span in spans:
        counts = (present, final) if _is_final(span, version) else (present,)
        for count in counts:
            count[max(span.start, since)] += 1
            count[max(span.end, since)] -= 1
    pods = ready = 0
    for moment in sorted(present):
        if moment >= end:
            break
        pods += present[moment]
        ready += final[moment]
        if pods == ready == replicas:
            return moment
    return None


def _is_final(span: PodSpan, version: int) -> bool:
    return span.version == version and span.phase is PodPhase.READY
