"""The EndpointSlice controller, and the way of its slices to every proxy.

(kubernetes/endpointslice reconciler.go; kubernetes/kubernetes pkg/proxy)
"""

from __future__ import annotations

from math import inf

from sim.control.clock import Environment
from sim.control.roster import Roster
from sim.control.store import Key, Store
from sim.control.work_queue import WatchDelay, WorkQueue
from sim.model.draws import Purpose, Stream
from sim.model.endpoints import chosen, endpoints_of
from sim.model.objects import JsonObject, labels_of, matches, name_of, namespace_of
from sim.model.run import Change
from sim.ports import DataPlane

SERVICE_LABEL = "kubernetes.io/service-name"
_PROXY_BITS = 20


class Endpoints:
    """Keeps one slice per Service and tells the data plane what each proxy learns when.

    The data plane knows one Service, the first that was created; slices of others are kept in the
    store only. A slice may grow beyond 100 endpoints, where upstream would begin another one.
    """

    def __init__(
        self,
        env: Environment,
        store: Store,
        data_plane: DataPlane,
        delay: WatchDelay,
        *,
        seed: int,
        propagation: tuple[float, float],
        proxies: int,
        roster: Roster,
    ) -> None:
        self._env = env
        self._store = store
        self._plane = data_plane
        self._propagation = propagation
        self._draws = Stream(seed, Purpose.PROPAGATION)
        self._roster = roster
        self._queue = WorkQueue(env, delay, self._sync)
        self._served: Key | None = None
        self._apply_at = [-inf] * proxies
        self._published: tuple[int, ...] = ()
        self._changes = 0
        store.subscribe("Service", self._on_service)
        store.subscribe("Pod", self._on_pod)

    def heard_by_all(self) -> bool:
        """Whether every change published so far has reached every proxy."""
        return max(self._apply_at, default=-inf) <= self._env.now

    def _on_service(self, change: Change) -> None:
        key = (namespace_of(change.object), name_of(change.object))
        if self._served is None:
            self._served = key
        self._queue.add(key)

    def _on_pod(self, change: Change) -> None:
        pod = change.object
        namespace = namespace_of(pod)
        if not pod.get("status", {}).get("podIP"):
            return
        for service in self._store.list("Service", namespace):
            if matches(labels_of(pod), service["spec"].get("selector")):
                self._queue.add((namespace, name_of(service)))

    def _sync(self, key: Key) -> None:
        namespace, name = key
        service = self._store.find("Service", name, namespace)
        entries: list[JsonObject] = []
        if service is not None:
            selector = service["spec"].get("selector")
            pods = self._store.list("Pod", namespace, selector) if selector else ()
            entries = endpoints_of(service, pods)
        self._write(key, service, entries)
        if key == self._served:
            self._publish(entries)

    def _write(self, key: Key, service: JsonObject | None, entries: list[JsonObject]) -> None:
        namespace, name = key
        found = self._store.find("EndpointSlice", name, namespace)
        if service is None:
            if found is not None:
                self._store.delete("EndpointSlice", name, namespace)
        elif found is None:
            self._store.create(_slice(service, entries))
        elif found["endpoints"] != entries:
            self._store.put({**found, "endpoints": entries})

    def _publish(self, entries: list[JsonObject]) -> None:
        """Each proxy hears of a change at its own time, and never of an older one after it."""
        numbers = tuple(self._number(entry) for entry in chosen(entries))
        if numbers == self._published:
            return
        self._published = numbers
        now = self._env.now
        for proxy, before in enumerate(self._apply_at):
            key = (self._changes << _PROXY_BITS) | proxy
            heard = now + self._draws.between(self._propagation, key)
            self._apply_at[proxy] = max(before, heard)
        self._changes += 1
        self._plane.publish(numbers, tuple(self._apply_at))

    def _number(self, entry: JsonObject) -> int:
        return self._roster.by_uid(entry["targetRef"]["uid"]).number


def _slice(service: JsonObject, entries: list[JsonObject]) -> JsonObject:
    name = name_of(service)
    owner = {
        "apiVersion": "v1",
        "kind": "Service",
        "name": name,
        "uid": service["metadata"]["uid"],
        "controller": True,
    }
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {
            "name": name,
            "namespace": namespace_of(service),
            "labels": {SERVICE_LABEL: name},
            "ownerReferences": [owner],
        },
        "addressType": "IPv4",
        "endpoints": entries,
        "ports": [
            {"name": port.get("name", ""), "port": _target(port), "protocol": "TCP"}
            for port in service["spec"].get("ports") or ()
        ],
    }


def _target(port: JsonObject) -> int | str:
    target: int | str = port.get("targetPort") or port["port"]
    return target
