"""The API server's store: every object, its history, and those who want to hear of changes.

Objects are never changed in place: a write builds a new object along the path that changed and
shares the rest with the version before, so the history costs little and nobody copies deeply.
Timestamps are simulated seconds as JSON numbers, for half a second decides rollouts; whoever
shows objects to people or to kubectl formats them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from sim.control.admission import admit
from sim.control.clock import Environment
from sim.control.identity import MOST_STEM_LETTERS, Identity
from sim.errors import BackendError, Conflict, Invalid, NotFound
from sim.i18n import Message, message
from sim.model.defaults import defaulted, unclaimed
from sim.model.finalizers import POLICIES, deleted, finalizers_of, is_done, under_policy
from sim.model.objects import (
    JsonObject,
    annotations_of,
    labels_of,
    namespace_of,
)
from sim.model.patching import patched
from sim.model.pod import controller_of, deletion_grace
from sim.model.run import Change
from sim.model.scale import part_of, rescaled, scale_of
from sim.model.watch import place_after, require_kept

CLUSTER_SCOPED = frozenset({"Node"})
Subscriber: TypeAlias = Callable[[Change], None]
Admission: TypeAlias = Callable[[JsonObject], None]
Key: TypeAlias = tuple[str, str]  # (namespace, name)
# What the API server sets itself; a client's value is ignored.
_SERVER_OWNED = (
    *("uid", "creationTimestamp", "generation", "namespace", "name"),
    *("deletionTimestamp", "deletionGracePeriodSeconds"),
)
_UNKNOWN_POLICY = (
    'propagationPolicy: Unsupported value: "{}": supported values: "Background", "Foreground",'
    ' "Orphan"'
)


class Store:
    """`ports.KubeApi` in simulated time, with whole-object writes for controllers.

    *history* holds every `Change` by reference, in order. A watch's `since` is a
    resourceVersion; they count all writes from 1 on. *by_client* tells, inside a write, whether
    somebody's patch makes it: controllers put whole objects.
    """

    def __init__(self, env: Environment, seed: int) -> None:
        self._env = env
        self._identity = Identity(seed)
        self._objects: dict[str, dict[Key, JsonObject]] = {}
        self._owned: dict[tuple[str, str], dict[Key, None]] = {}
        self._subscribers: dict[str, list[Subscriber]] = {}
        self._admission: list[Admission] = []
        self._history_of: defaultdict[str, list[Change]] = defaultdict(list)
        self._forgotten = 0
        self.by_client = False
        self.history: list[Change] = []

    def get(
        self, kind: str, name: str, namespace: str = "default", subresource: str = ""
    ) -> JsonObject:
        """The object, or its *subresource*, as it is now. Raise `NotFound` if there is none."""
        found = self.find(kind, name, namespace)
        if found is None:
            raise NotFound(message('{kind} "{name}" not found', kind=kind, name=name))
        return part_of(found, subresource) if subresource else found

    def find(self, kind: str, name: str, namespace: str = "default") -> JsonObject | None:
        """The object as it is now, or None."""
        return self._objects.get(kind, {}).get((namespace, name))

    def list(
        self, kind: str, namespace: str = "default", labels: Mapping[str, str] | None = None
    ) -> Sequence[JsonObject]:
        """All objects of *kind* that carry *labels*, in creation order."""
        wanted = (labels or {}).items()
        return tuple(
            obj
            for (place, _), obj in self._objects.get(kind, {}).items()
            if place == namespace and wanted <= labels_of(obj).items()
        )

    def objects(self) -> Iterator[JsonObject]:
        """Everything that exists now: kinds in the order of their first object."""
        for table in self._objects.values():
            yield from table.values()

    def objects_of(self, kind: str) -> Sequence[JsonObject]:
        """Everything of *kind* in all namespaces, oldest first."""
        return tuple(self._objects.get(kind, {}).values())

    def owned(self, kind: str, owner_uid: str) -> Sequence[JsonObject]:
        """The objects of *kind* that the controller with *owner_uid* manages, oldest first."""
        table = self._objects.get(kind, {})
        return tuple(table[key] for key in self._owned.get((kind, owner_uid), ()))

    def watch(
        self, kind: str, since: int = 0, namespace: str = "default"
    ) -> Sequence[tuple[str, JsonObject]]:
        """Changes of *kind* after the resourceVersion *since*; see `ports.KubeApi.watch`."""
        if since == 0 and self._forgotten:
            return tuple(("ADDED", obj) for obj in self.list(kind, namespace))
        require_kept(since, forgotten=self._forgotten, current=self.version)
        changes = self._history_of[kind]
        start = place_after(changes, since)
        return tuple(
            (change.verb, change.object)
            for change in changes[start:]
            if namespace_of(change.object) == namespace
        )

    @property
    def version(self) -> int:
        """The resourceVersion of the last write, 0 before the first one."""
        return self._forgotten + len(self.history)

    def compact(self, keep: int) -> None:
        """Forget all but the last *keep* changes; the objects as they are now stay, of course.

        Who reads the whole *history* afterwards finds the rest of it only.
        """
        if keep < 0:
            raise ValueError(f"keep must not be negative, not {keep}")
        dropped = max(0, len(self.history) - keep)
        self._forgotten += dropped
        del self.history[:dropped]
        for changes in self._history_of.values():
            del changes[: place_after(changes, self._forgotten)]

    def subscribe(self, kind: str, callback: Subscriber) -> None:
        """Call *callback* inside every later write to an object of *kind*, after it is stored.

        An empty *kind* means all kinds; these are called last.
        """
        self._subscribers.setdefault(kind, []).append(callback)

    def admit_with(self, check: Admission) -> None:
        """Ask *check* before each new object is stored; what it raises is the client's answer."""
        self._admission.append(check)

    def create(self, obj: JsonObject) -> JsonObject:
        """Store a new object; `metadata.generateName` gets five random letters."""
        admit(obj)
        obj = unclaimed(defaulted(obj))
        kind = obj["kind"]
        metadata = {k: v for k, v in obj["metadata"].items() if k not in ("resourceVersion",)}
        namespace = "default"  # Where a cluster's own objects are kept, though they name none.
        if kind not in CLUSTER_SCOPED:
            namespace = metadata.setdefault("namespace", "default")
        ordinal = self._identity.count(kind)
        if not metadata.get("name"):
            metadata["name"] = self._free_name(kind, namespace, metadata["generateName"], ordinal)
        name = metadata["name"]
        if self.find(kind, name, namespace) is not None:
            raise Conflict(message('{kind} "{name}" already exists', kind=kind, name=name))
        self._ask_admission({**obj, "metadata": metadata})
        metadata["uid"] = self._identity.issue(kind)
        metadata["creationTimestamp"] = self._env.now
        metadata["generation"] = 1
        metadata.pop("deletionTimestamp", None)
        metadata.pop("deletionGracePeriodSeconds", None)
        return self._write("ADDED", {**obj, "metadata": metadata})

    def patch(
        self,
        kind: str,
        name: str,
        patch: JsonObject | Sequence[JsonObject],
        namespace: str = "default",
        subresource: str = "",
        patch_type: str = "",
    ) -> JsonObject:
        """Apply a patch; one that changes nothing writes nothing. See `ports.KubeApi.patch`."""
        before = self.get(kind, name, namespace)
        after = patched(part_of(before, subresource), patch, patch_type)
        self._require_current(before, (after.get("metadata") or {}).get("resourceVersion"))
        self.by_client = True
        try:
            match subresource:
                case "status":
                    return self.put_status(before, after.get("status") or {})
                case "scale":
                    return scale_of(self._replace(before, rescaled(before, after)))
            return self._replace(before, after)
        finally:
            self.by_client = False

    def put(self, obj: JsonObject) -> JsonObject:
        """Replace the object with *obj*, which must stem from its current version (PUT)."""
        before = self.get(obj["kind"], obj["metadata"]["name"], namespace_of(obj))
        self._require_current(before, obj["metadata"].get("resourceVersion"))
        return self._replace(before, obj)

    def put_whole(self, obj: JsonObject) -> JsonObject:
        """Replace spec and status in one write, as a node's kubelet or a binding may."""
        before = self.get(obj["kind"], obj["metadata"]["name"], namespace_of(obj))
        self._require_current(before, obj["metadata"].get("resourceVersion"))
        return self._replace(before, obj, status=obj.get("status"))

    def put_status(
        self, obj: JsonObject, status: JsonObject, annotations: Mapping[str, str] | None = None
    ) -> JsonObject:
        """Replace only the status of the object that *obj* is a version of.

        *annotations* are added in the same write: the API server lets a status update carry them
        (kubernetes/kubernetes pkg/registry/apps/deployment/strategy.go).
        """
        before = self.get(obj["kind"], obj["metadata"]["name"], namespace_of(obj))
        if before["metadata"]["uid"] != obj["metadata"]["uid"]:
            raise Conflict(message("the object was deleted and made anew"))
        metadata = before["metadata"]
        if annotations and not annotations.items() <= annotations_of(before).items():
            metadata = {**metadata, "annotations": {**annotations_of(before), **annotations}}
        elif before.get("status") == status:
            return before
        return self._write("MODIFIED", {**before, "metadata": metadata, "status": status})

    def delete(
        self,
        kind: str,
        name: str,
        namespace: str = "default",
        grace_period_seconds: int | None = None,
        propagation_policy: str | None = None,
    ) -> None:
        """Remove the object; one with a grace period or finalizers is only marked for now.

        *propagation_policy* says what becomes of the objects that it owns.
        """
        if propagation_policy not in (None, *POLICIES):
            raise Invalid(Message(_UNKNOWN_POLICY.format(propagation_policy)))
        stored = self.get(kind, name, namespace)
        before = under_policy(stored, propagation_policy)
        grace = deletion_grace(before, grace_period_seconds)
        if grace <= 0 and not finalizers_of(before):
            self._remove(before)
            return
        marked = deleted(before, max(grace, 0), self._env.now)
        if marked["metadata"] != stored["metadata"]:
            self._write("MODIFIED", marked)

    def _ask_admission(self, obj: JsonObject) -> None:
        try:
            for check in self._admission:
                check(obj)
        except BackendError:
            self._identity.refuse(obj["kind"])
            raise

    def _free_name(self, kind: str, namespace: str, stem: str, ordinal: int) -> str:
        taken = self._objects.get(kind, {})
        attempt = self._identity.refusals(kind)
        stem = stem[:MOST_STEM_LETTERS]
        while (namespace, name := stem + self._identity.suffix(kind, ordinal, attempt)) in taken:
            attempt += 1
        return name

    @staticmethod
    def _require_current(before: JsonObject, version: Any) -> None:
        if version is not None and str(version) != before["metadata"]["resourceVersion"]:
            raise Conflict(
                message(
                    "the object has been modified; please apply your changes to the latest"
                    " version and try again"
                )
            )

    def _replace(
        self, before: JsonObject, after: JsonObject, status: JsonObject | None = None
    ) -> JsonObject:
        old, new = before["metadata"], dict(after.get("metadata") or {})
        for field in _SERVER_OWNED:
            new.pop(field, None)
            if field in old:
                new[field] = old[field]
        new["resourceVersion"] = old["resourceVersion"]
        kind = before["kind"]
        result = {**after, "kind": kind, "metadata": new}
        result.pop("status", None)
        if status is not None or "status" in before:
            result["status"] = before["status"] if status is None else status
        if kind != "Pod" and result.get("spec") is not before.get("spec"):
            result = defaulted(result)
        if result == before:
            return before
        admit(result, before)
        if any(
            result.get(field) != before.get(field)
            for field in {**before, **result}
            if field not in ("metadata", "status")
        ):
            result["metadata"] = {**result["metadata"], "generation": old["generation"] + 1}
        if is_done(result):
            self._remove(result)
            return result
        return self._write("MODIFIED", result)

    def _remove(self, obj: JsonObject) -> None:
        key = (namespace_of(obj), obj["metadata"]["name"])
        stored = self._objects[obj["kind"]].pop(key)
        self._note_owner(key, stored, None)
        self._announce("DELETED", obj)

    def _write(self, verb: str, obj: JsonObject) -> JsonObject:
        metadata = obj["metadata"]
        version = self._forgotten + len(self.history) + 1
        obj["metadata"] = {**metadata, "resourceVersion": str(version)}
        key = (metadata.get("namespace", "default"), metadata["name"])
        table = self._objects.setdefault(obj["kind"], {})
        before = table.get(key)
        table[key] = obj
        owners = metadata.get("ownerReferences")
        if before is None or before["metadata"].get("ownerReferences") is not owners:
            self._note_owner(key, before, obj)
        self._announce(verb, obj)
        return obj

    def _note_owner(self, key: Key, before: JsonObject | None, after: JsonObject | None) -> None:
        """Whose the object at *key* was, and whose it is."""
        old = None if before is None else controller_of(before)
        new = None if after is None else controller_of(after)
        if old is not None and before is not None and old != new:
            del self._owned[before["kind"], old["uid"]][key]
        if new is not None and after is not None and old != new:
            self._owned.setdefault((after["kind"], new["uid"]), {})[key] = None

    def _announce(self, verb: str, obj: JsonObject) -> None:
        kind = obj["kind"]
        change = Change(self._env.now, verb, self._forgotten + len(self.history) + 1, obj)
        self.history.append(change)
        self._history_of[kind].append(change)
        for callback in self._subscribers.get(kind, ()):
            callback(change)
        for callback in self._subscribers.get("", ()):
            callback(change)
