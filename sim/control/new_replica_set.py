"""The ReplicaSet of the Deployment's present template: found, brought up to date, or created.

(kubernetes/kubernetes pkg/controller/deployment/sync.go, getNewReplicaSet)
"""

from __future__ import annotations

from sim.control.sync import DeploymentSync, size_of
from sim.errors import Conflict
from sim.model.conditions import found, new_condition, with_condition
from sim.model.objects import JsonObject, annotations_of, labels_of, name_of, namespace_of
from sim.model.progress import has_deadline
from sim.model.revision import REVISION, next_revision, raised, revision_of, shared_annotations
from sim.model.rollout import is_rolling, new_size
from sim.model.template_hash import HASH_LABEL, canonical, template_hash


def find_new(sync: DeploymentSync, *, create: bool) -> None:
    """Settle `sync.new`: revision and annotations of the existing one, else create it if asked."""
    if sync.new is not None:
        _bring_up_to_date(sync, sync.new)
    elif create:
        _create(sync)


def _bring_up_to_date(sync: DeploymentSync, new: JsonObject) -> None:
    notes = {**annotations_of(new), **shared_annotations(sync.deployment)}
    notes = raised(notes, next_revision(sync.olds))
    seconds = sync.deployment["spec"].get("minReadySeconds", 0)
    if notes != annotations_of(new) or seconds != new["spec"].get("minReadySeconds", 0):
        # The Deployment's own revision follows in the next sync, which this write causes.
        metadata = {**new["metadata"], "annotations": notes}
        spec = {**new["spec"], "minReadySeconds": seconds}
        sync.replace(sync.store.put({**new, "metadata": metadata, "spec": spec}))
        return
    conditions = sync.conditions()
    if has_deadline(sync.deployment) and found(conditions, "Progressing") is None:
        note = f'Found new replica set "{name_of(new)}"'
        progressing = new_condition("Progressing", "True", "FoundNewReplicaSet", note, sync.now)
        conditions = with_condition(conditions, progressing)
    elif revision_of(sync.deployment) == revision_of(new):
        return
    sync.write_conditions(conditions, {REVISION: str(revision_of(new))})


def _create(sync: DeploymentSync) -> None:
    revision = next_revision(sync.olds)
    total = sum(size_of(old) for old in sync.olds)
    rolling = is_rolling(sync.deployment)
    size = new_size(sync.bounds, 0, total) if rolling else sync.bounds.replicas
    sync.new = new = _stored(sync, revision, size)
    if new is None:
        return
    if size > 0:
        note = f"Scaled up replica set {name_of(new)} to {size}"
        sync.recorder.emit(sync.deployment, "ScalingReplicaSet", note)
    conditions = sync.conditions()
    if has_deadline(sync.deployment):
        note = f'Created new replica set "{name_of(new)}"'
        progressing = new_condition("Progressing", "True", "NewReplicaSetCreated", note, sync.now)
        conditions = with_condition(conditions, progressing)
    sync.write_conditions(conditions, {REVISION: str(revision)})


def _stored(sync: DeploymentSync, revision: int, size: int) -> JsonObject | None:
    """The created object; None on a collision of names, after which the next sync tries another."""
    deployment = sync.deployment
    collisions = deployment.get("status", {}).get("collisionCount", 0)
    suffix = template_hash(deployment["spec"]["template"], collisions)
    wanted = _replica_set(sync, suffix, revision, size)
    try:
        return sync.store.create(wanted)
    except Conflict:
        taken = sync.store.get("ReplicaSet", wanted["metadata"]["name"], namespace_of(deployment))
        owners = taken["metadata"].get("ownerReferences") or [{}]
        ours = owners[0].get("uid") == deployment["metadata"]["uid"]
        if ours and canonical(taken["spec"]["template"]) == canonical(wanted["spec"]["template"]):
            return taken
        sync.write_status({**deployment.get("status", {}), "collisionCount": collisions + 1})
        return None


def _replica_set(sync: DeploymentSync, suffix: str, revision: int, size: int) -> JsonObject:
    deployment = sync.deployment
    template = deployment["spec"]["template"]
    labels = {**labels_of(template), HASH_LABEL: suffix}
    selector = deployment["spec"]["selector"]
    owner = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "name": name_of(deployment),
        "uid": deployment["metadata"]["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }
    notes = shared_annotations(deployment) | {REVISION: str(revision)} | sync.size_annotations()
    return {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {
            "name": f"{name_of(deployment)}-{suffix}",
            "namespace": namespace_of(deployment),
            "labels": labels,
            "annotations": notes,
            "ownerReferences": [owner],
        },
        "spec": {
            "replicas": size,
            "minReadySeconds": deployment["spec"].get("minReadySeconds", 0),
            "selector": {
                **selector,
                "matchLabels": {**(selector.get("matchLabels") or {}), HASH_LABEL: suffix},
            },
            "template": {
                **template,
                "metadata": {**(template.get("metadata") or {}), "labels": labels},
            },
        },
        "status": {"replicas": 0},
    }
