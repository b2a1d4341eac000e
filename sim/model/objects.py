"""Kubernetes objects as JSON: read-only by convention, so that versions may share what is equal.

A write never changes an object in place. It builds a new one along the changed path and shares
every untouched branch with the version before (`sim.model.patch`), so keeping the whole history
costs little and no reader needs a deep copy.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

# A JSON object as the API server would hand it out. Never change one in place.
JsonObject: TypeAlias = dict[str, Any]


def name_of(obj: JsonObject) -> str:
    """metadata.name"""
    name: str = obj["metadata"]["name"]
    return name


def namespace_of(obj: JsonObject) -> str:
    """metadata.namespace, `default` if it is not given."""
    namespace: str = obj["metadata"].get("namespace", "default")
    return namespace


def labels_of(obj: JsonObject) -> Mapping[str, str]:
    """metadata.labels, empty if there are none."""
    labels: Mapping[str, str] = obj["metadata"].get("labels") or {}
    return labels


def annotations_of(obj: JsonObject) -> Mapping[str, str]:
    """metadata.annotations, empty if there are none."""
    annotations: Mapping[str, str] = obj["metadata"].get("annotations") or {}
    return annotations


def is_terminating(obj: JsonObject) -> bool:
    """Whether the object has been deleted and is only being wound up."""
    return obj["metadata"].get("deletionTimestamp") is not None


def matches(labels: Mapping[str, str], selector: Mapping[str, str] | None) -> bool:
    """Whether *labels* satisfy an equality *selector*; an empty or missing one matches nothing.

    That is a Service's rule (a Service without selector selects no pod), not a list request's.
    """
    return bool(selector) and (selector or {}).items() <= labels.items()


def condition(obj: JsonObject, kind: str) -> JsonObject | None:
    """The status condition of type *kind*, if the object has it."""
    conditions: Iterable[JsonObject] = obj.get("status", {}).get("conditions") or ()
    for found in conditions:
        if found["type"] == kind:
            return found
    return None


def is_true(obj: JsonObject, kind: str) -> bool:
    """Whether the status condition of type *kind* is True."""
    found = condition(obj, kind)
    return found is not None and found["status"] == "True"
