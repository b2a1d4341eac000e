"""The EndpointSlices of one Service, kept entry by entry: a pod's change touches its own slice.

(kubernetes/endpointslice reconciler.go; at most 100 endpoints a slice is the controller manager's
default, kubernetes/kubernetes pkg/controller/endpointslice/config)
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator

from sim.control.roster import PodRecord
from sim.control.store import Store
from sim.model.endpoints import is_fallback, is_ready_endpoint
from sim.model.objects import JsonObject, name_of, namespace_of
from sim.model.pod import node_of
from sim.model.service import target_port

SERVICE_LABEL = "kubernetes.io/service-name"
MOST_ENDPOINTS = 100


class _Slice:
    """One slice: its object's name, and its entries by pod, in the order of the pods' creation.

    `ready` and `fallback` are the data-plane pods that proxies would choose of them.
    """

    def __init__(self) -> None:
        self.name = ""
        self._pods: list[int] = []  # Ordinals, in order, as the keys of the others.
        self._entries: dict[int, JsonObject] = {}
        self._ready: dict[int, int] = {}
        self._fallback: dict[int, int] = {}
        self._ready_in_order: list[int] | None = None  # Until it changes.

    def __len__(self) -> int:
        return len(self._pods)

    @property
    def entries(self) -> list[JsonObject]:
        """The endpoints, as the object lists them."""
        return [self._entries[pod] for pod in self._pods]

    @property
    def ready(self) -> list[int]:
        """Those that are ready."""
        if self._ready_in_order is None:
            self._ready_in_order = [self._ready[pod] for pod in sorted(self._ready)]
        return self._ready_in_order

    @property
    def fallback(self) -> list[int]:
        """Those that still serve while they terminate."""
        return [self._fallback[pod] for pod in self._pods if pod in self._fallback]

    def has(self, record: PodRecord, entry: JsonObject) -> bool:
        """Whether the pod's endpoint is *entry* already."""
        return self._entries.get(record.ordinal) == entry

    def set(self, record: PodRecord, entry: JsonObject) -> None:
        """The pod's endpoint is *entry* now."""
        pod = record.ordinal
        if pod not in self._entries:
            insort(self._pods, pod)
        self._entries[pod] = entry
        self._ready_in_order = None
        for chosen, holds in (
            (self._ready, is_ready_endpoint(entry)),
            (self._fallback, is_fallback(entry)),
        ):
            if holds:
                chosen[pod] = record.number
            else:
                chosen.pop(pod, None)

    def discard(self, record: PodRecord) -> None:
        """The pod has no endpoint here any more."""
        pod = record.ordinal
        del self._pods[bisect_left(self._pods, pod)]
        del self._entries[pod]
        self._ready_in_order = None
        self._ready.pop(pod, None)
        self._fallback.pop(pod, None)


class Slices:
    """All endpoints of one Service; `set` and `discard` note changes, `write` stores them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._slices: list[_Slice] = []
        self._home: dict[str, _Slice] = {}
        self._touched: list[_Slice] = []

    def pods(self) -> Iterator[str]:
        """The UIDs of all pods that have an entry."""
        yield from self._home

    def has(self, pod_uid: str) -> bool:
        """Whether the pod has an entry."""
        return pod_uid in self._home

    def set(self, record: PodRecord, entry: JsonObject) -> None:
        """The pod's endpoint is *entry* now; a new one takes the first free place."""
        home = self._home.get(record.uid)
        if home is None:
            home = self._home[record.uid] = self._with_room()
        elif home.has(record, entry):
            return
        home.set(record, entry)
        self._touch(home)

    def discard(self, record: PodRecord) -> None:
        """The pod is no endpoint any more."""
        home = self._home.pop(record.uid, None)
        if home is not None:
            home.discard(record)
            self._touch(home)

    def write(self, service: JsonObject) -> bool:
        """Store every slice that changed; whether any did. One that is empty goes, but the last."""
        if not self._slices:
            self._touch(self._new())
        touched, self._touched = self._touched, []
        for one in touched:
            if len(one) or len(self._slices) == 1:
                self._store_slice(service, one)
            else:
                self._slices.remove(one)
                if one.name:
                    self._store.delete("EndpointSlice", one.name, namespace_of(service))
        return bool(touched)

    def remove(self, namespace: str) -> None:
        """The Service is gone, and its slices go with it."""
        for one in self._slices:
            if one.name and self._store.find("EndpointSlice", one.name, namespace) is not None:
                self._store.delete("EndpointSlice", one.name, namespace)
        self._slices, self._home, self._touched = [], {}, []

    def chosen(self, *, also_terminating: bool = True) -> tuple[int, ...]:
        """The data-plane pods that get new connections, slice by slice.

        Without any ready one those that still serve while they terminate, for who looks at these
        too (*also_terminating*): kube-proxy does.
        """
        ready = [number for one in self._slices for number in one.ready]
        if not also_terminating:
            return tuple(ready)
        return tuple(ready or [number for one in self._slices for number in one.fallback])

    def _with_room(self) -> _Slice:
        for one in self._slices:
            if len(one) < MOST_ENDPOINTS:
                return one
        return self._new()

    def _new(self) -> _Slice:
        self._slices.append(_Slice())
        return self._slices[-1]

    def _touch(self, one: _Slice) -> None:
        if one not in self._touched:
            self._touched.append(one)

    def _store_slice(self, service: JsonObject, one: _Slice) -> None:
        entries = one.entries
        if not one.name:
            one.name = name_of(self._store.create(self._object(service, entries)))
            return
        found = self._store.get("EndpointSlice", one.name, namespace_of(service))
        self._store.put({**found, "endpoints": entries, "ports": self._ports(service, entries)})

    def _object(self, service: JsonObject, entries: list[JsonObject]) -> JsonObject:
        owner = {
            "apiVersion": "v1",
            "kind": "Service",
            "name": name_of(service),
            "uid": service["metadata"]["uid"],
            "controller": True,
            "blockOwnerDeletion": True,
        }
        return {
            "apiVersion": "discovery.k8s.io/v1",
            "kind": "EndpointSlice",
            "metadata": {
                "generateName": f"{name_of(service)}-",
                "namespace": namespace_of(service),
                "labels": {SERVICE_LABEL: name_of(service)},
                "ownerReferences": [owner],
            },
            "addressType": "IPv4",
            "endpoints": entries,
            "ports": self._ports(service, entries),
        }

    def _ports(self, service: JsonObject, entries: list[JsonObject]) -> list[JsonObject]:
        """The Service's ports; a target port by name is the number of the first pod that has it."""
        pod = None
        if entries:
            target = entries[0]["targetRef"]
            pod = self._store.find("Pod", target["name"], target["namespace"])
        ports = []
        for port in service["spec"].get("ports") or ():
            number = target_port(port, pod)
            if number is not None:
                protocol = port.get("protocol", "TCP")
                ports.append({"name": port.get("name", ""), "port": number, "protocol": protocol})
        return ports


def entry_of(pod: JsonObject, conditions: dict[str, bool]) -> JsonObject:
    """A pod's endpoint."""
    metadata = pod["metadata"]
    return {
        "addresses": [pod["status"]["podIP"]],
        "conditions": conditions,
        "nodeName": node_of(pod),
        "targetRef": {
            "kind": "Pod",
            "name": metadata["name"],
            "namespace": namespace_of(pod),
            "uid": metadata["uid"],
        },
    }
