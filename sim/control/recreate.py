"""Recreate: all old pods go, and only when the last is really gone do the new ones come.

(kubernetes/kubernetes pkg/controller/deployment/recreate.go)
"""

from __future__ import annotations

from sim.control.history import clean_history
from sim.control.new_replica_set import find_new, find_or_create_new
from sim.control.progress import is_complete_now, write_rollout_status
from sim.control.sync import DeploymentSync, replicas_of
from sim.model.pod import is_finished


def recreate(sync: DeploymentSync) -> float | None:
    """One step, then the status; the moment at which to look again by itself, if any."""
    find_new(sync)
    scaled = [sync.scale(old, 0) for old in sync.active(sync.olds)]
    if any(scaled) or _old_pods_exist(sync):
        return write_rollout_status(sync)
    sync.scale(sync.new or find_or_create_new(sync), sync.bounds.replicas)
    if is_complete_now(sync):
        clean_history(sync)
    return write_rollout_status(sync)


def _old_pods_exist(sync: DeploymentSync) -> bool:
    """Whether any pod of an old set is still there, terminating ones included."""
    if any(replicas_of(old) > 0 for old in sync.olds):
        return True
    return any(
        not is_finished(pod)
        for old in sync.olds
        for pod in sync.store.owned("Pod", old["metadata"]["uid"])
    )
