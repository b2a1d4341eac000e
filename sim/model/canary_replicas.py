"""How many pods a canary and its stable need: Argo Rollouts' arithmetic, with and without routes.

Without traffic routing the pods are the shares: a Service spreads requests over all of them.
(argoproj/argo-rollouts utils/replicaset/canary.go)
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from sim.model.rollout import Fenceposts, Sizes

FULL = 100  # maxTrafficWeight


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """The sizes of both sides."""

    canary: int
    stable: int


def by_ratio(replicas: int, weight: int, *, surge: bool) -> Split:
    """The split of *replicas* pods nearest to *weight* percent; with *surge* of one more, too.

    Neither side is empty between 1 and 99, but where one pod may not surge. 10 pods at 25 % with
    surge are 3 and 8 (27.3 %), without 3 and 7; at 1 % they are 1 and 9; one pod at 50 % without
    surge is the canary's. (approximateWeightedCanaryStableReplicaCounts)
    """
    if replicas == 0:
        return Split(canary=0, stable=0)
    down, rest = divmod(replicas * weight, FULL)
    up = down + (rest > 0)
    may_be_empty = weight in (0, FULL) or (replicas == 1 and not surge)
    options = []
    if up < replicas or may_be_empty:
        options.append((up, replicas))
    if not _tied(replicas, weight) and (down or may_be_empty):
        options.append((down, replicas))
    if surge:
        options.append((up, replicas + 1))
        if not _tied(replicas + 1, weight) and (down or may_be_empty):
            options.append((down, replicas + 1))
    canary, total = min(options, key=lambda one: abs(Fraction(one[0] * FULL, one[1]) - weight))
    return Split(canary=canary, stable=total - canary)


def _tied(total: int, weight: int) -> bool:
    """Whether the share of *total* lies half way between two numbers of pods."""
    return total * weight % FULL * 2 == FULL


def routed(replicas: int, weight: int) -> Split:
    """Both sides where requests are sent by weight: the canary grows, stable stays whole.

    (CalculateReplicaCountsForTrafficRoutedCanary)
    """
    return Split(canary=share(replicas, weight), stable=replicas)


def routed_dynamically(replicas: int, wanted: int, actual: int) -> Split:
    """The same with `dynamicStableScale`: stable keeps what *actual* or *wanted* weight needs.

    So it shrinks only after its requests have moved, and grows before they come back.
    """
    needed = (share(replicas, FULL - wanted), share(replicas, FULL - actual))
    return Split(canary=share(replicas, wanted), stable=max(needed))


def share(replicas: int, weight: int) -> int:
    """*weight* percent of *replicas*, rounded up. (trafficWeightToReplicas)"""
    return -(-replicas * weight // FULL)


def next_split(bounds: Fenceposts, wanted: Split, canary: Sizes, stable: Sizes) -> Split:
    """One step towards the *wanted* split, within surge and unavailable.

    10 pods, surge 1, unavailable 0, wanted 2 and 8: stable 10 beside no canary gives a canary of
    1; once that is available stable goes to 9, and so on.
    (CalculateReplicaCountsForBasicCanary, without older ReplicaSets)
    """
    grown = _grown(bounds, wanted, canary.size, stable.size)
    rising = wanted.canary >= canary.size
    # Of the side that shrinks, pods that are not available count too, or it could be stuck.
    counted = _counted(canary, rising) + _counted(stable, not rising)
    surplus = counted - bounds.minimum
    if surplus <= 0:
        return grown
    if rising:
        drained = _shrunk(stable.size, wanted.stable, surplus, grown.stable)
        left, other = _within(bounds, (drained, stable), (grown.canary, canary))
        return Split(canary=other, stable=left)
    drained = _shrunk(canary.size, wanted.canary, surplus, grown.canary)
    left, other = _within(bounds, (drained, canary), (grown.stable, stable))
    return Split(canary=left, stable=other)


def _grown(bounds: Fenceposts, wanted: Split, canary: int, stable: int) -> Split:
    """As far as surge has room: stable first."""
    room = max(0, bounds.ceiling - canary - stable)
    more = min(room, max(0, wanted.stable - stable))
    return Split(
        stable=stable + more,
        canary=canary + min(room - more, max(0, wanted.canary - canary)),
    )


def _counted(side: Sizes, only_available: bool) -> int:
    return min(side.size, side.available) if only_available else side.size


def _shrunk(size: int, wanted: int, surplus: int, otherwise: int) -> int:
    return max(wanted, size - surplus) if size > wanted else otherwise


def _within(
    bounds: Fenceposts, drained: tuple[int, Sizes], other: tuple[int, Sizes]
) -> tuple[int, int]:
    """Both new sizes, held to surge first and to availability before that.

    (adjustReplicaWithinLimits)
    """
    (low, low_now), (high, high_now) = drained, other
    high -= max(0, high + low - bounds.ceiling)
    available = min(low_now.available, low) + min(high_now.available, high)
    given_up = max(0, high_now.available - high)
    high += min(given_up, max(0, bounds.minimum - available))
    return low - max(0, high + low - bounds.ceiling), high
