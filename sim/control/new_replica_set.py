"""The ReplicaSet of the Deployment's present template: found, brought up to date, or created.

(kubernetes/kubernetes pkg/controller/deployment/sync.go, getNewReplicaSet)
"""

from __future__ import annotations

from sim.control.sync import DeploymentSync, SyncFailed, size_of
from sim.errors import BackendError, Conflict
from sim.model.conditions import found, new_condition, with_condition
from sim.model.objects import JsonObject, annotations_of, labels_of, name_of, namespace_of
from sim.model.pod import reference_to
from sim.model.progress import has_deadline
from sim.model.revision import REVISION, next_revision, raised, revision_of, shared_annotations
from sim.model.rollout import is_rolling, new_size
from sim.model.template_hash import HASH_LABEL, template_hash


def find_new(sync: DeploymentSync) -> JsonObject | None:
    """Settle `sync.new`, if there is one: its revision and annotations are brought up to date."""
    if sync.new is not None:
        _bring_up_to_date(sync, sync.new)
    return sync.new


def find_or_create_new(sync: DeploymentSync) -> JsonObject:
    """The same, and created where there is none yet. Raise `SyncFailed` if that is refused."""
    return find_new(sync) or _create(sync)


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


def _create(sync: DeploymentSync) -> JsonObject:
    revision = next_revision(sync.olds)
    total = sum(size_of(old) for old in sync.olds)
    rolling = is_rolling(sync.deployment)
    size = new_size(sync.bounds, 0, total) if rolling else sync.bounds.replicas
    sync.new = new = _stored(sync, revision, size)
    if size > 0:
        note = f"Scaled up replica set {name_of(new)} from 0 to {size}"
        sync.recorder.emit(sync.deployment, "ScalingReplicaSet", note)
    conditions = _judged(sync, "True", "NewReplicaSetCreated", _CREATED.format(name_of(new)))
    sync.write_conditions(conditions, {REVISION: str(revision)})
    return new


_CREATED = 'Created new replica set "{}"'


def _judged(sync: DeploymentSync, status: str, reason: str, note: str) -> list[JsonObject]:
    """The Deployment's conditions with this verdict on its progress, if it has a deadline."""
    conditions = sync.conditions()
    if not has_deadline(sync.deployment):
        return conditions
    return with_condition(conditions, new_condition("Progressing", status, reason, note, sync.now))


def _stored(sync: DeploymentSync, revision: int, size: int) -> JsonObject:
    """The created object. Raise `SyncFailed` if there is none; what stood in the way is written.

    A name that is taken is a collision of hashes: counted, the next look tries another name.
    """
    deployment = sync.deployment
    collisions = deployment.get("status", {}).get("collisionCount", 0)
    suffix = template_hash(deployment["spec"]["template"], collisions)
    wanted = _replica_set(sync, suffix, revision, size)
    try:
        return sync.store.create(wanted)
    except Conflict as taken:
        sync.write_status({**deployment.get("status", {}), "collisionCount": collisions + 1})
        raise SyncFailed from taken
    except BackendError as refusal:
        note = f'Failed to create new replica set "{name_of(wanted)}": {refusal}'
        sync.write_conditions(_judged(sync, "False", "ReplicaSetCreateError", note))
        sync.recorder.emit(deployment, "ReplicaSetCreateError", note)
        raise SyncFailed from refusal


def _replica_set(sync: DeploymentSync, suffix: str, revision: int, size: int) -> JsonObject:
    deployment = sync.deployment
    template = deployment["spec"]["template"]
    labels = {**labels_of(template), HASH_LABEL: suffix}
    selector = deployment["spec"]["selector"]
    notes = shared_annotations(deployment) | {REVISION: str(revision)} | sync.size_annotations()
    return {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {
            "name": f"{name_of(deployment)}-{suffix}",
            "namespace": namespace_of(deployment),
            "labels": labels,
            "annotations": notes,
            "ownerReferences": [reference_to(deployment)],
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
