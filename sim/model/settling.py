"""When a rollout is really over: only the final version's pods exist, and all of them are ready."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sim.model.objects import JsonObject, name_of, namespace_of
from sim.model.run import Change, PodPhase, PodSpan


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What the Deployments ask for in the end: *replicas* pods of one *version*.

    *since* is when the last of the other versions was no longer asked for.
    """

    version: int
    replicas: int
    since: float


def goal_of(
    history: Iterable[Change], version_of: Callable[[JsonObject], int], before: int
) -> Goal | None:
    """The goal that all Deployments of *history* together come to, each a track of one service.

    *version_of* tells the version of a pod template; *before* is the one that ran at first. None
    while more than one version is asked for, or no pod at all, and where nothing else ever was.
    """
    asked: dict[tuple[str, str], tuple[int, int]] = {}
    wanted, since = {before}, None
    for change in history:
        obj = change.object
        if obj["kind"] != "Deployment":
            continue
        key = (namespace_of(obj), name_of(obj))
        if change.verb == "DELETED":
            asked.pop(key, None)
        else:
            spec = obj["spec"]
            asked[key] = version_of(spec["template"]), spec["replicas"]
        now = {version for version, replicas in asked.values() if replicas}
        if now != wanted:
            wanted, since = now, change.time
    if since is None or len(wanted) != 1:
        return None
    (version,) = wanted
    replicas = sum(size for found, size in asked.values() if found == version)
    return Goal(version=version, replicas=replicas, since=since)


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
