"""A change of spec.replicas while several ReplicaSets have pods: each gets its share.

(kubernetes/kubernetes pkg/controller/deployment/sync.go, isScalingEvent and scale)
"""

from __future__ import annotations

from sim.control.sync import DeploymentSync, available_of, size_of
from sim.model.objects import JsonObject, annotations_of, name_of
from sim.model.proportional import Share, proportional_sizes
from sim.model.revision import DESIRED_REPLICAS, MAX_REPLICAS
from sim.model.rollout import is_rolling


def is_scaling_event(sync: DeploymentSync) -> bool:
    """Whether an active ReplicaSet was last told another size of the Deployment."""
    known = [_number(rs, DESIRED_REPLICAS) for rs in sync.active(sync.all)]
    return any(number is not None and number != sync.bounds.replicas for number in known)


def scale_proportionally(sync: DeploymentSync) -> None:
    """Bring all sizes to the Deployment's, without rolling anything out."""
    active = sync.active(sync.all)
    if len(active) <= 1:
        only = active[0] if active else sync.new or (sync.olds[-1] if sync.olds else None)
        if only is not None:
            sync.scale(only, sync.bounds.replicas)
    elif _is_saturated(sync):
        for old in sync.active(sync.olds):
            sync.scale(old, 0)
    elif is_rolling(sync.deployment):
        replicas = sync.deployment.get("status", {}).get("replicas", 0)
        sizes = proportional_sizes(sync.bounds, [_share(rs) for rs in active], replicas)
        for rs in active:
            sync.scale(rs, sizes[name_of(rs)])


def _is_saturated(sync: DeploymentSync) -> bool:
    if sync.new is None:
        return False
    counts = (size_of(sync.new), _number(sync.new, DESIRED_REPLICAS), available_of(sync.new))
    return all(count == sync.bounds.replicas for count in counts)


def _share(rs: JsonObject) -> Share:
    return Share(
        name=name_of(rs),
        size=size_of(rs),
        created=rs["metadata"]["creationTimestamp"],
        known_ceiling=_number(rs, MAX_REPLICAS) or 0,
    )


def _number(rs: JsonObject, annotation: str) -> int | None:
    text = annotations_of(rs).get(annotation, "")
    return int(text) if text.isascii() and text.isdigit() else None
