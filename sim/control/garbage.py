"""The garbage collector: what a deleted object owned goes with it, in the background.

(kubernetes/kubernetes pkg/controller/garbagecollector)
"""

from __future__ import annotations

from sim.control.clock import Environment
from sim.control.store import Store
from sim.control.work_queue import WatchDelay
from sim.model.objects import name_of, namespace_of
from sim.model.run import Change

_DEPENDENTS = {
    "Deployment": ("ReplicaSet",),
    "ReplicaSet": ("Pod",),
    "Service": ("EndpointSlice",),
}


class GarbageCollector:
    """Deletes the dependents of deleted Deployments, ReplicaSets and Services; pods gracefully."""

    def __init__(self, env: Environment, store: Store, delay: WatchDelay) -> None:
        self._env = env
        self._store = store
        self._delay = delay
        for kind in _DEPENDENTS:
            store.subscribe(kind, self._on_change)

    def _on_change(self, change: Change) -> None:
        if change.verb == "DELETED":
            gone = change.object
            seconds = self._delay.seconds((namespace_of(gone), name_of(gone)))
            uid = gone["metadata"]["uid"]
            kinds = _DEPENDENTS[gone["kind"]]
            self._env.call_at(self._env.now + seconds, lambda: self._collect(uid, kinds))

    def _collect(self, owner_uid: str, kinds: tuple[str, ...]) -> None:
        for kind in kinds:
            for obj in self._store.owned(kind, owner_uid):
                self._store.delete(kind, name_of(obj), namespace_of(obj))
