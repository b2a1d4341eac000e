"""Scaling in the middle of a rollout: every active ReplicaSet gets its share of the difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.model.rollout import Fenceposts


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """An active ReplicaSet: *name*, *size*, *created* (for ties), and the ceiling it last knew.

    *known_ceiling* is its max-replicas annotation, 0 if it has none.
    """

    name: str
    size: int
    created: float
    known_ceiling: int


def proportional_sizes(
    bounds: Fenceposts, active: Sequence[Share], status_replicas: int
) -> dict[str, int]:
    """The new size of every *active* ReplicaSet by name.

    Replicas 5 to 10 with surge 0, sizes new 2 and old 3: old gets 6 and new 4. Replicas 10 to 20
    with surge 2, sizes 6 and 6: both get 11. The first in order takes what rounding left over.
    (kubernetes/kubernetes pkg/controller/deployment/sync.go scale, util GetReplicaSetProportion)
    """
    allowed = bounds.ceiling if bounds.replicas > 0 else 0
    to_add = allowed - sum(share.size for share in active)
    if to_add == 0:
        return {share.name: share.size for share in active}
    # Largest first; of equal ones the newest when growing, the oldest when shrinking.
    newest_first = -1.0 if to_add > 0 else 1.0
    order = sorted(active, key=lambda s: (-s.size, newest_first * s.created, s.name))
    sizes: dict[str, int] = {}
    added = 0
    for share in order:
        part = _limited(_fraction(bounds, share, status_replicas), to_add - added, to_add)
        sizes[share.name] = share.size + part
        added += part
    first = order[0].name
    sizes[first] = max(0, sizes[first] + to_add - added)
    return sizes


def _fraction(bounds: Fenceposts, share: Share, status_replicas: int) -> int:
    """How much the set would grow if it kept its part of the whole."""
    if bounds.replicas == 0:
        return -share.size
    known = share.known_ceiling or status_replicas
    if known == 0:
        return 0
    return round_half_away(share.size * bounds.ceiling, known) - share.size


def _limited(part: int, left: int, to_add: int) -> int:
    if left == 0:
        return 0
    if to_add > 0:
        return min(part, left)
    return max(part, left)


def round_half_away(numerator: int, denominator: int) -> int:
    """The nearest whole number of a quotient of non-negative numbers; halves go up: 5/2 is 3."""
    return (2 * numerator + denominator) // (2 * denominator)
