"""ResourceQuotas: what a namespace may use, charged when an object is created.

(kubernetes/apiserver pkg/admission/plugin/resourcequota, which charges;
kubernetes/kubernetes pkg/controller/resourcequota, which counts anew what was given back)
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.control.clock import Environment
from sim.control.store import Key, Store
from sim.control.work_queue import WatchDelay, WorkQueue
from sim.errors import Forbidden
from sim.i18n import Message
from sim.model.objects import JsonObject, name_of, namespace_of
from sim.model.pod import is_finished
from sim.model.quota import (
    KIND,
    RESOURCES,
    TRACKED,
    cost,
    covers,
    excess,
    shown,
    total,
    units,
    unstated,
)
from sim.model.run import Change

# --resource-quota-sync-period: what no event tells, such as a pod that hangs, is noticed then.
RESYNC_SECONDS = 300.0


class Quotas:
    """Refuses what a namespace cannot afford, and keeps every quota's `status.used`.

    A quota that was just created knows its use at once, as one that stood there before the
    cluster's pods would. What a deleted object gives back is counted after a watch delay.
    """

    def __init__(self, env: Environment, store: Store, delay: WatchDelay) -> None:
        self._env = env
        self._store = store
        self._queue = WorkQueue(env, delay, self._sync)
        self._quotas: dict[Key, JsonObject] = {}
        store.admit_with(self._charge)
        for kind in RESOURCES:
            store.subscribe(kind, self._on_quota if kind == KIND else self._on_change)

    def _charge(self, obj: JsonObject) -> None:
        """Let *obj* in and write its cost down. Raise `Forbidden` if any quota refuses it."""
        namespace = namespace_of(obj)
        for quota in self._in(namespace):
            if "status" not in quota:
                self._sync((namespace, name_of(quota)))
        found = [quota for quota in self._in(namespace) if covers(quota, obj)]
        if not found:
            return
        asked = cost(obj, self._env.now)
        statuses = [_charged(quota, obj, asked) for quota in found]
        for quota, status in zip(found, statuses, strict=True):
            if status is not None:
                self._store.put_status(quota, status)

    def _in(self, namespace: str) -> list[JsonObject]:
        return [quota for key, quota in self._quotas.items() if key[0] == namespace]

    def _on_quota(self, change: Change) -> None:
        quota = change.object
        key = (namespace_of(quota), name_of(quota))
        if change.verb == "DELETED":
            self._quotas.pop(key, None)
            self._on_change(change)
            return
        before = self._quotas.get(key)
        self._quotas[key] = quota
        if before is None:
            self._env.call_at(self._env.now, lambda: self._sync(key))
        elif before["spec"] != quota["spec"]:
            self._queue.add(key)

    def _on_change(self, change: Change) -> None:
        """Something was given back: an object is gone, or a pod has ended."""
        obj = change.object
        if not self._quotas or change.verb == "ADDED":
            return
        if change.verb == "DELETED" or (obj["kind"] == "Pod" and is_finished(obj)):
            for quota in self._in(namespace_of(obj)):
                self._queue.add((namespace_of(quota), name_of(quota)))

    def _sync(self, key: Key) -> None:
        quota = self._quotas.get(key)
        if quota is None:
            return
        hard = quota["spec"].get("hard") or {}
        costs = (
            cost(obj, self._env.now)
            for kind in RESOURCES
            for obj in self._store.list(kind, key[0])
            if covers(quota, obj)
        )
        used = total(costs, [resource for resource in hard if resource in TRACKED])
        self._store.put_status(quota, {"hard": dict(hard), "used": _written(used)})
        self._queue.add_at(key, self._env.now + RESYNC_SECONDS)


def _charged(quota: JsonObject, obj: JsonObject, asked: Mapping[str, int]) -> JsonObject | None:
    """The quota's status with *asked* spent; None if it counts nothing of that."""
    status = quota["status"]
    hard = {one: units(one, text) for one, text in status["hard"].items() if one in TRACKED}
    used = {one: units(one, text) for one, text in status["used"].items()}
    refusal = ""
    if obj["kind"] == "Pod" and (lacking := unstated(hard, obj["spec"])):
        refusal = f"failed quota: {name_of(quota)}: {lacking}"
    refusal = refusal or excess(name_of(quota), hard, used, asked)
    if refusal:
        # The API server's own words, in every language.
        resource = RESOURCES[obj["kind"]]
        raise Forbidden(Message(f'{resource} "{name_of(obj)}" is forbidden: {refusal}'))
    spent = total((used, asked), hard)
    return None if spent == used else {**status, "used": _written(spent)}


def _written(amounts: Mapping[str, int]) -> dict[str, str]:
    return {resource: shown(resource, amount) for resource, amount in amounts.items()}
