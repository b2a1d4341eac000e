"""A Deployment's history: revision numbers on its ReplicaSets, and which one undo goes back to.

(kubernetes/kubernetes pkg/controller/deployment/util/deployment_util.go;
kubernetes/kubectl pkg/polymorphichelpers/rollback.go)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sim.errors import RolloutError
from sim.i18n import message
from sim.model.objects import JsonObject, annotations_of, name_of
from sim.model.pod import controller_of
from sim.model.template_hash import HASH_LABEL, canonical, template_hash
from sim.model.tracks import NOTE

CHANGE_CAUSE = "kubernetes.io/change-cause"
REVERTED = "reverted-to"  # The note of what a release was undone to, until another comes.
RESTARTED_AT = "kubectl.kubernetes.io/restartedAt"
REVISION = "deployment.kubernetes.io/revision"
REVISION_HISTORY = "deployment.kubernetes.io/revision-history"
DESIRED_REPLICAS = "deployment.kubernetes.io/desired-replicas"
MAX_REPLICAS = "deployment.kubernetes.io/max-replicas"
ROLLBACK_TO = "deprecated.deployment.rollback.to"
# Never copied between a Deployment and its ReplicaSets.
OWN_ANNOTATIONS = (
    "kubectl.kubernetes.io/last-applied-configuration",
    REVISION,
    REVISION_HISTORY,
    DESIRED_REPLICAS,
    MAX_REPLICAS,
    ROLLBACK_TO,
)
MOST_HISTORY_LETTERS = 2000  # maxRevHistoryLengthInChars


def revision_of(obj: JsonObject) -> int:
    """The revision annotation of a Deployment or ReplicaSet, 0 if it has none."""
    return _number(annotations_of(obj).get(REVISION, "0")) or 0


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None


def next_revision(olds: Iterable[JsonObject]) -> int:
    """The number for the new ReplicaSet: one above the highest among the old ones."""
    return max((revision_of(old) for old in olds), default=0) + 1


def raised(annotations: Mapping[str, str], revision: int) -> dict[str, str]:
    """A ReplicaSet's *annotations* with its revision raised to *revision*, if it was lower.

    The number it had goes to the end of its revision history: revision 1 raised to 3 remembers
    "1". The oldest numbers are dropped where the list gets too long.
    """
    before = annotations.get(REVISION, "")
    number = _number(before) if before else 0
    if number is None or number >= revision:
        return dict(annotations)
    after = {**annotations, REVISION: str(revision)}
    if number > 0:
        after[REVISION_HISTORY] = _appended(annotations.get(REVISION_HISTORY, ""), before)
    return after


def _appended(history: str, revision: str) -> str:
    numbers = [number for number in history.split(",") if number]
    while numbers and len(",".join([*numbers, revision])) > MOST_HISTORY_LETTERS:
        numbers.pop(0)
    return ",".join([*numbers, revision])


def shared_annotations(obj: JsonObject) -> dict[str, str]:
    """The annotations that a Deployment and its ReplicaSet pass on to each other."""
    return {k: v for k, v in annotations_of(obj).items() if k not in OWN_ANNOTATIONS}


def owned_by(owner: JsonObject, objects: Iterable[JsonObject]) -> list[JsonObject]:
    """Those of *objects* that *owner* controls, by UID."""
    uid = owner["metadata"]["uid"]
    return [obj for obj in objects if (controller_of(obj) or {}).get("uid") == uid]


def present_set(deployment: JsonObject, sets: Iterable[JsonObject]) -> JsonObject | None:
    """Of *sets* the one with the Deployment's present template, if there is one yet."""
    wanted = canonical(deployment["spec"]["template"])
    return next((rs for rs in sets if canonical(rs["spec"]["template"]) == wanted), None)


def surplus_history(olds: Sequence[JsonObject], limit: int) -> list[JsonObject]:
    """The old ReplicaSets to delete so that *limit* remain: lowest revisions, older ones first.

    One that still has pods, or whose size has not been observed, is skipped, and no other takes
    its place. (sync.go, cleanupDeployment)
    """
    alive = [rs for rs in olds if rs["metadata"].get("deletionTimestamp") is None]
    count = len(alive) - limit
    if count <= 0:
        return []
    order = sorted(alive, key=lambda rs: (revision_of(rs), rs["metadata"]["creationTimestamp"]))
    return [rs for rs in order[:count] if _is_empty(rs)]


