"""Which pods a ReplicaSet deletes first when it has too many.

(kubernetes/kubernetes pkg/controller/controller_utils.go, ActivePodsWithRanks)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cmp_to_key
from heapq import nsmallest

from sim.model.objects import JsonObject
from sim.model.pod import (
    deletion_cost,
    node_of,
    phase_of,
    ready_since,
    restarts_of,
)

_PHASE_RANK = {"Pending": 0, "Unknown": 1, "Running": 2}


@dataclass(slots=True, kw_only=True)
class Candidate:
    """A pod as the ranking sees it; *crowd* counts its set's active pods on the same node."""

    uid: str
    name: str = ""
    assigned: bool = True
    phase: str = "Running"
    ready: bool = True
    cost: int = 0
    crowd: int = 1
    ready_since: float | None = None
    restarts: int = 0
    created: float = 0.0

    @property
    def rank(self) -> tuple[object, ...]:
        """What is compared before any time is looked at."""
        phase = _PHASE_RANK.get(self.phase, 3)
        return (self.assigned, phase, self.ready, self.cost, -self.crowd)


def deletion_order(candidates: Sequence[Candidate], now: float) -> list[Candidate]:
    """The *candidates*, the one to delete first in front.

    Unassigned, then Pending, then not ready, then cheap, then crowded, then ready for a short
    time, then often restarted, then young. Ages are compared by their power of two in
    nanoseconds: 5 h and 8 h are equal, 2 h and 5 h are not. Ages that differ within one power are
    decided by UID at once, as upstream does: nearly at random in a steady set.
    """
    return first_to_delete(candidates, len(candidates), now)


def first_to_delete(candidates: Sequence[Candidate], count: int, now: float) -> list[Candidate]:
    """The first *count* of that order; only the group that they end in is sorted any finer."""
    groups: dict[tuple[object, ...], list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        groups[candidate.rank].append(candidate)
    chosen: list[Candidate] = []
    for rank in sorted(groups):
        if len(chosen) >= count:
            break
        chosen += _within(groups[rank], count - len(chosen), now)
    return chosen


def pods_to_delete(
    pods: Sequence[JsonObject], crowds: Mapping[str, int], count: int, now: float
) -> list[JsonObject]:
    """The *count* pods of *pods* to delete; *crowds* tells how many active pods of the same
    Deployment are on each node."""
    if count >= len(pods):
        return list(pods)
    by_uid = {pod["metadata"]["uid"]: pod for pod in pods}
    candidates = [_candidate(pod, crowds) for pod in pods]
    return [by_uid[found.uid] for found in first_to_delete(candidates, count, now)]


def age_power(since: float, now: float) -> int:
    """The power of two of an age in nanoseconds, truncated; -1 for no age.

    1 s gives 29, 2 s gives 30, 2 h gives 42, 5 h and 8 h both give 44.
    """
    nanoseconds = round((now - since) * 1e9)
    return nanoseconds.bit_length() - 1 if nanoseconds > 0 else -1


def _candidate(pod: JsonObject, crowds: Mapping[str, int]) -> Candidate:
    metadata = pod["metadata"]
    node = node_of(pod)
    since = ready_since(pod)
    return Candidate(
        uid=metadata["uid"],
        assigned=bool(node),
        phase=phase_of(pod),
        ready=since is not None,
        cost=deletion_cost(pod),
        crowd=crowds.get(node, 0),
        ready_since=since,
        restarts=restarts_of(pod),
        created=metadata["creationTimestamp"],
    )


def _within(group: list[Candidate], count: int, now: float) -> list[Candidate]:
    """The first *count* of candidates of one rank, which are all ready or all not."""
    times = {one.ready_since for one in group}
    if group[0].ready and len(times) == len(group) and None not in times:
        # No two ready times are equal, so nothing after them but the UID is ever asked.
        return nsmallest(count, group, key=lambda one: (_power(one.ready_since, now), one.uid))

    def compare(a: Candidate, b: Candidate) -> int:
        return _compare(a, b, now)

    return sorted(group, key=cmp_to_key(compare))[:count]


def _compare(a: Candidate, b: Candidate, now: float) -> int:
    if a.ready and b.ready and a.ready_since != b.ready_since:
        return _younger_first(a.ready_since, b.ready_since, now) or _by_uid(a, b)
    if a.restarts != b.restarts:
        return -1 if a.restarts > b.restarts else 1
    if a.created != b.created:
        return _younger_first(a.created, b.created, now) or _by_uid(a, b)
    return _by_uid(a, b)


def _power(since: float | None, now: float) -> int:
    return -1 if since is None else age_power(since, now)


def _younger_first(a: float | None, b: float | None, now: float) -> int:
    # A time that is not set counts as no age at all.
    if a is None or b is None:
        return -1 if a is None else 1
    first, second = age_power(a, now), age_power(b, now)
    return (first > second) - (first < second)


def _by_uid(a: Candidate, b: Candidate) -> int:
    return (a.uid > b.uid) - (a.uid < b.uid)
