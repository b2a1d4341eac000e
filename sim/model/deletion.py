"""Which pods a ReplicaSet deletes first when it has too many.

(kubernetes/kubernetes pkg/controller/controller_utils.go, ActivePodsWithRanks)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cmp_to_key

from sim.model.objects import JsonObject
from sim.model.pod import (
    deletion_cost,
    is_active,
    is_ready,
    node_of,
    phase_of,
    ready_since,
    restarts_of,
)

_PHASE_RANK = {"Pending": 0, "Unknown": 1, "Running": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A pod as the ranking sees it; *crowd* counts its set's active pods on the same node."""

    name: str
    uid: str
    assigned: bool = True
    phase: str = "Running"
    ready: bool = True
    cost: int = 0
    crowd: int = 1
    ready_since: float | None = None
    restarts: int = 0
    created: float = 0.0


def deletion_order(candidates: Sequence[Candidate], now: float) -> list[Candidate]:
    """The *candidates*, the one to delete first in front.

    Unassigned, then Pending, then not ready, then cheap, then crowded, then ready for a short
    time, then often restarted, then young. Ages are compared by their power of two in
    nanoseconds: 5 h and 8 h are equal, 2 h and 5 h are not. Ages that differ within one power are
    decided by UID at once, as upstream does: nearly at random in a steady set.
    """

    def compare(a: Candidate, b: Candidate) -> int:
        return _compare(a, b, now)

    return sorted(candidates, key=cmp_to_key(compare))


def pods_to_delete(
    pods: Sequence[JsonObject], related: Sequence[JsonObject], count: int, now: float
) -> list[JsonObject]:
    """The *count* pods of *pods* to delete; *related* are all pods of the same Deployment."""
    if count >= len(pods):
        return list(pods)
    crowds = Counter(node_of(pod) for pod in related if is_active(pod))
    by_uid = {pod["metadata"]["uid"]: pod for pod in pods}
    candidates = [_candidate(pod, crowds) for pod in pods]
    return [by_uid[found.uid] for found in deletion_order(candidates, now)[:count]]


def age_power(since: float, now: float) -> int:
    """The power of two of an age in nanoseconds, truncated; -1 for no age.

    1 s gives 29, 2 s gives 30, 2 h gives 42, 5 h and 8 h both give 44.
    """
    nanoseconds = round((now - since) * 1e9)
    return nanoseconds.bit_length() - 1 if nanoseconds > 0 else -1


def _candidate(pod: JsonObject, crowds: Counter[str]) -> Candidate:
    metadata = pod["metadata"]
    node = node_of(pod)
    return Candidate(
        name=metadata["name"],
        uid=metadata["uid"],
        assigned=bool(node),
        phase=phase_of(pod),
        ready=is_ready(pod),
        cost=deletion_cost(pod),
        crowd=crowds[node],
        ready_since=ready_since(pod),
        restarts=restarts_of(pod),
        created=metadata["creationTimestamp"],
    )


def _compare(a: Candidate, b: Candidate, now: float) -> int:
    for x, y in (
        (a.assigned, b.assigned),
        (_PHASE_RANK.get(a.phase, 3), _PHASE_RANK.get(b.phase, 3)),
        (a.ready, b.ready),
        (a.cost, b.cost),
        (-a.crowd, -b.crowd),
    ):
        if x != y:
            return -1 if x < y else 1
    if a.ready and b.ready and a.ready_since != b.ready_since:
        return _younger_first(a.ready_since, b.ready_since, now) or _by_uid(a, b)
    if a.restarts != b.restarts:
        return -1 if a.restarts > b.restarts else 1
    if a.created != b.created:
        return _younger_first(a.created, b.created, now) or _by_uid(a, b)
    return _by_uid(a, b)


def _younger_first(a: float | None, b: float | None, now: float) -> int:
    # A time that is not set counts as no age at all.
    first = -1 if a is None else age_power(a, now)
    second = -1 if b is None else age_power(b, now)
    if a is None or b is None:
        return -1 if a is None else 1
    return (first > second) - (first < second)


def _by_uid(a: Candidate, b: Candidate) -> int:
    return (a.uid > b.uid) - (a.uid < b.uid)
