"""Who is who among the pods: what each is now, and who wants to hear of which change.

A kubelet writes a pod's status some six times before the pod is ready, and most controllers care
for one or two of these writes. What a write changed is found out once, here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntFlag
from typing import TypeAlias

from sim.control.store import Store
from sim.control.versions import Versions
from sim.model.objects import JsonObject, name_of, namespace_of
from sim.model.pod import controller_of, ready_since
from sim.model.run import Change

NOT_RUN = -1


class News(IntFlag):
    """What a write changed about a pod."""

    BORN = 1
    BOUND = 2  # It has a node.
    PHASE = 4
    READY = 8  # The Ready condition, or since when it is True.
    ADDRESS = 16
    CONDITIONS = 32  # Any of them.
    TERMINATING = 64  # A deletion timestamp, or another one.
    LABELS = 128
    OWNER = 256
    GONE = 512


# The same as plain numbers: combining flags of an enumeration costs a microsecond each.
_BORN, _BOUND, _PHASE, _READY, _ADDRESS = 1, 2, 4, 8, 16
_CONDITIONS, _TERMINATING, _LABELS, _OWNER, _GONE = 32, 64, 128, 256, 512


@dataclass(slots=True, kw_only=True, eq=False)
class PodRecord:
    """One pod. *ordinal* counts the run's pods from 0 and keys all draws about this one.

    *number* is the data plane's, `NOT_RUN` until a kubelet has admitted the pod. The rest is read
    off *pod*, the object as it is now (or last was): *owner* is its controller's reference, and
    *ready_since* None while it is not ready.
    """

    ordinal: int
    uid: str
    name: str
    namespace: str
    version: int
    pod: JsonObject
    number: int = NOT_RUN
    node: str = ""
    phase: str = "Pending"
    ready_since: float | None = None
    address: str = ""
    terminating: bool = False
    gone: bool = False
    owner: JsonObject | None = None

    @property
    def finished(self) -> bool:
        """Whether all its containers ended for good."""
        return self.phase in ("Succeeded", "Failed")

    @property
    def active(self) -> bool:
        """Whether a ReplicaSet counts it: not finished and not deleted."""
        return not (self.terminating or self.gone or self.phase in ("Succeeded", "Failed"))


Listener: TypeAlias = Callable[[PodRecord, int], None]


class Roster:
    """All pods of the run, by UID and by data-plane number, in the order of their creation."""

    def __init__(self, store: Store, versions: Versions) -> None:
        self._store = store
        self._versions = versions
        self._by_uid: dict[str, PodRecord] = {}
        self._by_number: dict[int, PodRecord] = {}
        self._listeners: list[tuple[int, Listener]] = []
        self._concerned: dict[int, list[Listener]] = {}  # By what a write changed.
        store.subscribe("Pod", self._on_pod)

    def of(self, pod: JsonObject) -> PodRecord:
        """The record of a *pod*."""
        return self._by_uid[pod["metadata"]["uid"]]

    def by_uid(self, uid: str) -> PodRecord:
        """The record of the pod with that UID."""
        return self._by_uid[uid]

    def numbered(self, number: int) -> PodRecord | None:
        """The pod with that data-plane number."""
        return self._by_number.get(number)

    def present(self) -> list[PodRecord]:
        """All pods that exist now, in the order of their creation."""
        return [record for record in self._by_uid.values() if not record.gone]

    def assign(self, record: PodRecord, number: int) -> None:
        """The data plane calls this pod *number*."""
        record.number = number
        self._by_number[number] = record

    def subscribe(self, news: News, listener: Listener) -> None:
        """Call *listener* with the pod and all that changed, in each write that has any of *news*.

        Listeners are called in the order in which they subscribed.
        """
        self._listeners.append((int(news), listener))
        self._concerned.clear()

    def _on_pod(self, change: Change) -> None:
        pod = change.object
        record = self._by_uid.get(pod["metadata"]["uid"])
        if record is None:
            record, news = self._enter(pod), _BORN
        else:
            news = 0
        before, record.pod = record.pod, pod
        if pod.get("status") is not before.get("status") or news:
            news |= _note_status(record, before)
        news |= _note_rest(record, before, born=bool(news & _BORN))
        if change.verb == "DELETED":
            record.gone = True
            news |= _GONE
        concerned = self._concerned.get(news)
        if concerned is None:
            concerned = [listener for wanted, listener in self._listeners if wanted & news]
            self._concerned[news] = concerned
        for listener in concerned:
            listener(record, news)

    def _enter(self, pod: JsonObject) -> PodRecord:
        uid = pod["metadata"]["uid"]
        record = self._by_uid[uid] = PodRecord(
            ordinal=len(self._by_uid),
            uid=uid,
            name=name_of(pod),
            namespace=namespace_of(pod),
            version=self._versions.number(self._template_of(pod)),
            pod=pod,
        )
        return record

    def _template_of(self, pod: JsonObject) -> JsonObject:
        """Its ReplicaSet's template; a pod without one is a template of its own."""
        owner = controller_of(pod)
        if owner is not None:
            found = self._store.find(owner["kind"], owner["name"], namespace_of(pod))
            if found is not None:
                template: JsonObject = found["spec"]["template"]
                return template
        kept = {k: v for k, v in pod["metadata"].items() if k in ("labels", "annotations")}
        return {"metadata": kept, "spec": pod["spec"]}


def _note_status(record: PodRecord, before: JsonObject) -> int:
    """Read the status of the record's pod; what is other than it was."""
    news = 0
    status = record.pod.get("status") or {}
    phase = status.get("phase", "Pending")
    if phase != record.phase:
        record.phase = phase
        news = _PHASE
    address = status.get("podIP", "")
    if address != record.address:
        record.address = address
        news |= _ADDRESS
    if status.get("conditions") != (before.get("status") or {}).get("conditions"):
        news |= _CONDITIONS
        since = ready_since(record.pod)
        if since != record.ready_since:
            record.ready_since = since
            news |= _READY
    return news


def _note_rest(record: PodRecord, before: JsonObject, *, born: bool) -> int:
    """Read node, deletion, labels and owner of the record's pod; what is other than it was."""
    news = 0
    metadata, old = record.pod["metadata"], before["metadata"]
    if record.pod["spec"] is not before["spec"] or born:
        node = record.pod["spec"].get("nodeName") or ""
        if node != record.node:
            record.node = node
            news = _BOUND
    deletion = metadata.get("deletionTimestamp")
    if deletion is not None and (deletion != old.get("deletionTimestamp") or born):
        record.terminating = True
        news |= _TERMINATING
    labels, old_labels = metadata.get("labels"), old.get("labels")
    if labels is not old_labels and labels != old_labels:
        news |= _LABELS
    owners = metadata.get("ownerReferences")
    if owners is not old.get("ownerReferences") or born:
        owner = controller_of(record.pod)
        if owner != record.owner:
            record.owner = owner
            news |= _OWNER
    return news
