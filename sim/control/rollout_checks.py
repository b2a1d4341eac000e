"""What the Deployment controller must not do to its ReplicaSets, as checks of single writes."""

from __future__ import annotations

from collections.abc import Sequence

from sim.control.store import Store
from sim.model.objects import JsonObject, annotations_of, namespace_of
from sim.model.pod import controller_of, is_finished
from sim.model.revision import DESIRED_REPLICAS, revision_of
from sim.model.rollout import fenceposts_of, is_rolling


def check_deployment(store: Store, before: JsonObject | None, after: JsonObject) -> str:
    """Generations are observed in order, and revisions only grow.

    Unless the history that had the higher number was cleaned up, as a pause may do.
    """
    status = after.get("status", {})
    if status.get("observedGeneration", 0) > after["metadata"]["generation"]:
        return "a Deployment observed a generation that does not exist yet"
    family = store.owned("ReplicaSet", after["metadata"]["uid"])
    highest = max(map(revision_of, family), default=0)
    if before is not None and revision_of(after) < min(revision_of(before), highest):
        return "the revision of a Deployment fell"
    return ""


def check_replica_set(
    store: Store, before: JsonObject | None, after: JsonObject, scaling: set[str]
) -> str:
    """What one write to a ReplicaSet did to the family of its Deployment.

    *scaling* keeps the UIDs of the Deployments that scale at this moment, for the rest of the
    same look.
    """
    owner = controller_of(after)
    if owner is None:
        return ""
    deployment = store.find(owner["kind"], owner["name"], namespace_of(after))
    if deployment is None or deployment["metadata"]["uid"] != owner["uid"]:
        return ""
    family = store.owned("ReplicaSet", owner["uid"])
    if before is None or revision_of(before) != revision_of(after):
        # One that was adopted brings what number it has, and may have none.
        revisions = [revision_of(rs) for rs in family]
        if revisions.count(revision_of(after)) > 1 or revision_of(after) < 1:
            return f"revisions must be distinct and above 0, not {revisions}"
    was = 0 if before is None else before["spec"]["replicas"]
    now = after["spec"]["replicas"]
    if store.by_client:
        return ""
    # Also where only the annotations change: the next set's size may change in the same look.
    if _is_scaling(deployment, family, before):
        scaling.add(owner["uid"])
    if now == was or owner["uid"] in scaling:
        return ""
    others = [rs for rs in family if rs["metadata"]["uid"] != after["metadata"]["uid"]]
    if now > was:
        return _check_growth(store, deployment, others, now)
    return _check_shrinking(deployment, others, after, was)


def _is_scaling(
    deployment: JsonObject, family: Sequence[JsonObject], before: JsonObject | None
) -> bool:
    """Whether an active ReplicaSet had not been told the present size before this write.

    A paused Deployment does nothing but scale, also when only its surge was changed.
    (kubernetes/kubernetes pkg/controller/deployment/sync.go, sync)
    """
    if deployment["spec"].get("paused"):
        return True
    replicas = str(deployment["spec"]["replicas"])
    known = [rs for rs in family if rs["spec"]["replicas"] > 0]
    if before is not None and before["spec"]["replicas"] > 0:
        known.append(before)
    return any(annotations_of(rs).get(DESIRED_REPLICAS, replicas) != replicas for rs in known)


def _check_growth(
    store: Store, deployment: JsonObject, others: Sequence[JsonObject], now: int
) -> str:
    total = now + sum(rs["spec"]["replicas"] for rs in others)
    ceiling = fenceposts_of(deployment).ceiling
    if total > ceiling:
        return f"a ReplicaSet grew although all of them then want {total} pods of {ceiling}"
    if not is_rolling(deployment):
        for rs in others:
            pods = store.owned("Pod", rs["metadata"]["uid"])
            if not all(map(is_finished, pods)):
                return "under Recreate new pods were asked for while old ones exist"
    return ""


def _check_shrinking(
    deployment: JsonObject, others: Sequence[JsonObject], after: JsonObject, was: int
) -> str:
    """A step may not cost available pods below the minimum, as far as statuses told.

    A set that was itself cut a moment ago may still count more than it wants, and upstream's
    controller counts on them; an undo within that moment dips below the minimum there as here.
    """
    if not is_rolling(deployment):
        return ""
    rest = sum(int(rs.get("status", {}).get("availableReplicas", 0)) for rs in others)
    left = rest + _serving(after, after["spec"]["replicas"])
    had = rest + _serving(after, was)
    minimum = fenceposts_of(deployment).minimum
    if left < min(had, minimum):
        return f"a ReplicaSet shrank and leaves {left} available pods of at least {minimum}"
    return ""


def _serving(rs: JsonObject, size: int) -> int:
    return min(size, int(rs.get("status", {}).get("availableReplicas", 0)))
