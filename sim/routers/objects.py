"""Writing objects so that it may be repeated: create what is missing, change what is other."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sim.errors import NotFound
from sim.model.objects import JsonObject, annotations_of, labels_of, name_of, namespace_of
from sim.ports import KubeApi

MANAGED_BY = "app.kubernetes.io/managed-by"
OURS = "seatrial"
# What an object of somebody else's said before, so that it can be put back.
BEFORE = "seatrial/before"


def find(api: KubeApi, kind: str, name: str, namespace: str) -> JsonObject | None:
    """The object as it is now, None if there is none."""
    try:
        return api.get(kind, name, namespace)
    except NotFound:
        return None


def is_ours(obj: JsonObject) -> bool:
    """Whether a router created *obj*."""
    return labels_of(obj).get(MANAGED_BY) == OURS


def ensure(api: KubeApi, obj: JsonObject) -> JsonObject:
    """Create *obj*, marked as ours, unless there is one of that name, which stays as it is."""
    found = find(api, obj["kind"], name_of(obj), namespace_of(obj))
    if found is not None:
        return found
    labels = {**labels_of(obj), MANAGED_BY: OURS}
    return api.create({**obj, "metadata": {**obj["metadata"], "labels": labels}})


def put_spec(api: KubeApi, obj: JsonObject, **fields: Any) -> JsonObject:
    """Set whole *fields* of the object's spec; others stay. What is equal is not written."""
    patch = [
        {"op": "add", "path": f"/spec/{name}", "value": value}
        for name, value in fields.items()
        if obj["spec"].get(name) != value
    ]
    if not patch:
        return obj
    return api.patch(obj["kind"], name_of(obj), patch, namespace_of(obj))


def annotate(api: KubeApi, obj: JsonObject, notes: Mapping[str, str | None]) -> JsonObject:
    """Set annotations, or take those away that are None. What is equal is not written."""
    before = annotations_of(obj)
    changes = {key: text for key, text in notes.items() if before.get(key) != text}
    if not changes:
        return obj
    patch = {"metadata": {"annotations": changes}}
    return api.patch(obj["kind"], name_of(obj), patch, namespace_of(obj))


def remember_notes(api: KubeApi, obj: JsonObject, notes: Iterable[str]) -> JsonObject:
    """Note on somebody else's object what these annotations are before they change the first time.

    One that is asked for later is noted beside them.
    """
    known, now = remembered(obj) or {}, annotations_of(obj)
    before = {name: now.get(name) for name in notes if name not in known}
    if not before:
        return obj
    return annotate(api, obj, {BEFORE: json.dumps({**known, **before}, sort_keys=True)})


def remembered_notes(obj: JsonObject) -> dict[str, str | None]:
    """The annotations as they were, and none that says so; nothing if none were noted."""
    before = remembered(obj)
    return {} if before is None else {**before, BEFORE: None}


def remember(api: KubeApi, obj: JsonObject, *fields: str) -> JsonObject:
    """Note once, on the object itself, what these fields of its spec are before they change."""
    if BEFORE in annotations_of(obj):
        return obj
    before = {name: obj["spec"].get(name) for name in fields}
    return annotate(api, obj, {BEFORE: json.dumps(before, sort_keys=True)})


def remembered(obj: JsonObject) -> JsonObject | None:
    """The fields that were noted, None if none were."""
    text = annotations_of(obj).get(BEFORE)
    if text is None:
        return None
    fields: JsonObject = json.loads(text)
    return fields


def put_back(api: KubeApi, kind: str, name: str, namespace: str) -> None:
    """Delete the object if it is ours; else let it say again what it said before."""
    found = find(api, kind, name, namespace)
    if found is None:
        return
    if is_ours(found):
        api.delete(kind, name, namespace)
        return
    before = remembered(found)
    if before is not None:
        put_spec(api, found, **before)
        annotate(api, api.get(kind, name, namespace), {BEFORE: None})
