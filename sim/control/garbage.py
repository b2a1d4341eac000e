"""The garbage collector: what a deleted object owned goes with it, before it, or stays behind.

Background: the owner goes at once, then what it owned. Foreground: what blocks the owner goes
first. Orphan: what it owned belongs to nobody from then on.
(kubernetes/kubernetes pkg/controller/garbagecollector/garbagecollector.go, graph_builder.go)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from sim.control.clock import Environment
from sim.control.store import CLUSTER_SCOPED, Key, Store
from sim.control.work_queue import WatchDelay, WorkQueue
from sim.model.finalizers import (
    FOREGROUND,
    ORPHAN,
    finalizers_of,
    is_deleting_dependents,
    is_orphaning,
    with_finalizers,
)
from sim.model.objects import JsonObject, is_terminating, name_of, namespace_of
from sim.model.run import Change

References: TypeAlias = Sequence[JsonObject]


class GarbageCollector:
    """Knows who owns whom, and looks at an object when one of its owners or dependents changed.

    An owner that this cluster never had counts as there: a manifest may name one that nobody
    brought along, such as an operator's own object. Upstream would look for it and find it gone.
    """

    def __init__(self, env: Environment, store: Store, delay: WatchDelay) -> None:
        self._store = store
        self._queue = WorkQueue(env, delay, self._attempt)
        self._owners: dict[str, References] = {}
        self._gone: set[str] = set()
        self._dependents: dict[str, dict[str, Key]] = {}
        store.subscribe("", self._on_change)

    def _on_change(self, change: Change) -> None:
        obj = change.object
        metadata = obj["metadata"]
        uid = metadata["uid"]
        known = self._owners.get(uid)
        if change.verb == "DELETED":
            self._gone.add(uid)
            self._note(uid, known, None, obj)
            for key in self._dependents.pop(uid, {}).values():
                self._queue.add(key)
            return
        owners = metadata.get("ownerReferences") or None
        if owners is not known:
            self._note(uid, known, owners, obj)
            if owners and not self._gone.isdisjoint(one["uid"] for one in owners):
                self._queue.add(_place(obj))
        if finalizers_of(obj) and (is_deleting_dependents(obj) or is_orphaning(obj)):
            self._queue.add(_place(obj))
            for key in self._dependents.get(uid, {}).values():
                self._queue.add(key)

    def _note(
        self, uid: str, before: References | None, after: References | None, obj: JsonObject
    ) -> None:
        """Keep the graph; an owner that waits for its dependents hears of every one that left."""
        for one in before or ():
            self._dependents.get(one["uid"], {}).pop(uid, None)
            owner = self._owner(one, obj)
            if owner is not None and is_deleting_dependents(owner):
                self._queue.add(_place(owner))
        for one in after or ():
            self._dependents.setdefault(one["uid"], {})[uid] = _place(obj)
        if after:
            self._owners[uid] = after
        else:
            self._owners.pop(uid, None)

    def _attempt(self, key: Key) -> None:
        """Whether an object has to go, to wait, or only to forget some of its owners."""
        obj = self._found(key)
        if obj is None:
            return
        if is_orphaning(obj):
            self._orphan(obj)
        elif is_deleting_dependents(obj):
            self._finish(obj)
        elif not is_terminating(obj):
            self._judge(obj)

    def _orphan(self, obj: JsonObject) -> None:
        uid = obj["metadata"]["uid"]
        for dependent in self._dependents_of(uid):
            self._keep_owners(dependent, lambda one: one["uid"] != uid)
        self._without(obj, ORPHAN)

    def _finish(self, obj: JsonObject) -> None:
        """Let a foreground deletion end once nothing blocks it. (processDeletingDependentsItem)"""
        uid = obj["metadata"]["uid"]
        if not any(_blocks(dependent, uid) for dependent in self._dependents_of(uid)):
            self._without(obj, FOREGROUND)

    def _judge(self, obj: JsonObject) -> None:
        """(attemptToDeleteItem)"""
        owners: References = obj["metadata"].get("ownerReferences") or ()
        there = [owner for one in owners if (owner := self._owner(one, obj)) is not None]
        waiting = {owner["metadata"]["uid"] for owner in there if is_deleting_dependents(owner)}
        solid = {one["uid"] for one in owners} - waiting - self._gone
        if not owners:
            return
        if solid:
            self._keep_owners(obj, lambda one: one["uid"] in solid)
            return
        policy = "Background"
        if waiting and self._dependents.get(obj["metadata"]["uid"]):
            policy = "Foreground"
        elif not waiting and ORPHAN in finalizers_of(obj):
            policy = "Orphan"
        elif not waiting and FOREGROUND in finalizers_of(obj):
            policy = "Foreground"
        place = (obj["kind"], name_of(obj), namespace_of(obj))
        self._store.delete(*place, propagation_policy=policy)

    def _dependents_of(self, uid: str) -> Iterable[JsonObject]:
        found = map(self._found, list(self._dependents.get(uid, {}).values()))
        return [obj for obj in found if obj is not None]

    def _keep_owners(self, obj: JsonObject, wanted: Callable[[JsonObject], bool]) -> None:
        owners = obj["metadata"]["ownerReferences"]
        kept = [one for one in owners if wanted(one)]
        if len(kept) < len(owners):
            self._store.put({**obj, "metadata": {**obj["metadata"], "ownerReferences": kept}})

    def _without(self, obj: JsonObject, finalizer: str) -> None:
        kept = [one for one in finalizers_of(obj) if one != finalizer]
        self._store.put(with_finalizers(obj, kept))

    def _found(self, key: Key) -> JsonObject | None:
        kind, _, namespace = key[0].partition("/")
        return self._store.find(kind, key[1], namespace)

    def _owner(self, reference: JsonObject, dependent: JsonObject) -> JsonObject | None:
        kind = reference["kind"]
        namespace = "default" if kind in CLUSTER_SCOPED else namespace_of(dependent)
        found = self._store.find(kind, reference["name"], namespace)
        return found if found and found["metadata"]["uid"] == reference["uid"] else None


def _place(obj: JsonObject) -> Key:
    return f"{obj['kind']}/{namespace_of(obj)}", name_of(obj)


def _blocks(dependent: JsonObject, owner_uid: str) -> bool:
    owners: References = dependent["metadata"].get("ownerReferences") or ()
    return any(one["uid"] == owner_uid and one.get("blockOwnerDeletion") for one in owners)
