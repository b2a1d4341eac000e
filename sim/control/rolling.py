"""RollingUpdate: one step of growing the new ReplicaSet or shrinking the old ones.

(kubernetes/kubernetes pkg/controller/deployment/rolling.go)
"""

from __future__ import annotations

from sim.control.history import clean_history
from sim.control.new_replica_set import find_or_create_new
from sim.control.progress import is_complete_now, write_rollout_status
from sim.control.sync import DeploymentSync, available_of, size_of
from sim.model.objects import JsonObject
from sim.model.rollout import Sizes, new_size, old_sizes


def roll(sync: DeploymentSync) -> float | None:
    """One step, then the status; the moment at which to look again by itself, if any.

    Either the new set grows or the old ones shrink; only the sync that creates the new set does
    both, for creation already gave it its size.
    """
    new = find_or_create_new(sync)
    if _grow_new(sync, new):
        return write_rollout_status(sync)
    if not _shrink_olds(sync, new) and is_complete_now(sync):
        clean_history(sync)
    return write_rollout_status(sync)


def _grow_new(sync: DeploymentSync, new: JsonObject) -> bool:
    total = sum(size_of(rs) for rs in sync.all)
    size = new_size(sync.bounds, size_of(new), total)
    return size != size_of(new) and sync.scale(new, size)


def _shrink_olds(sync: DeploymentSync, new: JsonObject) -> bool:
    olds = sync.active(sync.olds)
    sizes = old_sizes(sync.bounds, [_sizes(old) for old in olds], _sizes(new))
    if sizes is None:
        return False  # A ReplicaSet's status is on its way and will bring us back.
    changed = False
    for old, size in zip(olds, sizes, strict=True):
        if size != size_of(old):
            changed = sync.scale(old, size) or changed
    return changed


def _sizes(rs: JsonObject) -> Sizes:
    return Sizes(size=size_of(rs), available=available_of(rs))
