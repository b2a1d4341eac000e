"""How many pods are available, as far as a status can be believed."""

from __future__ import annotations

from collections.abc import Iterable

from sim.model.feature_flags import without_flag
from sim.model.objects import JsonObject, annotations_of


def available_now(deployment: JsonObject, replica_set: JsonObject) -> int:
    """Available pods of a Deployment's *replica_set*; 0 while a status is about an earlier spec.

    What it says then may be about pods that are on their way out: of six pods that were just
    scaled to 0 and back to 6, a status still counts all six.
    """
    if not (is_observed(deployment) and is_observed(replica_set)):
        return 0
    return _available(replica_set)


def available_of(template: JsonObject, replica_sets: Iterable[JsonObject]) -> int:
    """Available pods of *template* in all *replica_sets*, whatever labels a track gave them.

    Or a flag: dark pods are pods of the release too.
    """
    wanted = _essence(template)
    return sum(
        _available(found) for found in replica_sets if _essence(found["spec"]["template"]) == wanted
    )


def is_observed(obj: JsonObject) -> bool:
    """Whether the status of *obj* is about what its spec says now."""
    seen: int = obj.get("status", {}).get("observedGeneration", 0)
    written: int = obj["metadata"].get("generation", 0)
    return seen >= written


def _available(replica_set: JsonObject) -> int:
    found: int = replica_set.get("status", {}).get("availableReplicas", 0)
    return found


def _essence(template: JsonObject) -> JsonObject:
    """What makes pods of *template* what they are; the same with their new code behind a flag."""
    template = without_flag(template)
    return {"spec": template["spec"], "notes": annotations_of(template)}
