"""The arithmetic of a rolling update: how far each ReplicaSet may go in one step.

Sizes are intent (`spec.replicas`), availability is what was counted (`status`). Pods marked for
deletion are in neither, so running processes may outnumber replicas + surge.
(kubernetes/kubernetes pkg/controller/deployment/rolling.go and util/deployment_util.go)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.model.int_or_percent import scaled
from sim.model.objects import JsonObject

# kubernetes/kubernetes pkg/apis/apps/v1/defaults.go, SetDefaults_Deployment
DEFAULT_BUDGET = "25%"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fenceposts:
    """What a rollout of *replicas* pods may have too many (*surge*) and too few (*unavailable*)."""

    replicas: int
    surge: int
    unavailable: int

    @property
    def minimum(self) -> int:
        """Pods that must stay available."""
        return self.replicas - self.unavailable

    @property
    def ceiling(self) -> int:
        """The most that the sizes of all ReplicaSets may add up to."""
        return self.replicas + self.surge


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """One ReplicaSet as the Deployment controller sees it: *size* wanted, *available* counted."""

    size: int
    available: int


def fenceposts(replicas: int, max_surge: int | str, max_unavailable: int | str) -> Fenceposts:
    """Both bounds in pods: surge rounds up, unavailable down, and they are never both zero.

    10 replicas at 25%/25% give 3 and 2; 1 replica at 25%/25% gives 1 and 0; 10 at 1%/1% give 1
    and 0; 10 at 0 and 1% give 0 and 1, for something has to move. Unavailable is at most
    *replicas*. (ResolveFenceposts, MaxUnavailable)
    """
    surge = scaled(max_surge, replicas, round_up=True)
    unavailable = scaled(max_unavailable, replicas, round_up=False)
    if surge == 0 and unavailable == 0:
        unavailable = 1
    return Fenceposts(replicas=replicas, surge=surge, unavailable=min(unavailable, replicas))


def fenceposts_of(deployment: JsonObject) -> Fenceposts:
    """The bounds of a *deployment* as it stands; under Recreate both are 0."""
    spec = deployment["spec"]
    replicas: int = spec.get("replicas", 1)
    if not is_rolling(deployment):
        return Fenceposts(replicas=replicas, surge=0, unavailable=0)
    rolling = (spec.get("strategy") or {}).get("rollingUpdate") or {}
    surge = rolling.get("maxSurge", DEFAULT_BUDGET)
    return fenceposts(replicas, surge, rolling.get("maxUnavailable", DEFAULT_BUDGET))


def is_rolling(deployment: JsonObject) -> bool:
    """Whether the Deployment's strategy is RollingUpdate, the default."""
    strategy = deployment["spec"].get("strategy") or {}
    return bool(strategy.get("type", "RollingUpdate") == "RollingUpdate")


def new_size(bounds: Fenceposts, size: int, total: int) -> int:
    """The size that the new ReplicaSet gets, having *size* of the *total* over all ReplicaSets.

    10 replicas, surge 3: none yet beside 10 old gives 3; 3 beside 8 old gives 5; 5 beside 8 old
    stays. A size above *replicas* comes down to it. (NewRSNewReplicas, reconcileNewReplicaSet)
    """
    if size >= bounds.replicas:
        return bounds.replicas
    if total >= bounds.ceiling:
        return size
    return size + min(bounds.ceiling - total, bounds.replicas - size)


def old_sizes(bounds: Fenceposts, olds: Sequence[Sizes], new: Sizes) -> tuple[int, ...] | None:
    """The sizes that the old ReplicaSets (*olds*, oldest first) get in this step.

    None: a status still counts more pods than its size allows, so an earlier step has not been
    observed and this one must wait. Upstream fails the sync with an error when its walk meets
    such a set, and tries again; we wait for all of them, for their surplus is not there to spend.

    10 replicas, 3/2: old 10 beside new 3 unready gives 8; old 8 beside new 5 unready stays 8,
    for 13 - 8 - 5 = 0; with one of the five available it becomes 7. (reconcileOldReplicaSets)
    """
    sizes = [old.size for old in olds]
    total = sum(sizes) + new.size
    budget = total - bounds.minimum - (new.size - new.available)
    if sum(sizes) == 0 or budget <= 0:
        return tuple(sizes)
    if any(old.available > old.size for old in olds):
        return None
    cleaned = _without_unhealthy(olds, budget)
    # Read at the start of the sync: cleaning up unhealthy pods does not change who is available.
    available = sum(old.available for old in olds) + new.available
    return _without_healthy(cleaned, available - bounds.minimum)


def _without_unhealthy(olds: Sequence[Sizes], budget: int) -> list[int]:
    """Step one: pods that serve nobody go first. (cleanupUnhealthyReplicas)"""
    sizes = [old.size for old in olds]
    for i, old in enumerate(olds):
        cut = min(budget, old.size - old.available)
        sizes[i] -= cut
        budget -= cut
    return sizes


def _without_healthy(sizes: Sequence[int], surplus: int) -> tuple[int, ...]:
    """Step two: as many as the minimum can spare, the oldest set to 0 before the next one."""
    after = list(sizes)
    for i, size in enumerate(sizes):
        if surplus <= 0:
            break
        cut = min(size, surplus)
        after[i] -= cut
        surplus -= cut
    return tuple(after)
