"""Nodes that fall silent: noticed late, tainted, and emptied of the pods that will not wait.

Between the silence and the taint nobody knows: the pods' endpoints stay, and what is sent to them
gets no answer.
(kubernetes/kubernetes pkg/controller/nodelifecycle, pkg/controller/tainteviction)
"""

from __future__ import annotations

from math import inf

from sim.control.clock import Environment
from sim.control.nodes import ready_condition
from sim.control.recorder import Recorder
from sim.control.roster import News, PodRecord, Roster
from sim.control.store import Store
from sim.control.work_queue import WatchDelay
from sim.model.draws import Purpose, Stream
from sim.model.node_failure import (
    LEASE_SECONDS,
    MONITOR_SECONDS,
    declared_unknown_at,
    evictions_per_second,
)
from sim.model.objects import JsonObject, condition, is_terminating, is_true, name_of, namespace_of
from sim.model.pod import node_of
from sim.model.taints import UNREACHABLE, seconds_tolerated

_LEAVE = {"key": UNREACHABLE, "effect": "NoExecute"}


class NodeLifecycle:
    """Watches the leases of all nodes; `lost` and `returned` tell it what the machines do."""

    def __init__(
        self,
        env: Environment,
        store: Store,
        recorder: Recorder,
        delay: WatchDelay,
        *,
        seed: int,
        roster: Roster,
    ) -> None:
        self._env = env
        self._store = store
        self._recorder = recorder
        self._delay = delay
        self._phases = Stream(seed, Purpose.LEASE_PHASE)
        self._began = env.now
        self._silent: dict[str, float] = {}  # Since when; of nodes that send nothing.
        self._unhealthy: set[str] = set()
        self._last_emptied = -inf
        self._evictions: dict[str, float] = {}  # Pods by UID, and when they must go.
        roster.subscribe(News.BOUND, self._on_bound_pod)

    def lost(self, node: str) -> None:
        """The machine stops, now."""
        now = self._env.now
        self._silent[node] = now
        index = [name_of(one) for one in self._store.list("Node")].index(node)
        lease = self._began + LEASE_SECONDS * self._phases.uniform(index)
        look = self._began + MONITOR_SECONDS * self._phases.uniform(0, 1)
        unknown = declared_unknown_at(now, lease, look)
        self._env.call_at(unknown, lambda: self._declare_unknown(node, now))

    def returned(self, node: str) -> None:
        """The machine has booted, and its kubelet says that it is well."""
        self._silent.pop(node, None)
        self._unhealthy.discard(node)
        obj = self._store.find("Node", node)
        if obj is None or is_true(obj, "Ready"):
            return
        spec = dict(obj["spec"])
        taints = [one for one in spec.pop("taints", ()) if one["key"] != UNREACHABLE]
        if taints:
            spec["taints"] = taints
        status = {**obj["status"], "conditions": [ready_condition(self._env.now)]}
        obj = self._store.put_whole({**obj, "spec": spec, "status": status})
        self._recorder.emit(obj, "NodeReady", f"Node {node} status is now: NodeReady")
        for pod in self._pods_on(node):
            self._evictions.pop(pod["metadata"]["uid"], None)
        for other in sorted(self._unhealthy):
            self._empty(other, self._silent[other])  # No longer all of them.

    def _declare_unknown(self, node: str, since: float) -> None:
        obj = self._store.find("Node", node)
        if obj is None or self._silent.get(node) != since:
            return
        self._unhealthy.add(node)
        unknown = {
            "type": "Ready",
            "status": "Unknown",
            "reason": "NodeStatusUnknown",
            "message": "Kubelet stopped posting node status.",
            "lastTransitionTime": self._env.now,
        }
        taints = [*(obj["spec"].get("taints") or ()), {"key": UNREACHABLE, "effect": "NoSchedule"}]
        obj = self._store.put_whole(
            {
                **obj,
                "spec": {**obj["spec"], "taints": taints},
                "status": {**obj["status"], "conditions": [unknown]},
            }
        )
        self._recorder.emit(obj, "NodeNotReady", f"Node {node} status is now: NodeNotReady")
        for pod in self._pods_on(node):
            self._mark_not_ready(pod)
        if len(self._unhealthy) == len(self._store.list("Node")):
            self._spare_all()
        self._empty(node, since)

    def _spare_all(self) -> None:
        """Every node is unhealthy: nobody is driven away, for the fault is probably our own.

        (node_lifecycle_controller.go, handleDisruption)
        """
        self._evictions.clear()
        for name in sorted(self._unhealthy):
            obj = self._store.get("Node", name)
            taints = [one for one in obj["spec"]["taints"] if one != _LEAVE]
            self._store.put({**obj, "spec": {**obj["spec"], "taints": taints}})

    def _mark_not_ready(self, pod: JsonObject) -> None:
        """The pod's Ready condition becomes False, though its kubelet says nothing.

        (pkg/controller/util/node/controller_utils.go, MarkPodsNotReady)
        """
        if not is_true(pod, "Ready"):
            return
        ready = {**(condition(pod, "Ready") or {}), "status": "False", "reason": "NodeNotReady"}
        ready["lastTransitionTime"] = self._env.now
        others = [one for one in pod["status"]["conditions"] if one["type"] != "Ready"]
        self._store.put_status(pod, {**pod["status"], "conditions": [*others, ready]})
        self._recorder.emit(pod, "NodeNotReady", "Node is not ready")

    def _empty(self, node: str, since: float) -> None:
        """Taint it so that pods must leave, as soon as the rate for that allows."""
        obj = self._store.find("Node", node)
        if obj is None or self._silent.get(node) != since or _LEAVE in obj["spec"]["taints"]:
            return
        now = self._env.now
        rate = evictions_per_second(len(self._unhealthy), len(self._store.list("Node")))
        turn = self._last_emptied + 1.0 / rate if rate else inf
        if now < turn:
            later = min(turn, now + MONITOR_SECONDS)  # The rate may change with the next look.
            self._env.call_at(later, lambda: self._empty(node, since))
            return
        self._last_emptied = now
        taints = [*obj["spec"]["taints"], _LEAVE]
        self._store.put({**obj, "spec": {**obj["spec"], "taints": taints}})
        for pod in self._pods_on(node):
            self._plan_eviction(pod, taints)

    def _on_bound_pod(self, record: PodRecord, _: int) -> None:
        """A pod that comes to a tainted node must leave it like the others."""
        if record.node in self._unhealthy and record.uid not in self._evictions:
            obj = self._store.get("Node", record.node)
            self._plan_eviction(record.pod, obj["spec"].get("taints") or [])

    def _plan_eviction(self, pod: JsonObject, taints: list[JsonObject]) -> None:
        tolerated = seconds_tolerated(taints, pod["spec"].get("tolerations") or ())
        if tolerated == inf or is_terminating(pod):
            return
        uid, key = pod["metadata"]["uid"], (namespace_of(pod), name_of(pod))
        when = self._env.now + self._delay.seconds(key) + tolerated
        self._evictions[uid] = when
        self._env.call_at(when, lambda: self._evict(uid, key[1], key[0], when))

    def _evict(self, uid: str, name: str, namespace: str, when: float) -> None:
        pod = self._store.find("Pod", name, namespace)
        if self._evictions.get(uid) != when or pod is None or pod["metadata"]["uid"] != uid:
            return
        note = f"Marking for deletion Pod {namespace}/{name}"
        self._recorder.emit(pod, "TaintManagerEviction", note)
        if not is_terminating(pod):
            self._store.delete("Pod", name, namespace)

    def _pods_on(self, node: str) -> list[JsonObject]:
        return [pod for pod in self._store.objects_of("Pod") if node_of(pod) == node]
