"""The EndpointSlice controller, and the way of its slices to every proxy.

(kubernetes/kubernetes pkg/controller/endpointslice/endpointslice_controller.go, pkg/proxy)
"""

from __future__ import annotations

from collections import defaultdict
from math import inf

from sim.control.clock import Environment
from sim.control.news import News
from sim.control.roster import Roster
from sim.control.slices import Slices, entry_of
from sim.control.store import Key, Store
from sim.control.work_queue import WatchDelay, WorkQueue
from sim.model.endpoints import endpoint_conditions
from sim.model.objects import JsonObject, is_terminating, name_of, namespace_of
from sim.model.pod import is_finished
from sim.model.run import Change
from sim.model.service import serves
from sim.ports import DataPlane


class Endpoints:
    """Keeps the slices of every Service and tells the data plane what each proxy learns when.

    The data plane knows one Service, the first that was created; slices of others are kept in the
    store only. *news* tells how long a change is on its way; *also_terminating* whether pods that
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
        news: News,
        also_terminating: bool,
        proxies: int,
        roster: Roster,
    ) -> None:
        self._env = env
        self._store = store
        self._plane = data_plane
        self._news = news
        self._also_terminating = also_terminating
        self._roster = roster
        self._queue = WorkQueue(env, delay, self._sync)
        self._services: dict[Key, JsonObject] = {}
        self._slices: dict[Key, Slices] = {}
        self._changed: defaultdict[Key, dict[str, None]] = defaultdict(dict)
        self._served: Key | None = None
        self._apply_at = [-inf] * proxies
        self._latest: tuple[int, ...] = ()  # What the slices say, sent to the proxies or not.
        self._due: float | None = None  # When that will be sent; None: it has been.
        self._since = 0.0  # The first change that has not been.
        self._sent = 0  # How many lists have been.
        store.subscribe("Service", self._on_service)
        store.subscribe("Pod", self._on_pod)

    def heard_by_all(self) -> bool:
        """Whether every change published so far has reached every proxy."""
        return self._due is None and max(self._apply_at, default=-inf) <= self._env.now

    def _on_service(self, change: Change) -> None:
        service = change.object
        key = (namespace_of(service), name_of(service))
        if self._served is None:
            self._served = key
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
        if key == self._served:
            self._announce(slices.chosen(also_terminating=self._also_terminating))

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

    def _announce(self, numbers: tuple[int, ...]) -> None:
        """The list has changed: send it to the proxies, now or when it is due."""
        if numbers == self._latest:
            return
        self._latest = numbers
        if self._due is None:
            self._since = self._env.now
        due = self._news.due(self._env.now, self._since)
        if due <= self._env.now:
            self._send()
        elif due != self._due:
            self._due = due
            self._env.call_at(due, lambda: self._send_if_due(due))

    def _send_if_due(self, due: float) -> None:
        if due == self._due:
            self._send()

    def _send(self) -> None:
        """Each proxy hears of a change at its own time, and never of an older one after it."""
        self._due = None
        now = self._env.now
        for proxy, before in enumerate(self._apply_at):
            self._apply_at[proxy] = max(before, self._news.heard(now, proxy, self._sent))
        self._sent += 1
        self._plane.publish(self._latest, tuple(self._apply_at))
