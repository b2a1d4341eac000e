"""Finalizers: names that keep a deleted object in the store until somebody has tidied up after it.

(kubernetes/apiserver pkg/registry/generic/registry/store.go,
deletionFinalizersForGarbageCollection)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sim.model.objects import JsonObject, is_terminating

FOREGROUND = "foregroundDeletion"  # Stays until everything that blocks it is gone.
ORPHAN = "orphan"  # Stays until everything that it owned has been let go.
POLICIES = ("Foreground", "Background", "Orphan")
_OF_POLICY = {"Foreground": [FOREGROUND], "Background": [], "Orphan": [ORPHAN]}


def finalizers_of(obj: JsonObject) -> Sequence[str]:
    """metadata.finalizers, empty if there are none."""
    finalizers: Sequence[str] = obj["metadata"].get("finalizers") or ()
    return finalizers


def with_finalizers(obj: JsonObject, finalizers: Iterable[str]) -> JsonObject:
    """*obj* with these finalizers and no others; itself if it has them already."""
    wanted = list(finalizers)
    if list(finalizers_of(obj)) == wanted:
        return obj
    metadata = {key: value for key, value in obj["metadata"].items() if key != "finalizers"}
    return {**obj, "metadata": metadata | ({"finalizers": wanted} if wanted else {})}


def under_policy(obj: JsonObject, policy: str | None) -> JsonObject:
    """*obj* with the collector's finalizer that *policy* asks for; without a policy as it is.

    Background takes both of the collector's away, and nobody else's.
    """
    if policy is None:
        return obj
    kept = [one for one in finalizers_of(obj) if one not in (FOREGROUND, ORPHAN)]
    return with_finalizers(obj, kept + _OF_POLICY[policy])


def deleted(obj: JsonObject, grace_seconds: int, now: float) -> JsonObject:
    """*obj* marked as deleted *now*: it has *grace_seconds*, and then until it is done.

    A grace period that runs already can be shortened, never prolonged. Without one the deletion
    is a change of what is wanted, and counts as a generation.
    (kubernetes/apiserver pkg/registry/rest/delete.go, pkg/registry/generic/registry/store.go)
    """
    metadata = obj["metadata"]
    due = now + grace_seconds
    marks = {"deletionTimestamp": due, "deletionGracePeriodSeconds": grace_seconds}
    if not is_terminating(obj):
        if grace_seconds == 0:
            marks["generation"] = metadata["generation"] + 1
    elif due >= metadata["deletionTimestamp"]:
        marks = {} if grace_seconds else {"deletionGracePeriodSeconds": 0}
    return {**obj, "metadata": {**metadata, **marks}}


def is_deleting_dependents(obj: JsonObject) -> bool:
    """Whether *obj* was deleted in the foreground: what it owns has to go first."""
    return is_terminating(obj) and FOREGROUND in finalizers_of(obj)


def is_orphaning(obj: JsonObject) -> bool:
    """Whether *obj* was deleted alone: what it owns stays, and belongs to nobody."""
    return is_terminating(obj) and ORPHAN in finalizers_of(obj)


def is_done(obj: JsonObject) -> bool:
    """Whether *obj* was deleted, has no grace period left, and nobody has to tidy up any more."""
    metadata = obj["metadata"]
    return (
        is_terminating(obj)
        and metadata.get("deletionGracePeriodSeconds") == 0
        and not metadata.get("finalizers")
    )


def added(before: JsonObject, after: JsonObject) -> list[str]:
    """The finalizers of *after* that *before* has not, in alphabetical order."""
    return sorted(set(finalizers_of(after)) - set(finalizers_of(before)))
