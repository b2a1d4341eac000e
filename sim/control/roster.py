"""What the simulation knows of a pod that Kubernetes does not: number, version, data-plane pod."""

from __future__ import annotations

from dataclasses import dataclass

from sim.control.store import Store
from sim.control.versions import Versions
from sim.model.objects import JsonObject, name_of, namespace_of
from sim.model.pod import controller_of
from sim.model.run import Change

NOT_RUN = -1


@dataclass(slots=True, kw_only=True)
class PodRecord:
    """One pod. *ordinal* counts the run's pods from 0 and keys all draws about this one.

    *number* is the data plane's, `NOT_RUN` until a kubelet has admitted the pod.
    """

    ordinal: int
    uid: str
    name: str
    namespace: str
    version: int
    number: int = NOT_RUN


class Roster:
    """All pods of the run, by UID and by data-plane number, in the order of their creation."""

    def __init__(self, store: Store, versions: Versions) -> None:
        self._store = store
        self._versions = versions
        self._by_uid: dict[str, PodRecord] = {}
        self._by_number: dict[int, PodRecord] = {}
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

    def assign(self, record: PodRecord, number: int) -> None:
        """The data plane calls this pod *number*."""
        record.number = number
        self._by_number[number] = record

    def _on_pod(self, change: Change) -> None:
        pod = change.object
        if change.verb == "ADDED":
            uid = pod["metadata"]["uid"]
            self._by_uid[uid] = PodRecord(
                ordinal=len(self._by_uid),
                uid=uid,
                name=name_of(pod),
                namespace=namespace_of(pod),
                version=self._versions.number(self._template_of(pod)),
            )

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
