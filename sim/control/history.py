"""Old ReplicaSets beyond revisionHistoryLimit are deleted once a rollout is complete.

(kubernetes/kubernetes pkg/controller/deployment/sync.go, cleanupDeployment)
"""

from __future__ import annotations

from sim.control.sync import DeploymentSync
from sim.model.objects import name_of, namespace_of
from sim.model.revision import surplus_history


def clean_history(sync: DeploymentSync) -> None:
    """Delete what the limit does not keep; the present ReplicaSet is not counted."""
    limit = sync.deployment["spec"].get("revisionHistoryLimit", 10)
    for rs in surplus_history(sync.olds, limit):
        sync.store.delete("ReplicaSet", name_of(rs), namespace_of(rs))
        sync.olds = [old for old in sync.olds if old is not rs]
