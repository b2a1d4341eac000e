"""A rollback asked for in the old way: an annotation that the controller serves and takes away.

Clients of extensions/v1beta1 left it behind; `kubectl rollout undo` patches the template itself.
(kubernetes/kubernetes pkg/controller/deployment/rollback.go)
"""

from __future__ import annotations

from sim.control.new_replica_set import find_or_create_new
from sim.control.sync import DeploymentSync
from sim.model.objects import JsonObject, annotations_of, name_of
from sim.model.revision import (
    ROLLBACK_TO,
    restored,
    revision_of,
    undo_revision,
    with_annotations,
)
from sim.model.template_hash import canonical


def is_asked_for(deployment: JsonObject) -> bool:
    """Whether *deployment* carries the annotation, with a number in it."""
    text = annotations_of(deployment).get(ROLLBACK_TO, "")
    return text.isascii() and text.isdigit()


def roll_back(sync: DeploymentSync) -> None:
    """Put the template of the wanted revision (0: the one before) back, and say how it went."""
    find_or_create_new(sync)
    deployment = sync.deployment
    by_revision = {revision_of(rs): rs for rs in sync.all if revision_of(rs) > 0}
    asked = int(annotations_of(deployment)[ROLLBACK_TO])
    wanted = undo_revision(by_revision, asked)
    after = deployment
    if not wanted:
        which = "the revision to rollback to" if asked else "last revision"
        _say(sync, "DeploymentRollbackRevisionNotFound", f"Unable to find {which}.")
    elif _same(deployment, by_revision[wanted]):
        note = "The rollback revision contains the same template as current deployment"
        _say(sync, "DeploymentRollbackTemplateUnchanged", f'{note} "{name_of(deployment)}"')
    else:
        after = restored(deployment, by_revision[wanted])
    notes = {k: v for k, v in annotations_of(after).items() if k != ROLLBACK_TO}
    sync.deployment = sync.store.put(with_annotations(after, notes))
    if after is not deployment:
        note = f'Rolled back deployment "{name_of(deployment)}" to revision {wanted}'
        _say(sync, "DeploymentRollback", note)


def _same(deployment: JsonObject, rs: JsonObject) -> bool:
    return canonical(deployment["spec"]["template"]) == canonical(rs["spec"]["template"])


def _say(sync: DeploymentSync, reason: str, note: str) -> None:
    sync.recorder.emit(sync.deployment, reason, note)
