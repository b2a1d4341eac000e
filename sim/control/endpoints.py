"""The EndpointSlice controller, and the way of its slices to every proxy.

(kubernetes/kubernetes pkg/controller/endpointslice/endpointslice_controller.go, pkg/proxy)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from sim.control.backends import Backends
from sim.control.clock import Environment
from sim.control.outbox import Outbox
from sim.control.roster import Roster
from sim.control.slices import Slices, entry_of
from sim.control.store import Key, Store
from sim.control.work_queue import WatchDelay, WorkQueue
from sim.model.backend_name import BackendName
from sim.model.endpoints import endpoint_conditions
from sim.model.objects import JsonObject, is_terminating, labels_of, matches, name_of, namespace_of
from sim.model.pod import is_finished
from sim.model.run import Change
from sim.model.service import serves
from sim.ports import DataPlane


class Endpoints:
    """Keeps the slices of every Service and tells the data plane what each proxy learns when.

    The data plane knows the Service that was created first, and those backends that somebody
    follows: a Service, or the pods of one that carry certain labels. Slices of others are kept in
    the store only. *outbox* is the way to the proxies; *also_terminating* tells whether pods that
    terminate are used where no other is ready, which kube-proxy does (pkg/proxy/topology.go) and
    neither ingress-nginx (internal/ingress/controller/endpointslices.go) nor Istio.
    """

    def __init__(
        self,
        env: Environment,
        store: Store,
        data_plane: DataPlane,
        delay: WatchDelay,
        *,
        outbox: Outbox,
        also_terminating: bool,
        roster: Roster,
    ) -> None:
        self._env = env
        self._store = store
        self._plane = data_plane
        self._outbox = outbox
        self._also_terminating = also_terminating
        self._roster = roster
        self._queue = WorkQueue(env, delay, self._sync)
        self._services: dict[Key, JsonObject] = {}
        self._slices: dict[Key, Slices] = {}
        self._changed: defaultdict[Key, dict[str, None]] = defaultdict(dict)
        self.backends = Backends()
        self._latest: dict[int, tuple[int, ...]] = {}  # What the slices say, heard or not.
        store.subscribe("Service", self._on_service)
        store.subscribe("Pod", self._on_pod)

    def follow(self, name: BackendName) -> int:
        """The number of that backend, of which proxies are told from now on."""
        if not self.backends.knows(name):
            number = self.backends.number(name)
            slices = self._slices.get((name.namespace, name.service))
            if slices is not None:
                self._announce(number, self._chosen(name, slices))
        return self.backends.number(name)

    def _on_service(self, change: Change) -> None:
        service = change.object
        key = (namespace_of(service), name_of(service))
        self.backends.enter(key)
        if change.verb == "DELETED":
            del self._services[key]
        else:
            before = self._services.get(key)
            self._services[key] = service
            if before is None or before["spec"] != service["spec"]:
                # Whom it selects may be others now: look at everybody once.
                self._changed[key] |= dict.fromkeys(self._candidates(key))
        self._queue.add(key)

    def _candidates(self, key: Key) -> list[str]:
        known = list(self._slices[key].pods()) if key in self._slices else []
        return known + [pod["metadata"]["uid"] for pod in self._store.list("Pod", key[0])]

    def _on_pod(self, change: Change) -> None:
        pod = change.object
        uid = pod["metadata"]["uid"]
        for key, service in self._services.items():
            slices = self._slices.get(key)
            known = slices is not None and slices.has(uid)
            if known or (pod.get("status", {}).get("podIP") and serves(service, pod)):
                self._changed[key][uid] = None
                self._queue.add(key)

    def _sync(self, key: Key) -> None:
        service = self._services.get(key)
        slices = self._slices.setdefault(key, Slices(self._store))
        changed = self._changed.pop(key, {})
        if service is None or is_terminating(service):
            slices.remove(key[0])
        else:
            for uid in changed:
                self._settle(service, slices, uid)
            slices.write(service)
        for name, number in self.backends.of(key).items():
            self._announce(number, self._chosen(name, slices))

    def _chosen(self, name: BackendName, slices: Slices) -> tuple[int, ...]:
        """The data-plane pods of one backend that get new connections."""
        chosen = slices.chosen(also_terminating=self._also_terminating)
        if not name.labels:
            return chosen
        return tuple(number for number in chosen if self._carries(number, dict(name.labels)))

    def _carries(self, number: int, labels: Mapping[str, str]) -> bool:
        record = self._roster.numbered(number)
        return record is not None and matches(labels_of(record.pod), labels)

    def _settle(self, service: JsonObject, slices: Slices, uid: str) -> None:
        """Bring the entry of one pod up to date."""
        record = self._roster.by_uid(uid)
        pod = self._store.find("Pod", record.name, record.namespace)
        if pod is None or pod["metadata"]["uid"] != uid:
            slices.discard(record)
            return
        address = pod.get("status", {}).get("podIP")
        if not address or is_finished(pod) or not serves(service, pod):
            slices.discard(record)
            return
        publish = bool(service["spec"].get("publishNotReadyAddresses"))
        slices.set(record, entry_of(pod, endpoint_conditions(pod, publish)))

    def _announce(self, backend: int, numbers: tuple[int, ...]) -> None:
        """The list of *backend* has changed, perhaps: then tell the proxies."""
        if numbers == self._latest.get(backend, ()):
            return
        self._latest[backend] = numbers
        self._outbox.put(backend, lambda at: self._plane.publish(numbers, at, backend))