def _is_empty(rs: JsonObject) -> bool:
    status = rs.get("status", {})
    counts = (rs["spec"].get("replicas", 1), status.get("replicas", 0))
    return counts == (0, 0) and bool(
        status.get("observedGeneration", 0) >= rs["metadata"]["generation"]
    )


def undo_revision(revisions: Iterable[int], to_revision: int | None = None) -> int:
    """Which of the existing *revisions* undo goes back to; 0 if it has no such one.

    Without *to_revision* (None or 0) the second highest: of 1, 3, 4 it is 3.
    """
    known = sorted(set(revisions), reverse=True)
    if to_revision:
        return to_revision if to_revision in known else 0
    return known[1] if len(known) > 1 else 0


def undo_patch(
    deployment: JsonObject, replica_sets: Sequence[JsonObject], to_revision: int | None = None
) -> list[JsonObject]:
    """The JSON patch that `kubectl rollout undo` sends; empty where kubectl skips the rollback.

    It is skipped when the *deployment* has that template already. Besides the template it brings
    the ReplicaSet's annotations back, change-cause among them. Raise a `RolloutError` with
    kubectl's words if there is no such revision.
    """
    target = _set_to_undo_to(deployment, replica_sets, to_revision)
    template = without_hash(target["spec"]["template"])
    if canonical(template) == canonical(deployment["spec"]["template"]):
        return []
    notes = annotations_of(restored(deployment, target))
    return [
        {"op": "replace", "path": "/spec/template", "value": template},
        {"op": "add", "path": "/metadata/annotations", "value": notes},
    ]


def marked(patch: list[JsonObject], note: str) -> list[JsonObject]:
    """An undo's *patch* that notes, in the same write, the hash of the template it goes back to."""
    if not note:
        return patch
    template, notes = patch
    text = {NOTE + note: template_hash(template["value"])}
    return [template, {**notes, "value": {**notes["value"], **text}}]


def unmarked(note: str) -> JsonObject:
    """The step of a patch that takes such a note back."""
    key = f"{NOTE}{note}".replace("/", "~1")
    return {"op": "add", "path": f"/metadata/annotations/{key}", "value": ""}


def restored(deployment: JsonObject, replica_set: JsonObject) -> JsonObject:
    """The *deployment* with the template of *replica_set* and the annotations that came with it."""
    own = {k: v for k, v in annotations_of(deployment).items() if k in OWN_ANNOTATIONS}
    template = without_hash(replica_set["spec"]["template"])
    after = {**deployment, "spec": {**deployment["spec"], "template": template}}
    return with_annotations(after, {**own, **shared_annotations(replica_set)})


def with_annotations(obj: JsonObject, annotations: Mapping[str, str]) -> JsonObject:
    """*obj* with these annotations and no others."""
    return {**obj, "metadata": {**obj["metadata"], "annotations": dict(annotations)}}


def _set_to_undo_to(
    deployment: JsonObject, replica_sets: Sequence[JsonObject], to_revision: int | None
) -> JsonObject:
    by_revision = {revision_of(rs): rs for rs in replica_sets if revision_of(rs) > 0}
    target = undo_revision(by_revision, to_revision)
    if target:
        return by_revision[target]
    if to_revision:
        raise RolloutError(
            message("unable to find specified revision {revision} in history", revision=to_revision)
        )
    raise RolloutError(
        message('no rollout history found for deployment "{name}"', name=name_of(deployment))
    )


def without_hash(template: JsonObject) -> JsonObject:
    metadata = template.get("metadata") or {}
    labels = metadata.get("labels") or {}
    if HASH_LABEL not in labels:
        return template
    kept = {key: value for key, value in labels.items() if key != HASH_LABEL}
    return {**template, "metadata": {**metadata, "labels": kept}}
