"""Disruption budgets: how many pods may be evicted now, and the eviction that asks for it.

Only evictions obey a budget. A rollout, a scale-down, a deleted pod or a lost node do not; the pods
they cost are missing from it all the same.
(kubernetes/kubernetes pkg/controller/disruption, pkg/registry/core/pod/storage/eviction.go)
"""

from __future__ import annotations

from sim.control.census import COUNTED
from sim.control.clock import Environment
from sim.control.roster import PodRecord, Roster
from sim.control.store import Key, Store
from sim.control.work_queue import WatchDelay, WorkQueue
from sim.errors import Conflict, TooManyRequests
from sim.i18n import message
from sim.model.disruption import Budget, budget_of, may_evict
from sim.model.objects import JsonObject, is_terminating, labels_of, name_of, namespace_of
from sim.model.pod import controller_of, is_ready, phase_of
from sim.model.run import Change
from sim.model.selector import selects

KIND = "PodDisruptionBudget"
VIOLATED = "Cannot evict pod as it would violate the pod's disruption budget."


class Disruptions:
    """Keeps every budget's status, and evicts."""

    def __init__(
        self, env: Environment, store: Store, delay: WatchDelay, *, roster: Roster
    ) -> None:
        self._env = env
        self._store = store
        self._queue = WorkQueue(env, delay, self._sync)
        self._budgets: dict[Key, JsonObject] = {}
        store.subscribe(KIND, self._on_budget)
        roster.subscribe(COUNTED, self._on_pod)
        store.subscribe("ReplicaSet", self._on_replica_set)

    def evict(self, name: str, namespace: str = "default") -> None:
        """Delete a pod if its budget allows it. Raise `TooManyRequests` (429) if it does not."""
        pod = self._store.get("Pod", name, namespace)
        found = [pdb for pdb in self._budgets.values() if _covers(pdb, pod)]
        if phase_of(pod) != "Running" or is_terminating(pod) or not found:
            self._store.delete("Pod", name, namespace)
            return
        if len(found) > 1:
            raise Conflict(
                message(
                    "pod {name} has more than one PodDisruptionBudget, which evictions do not"
                    " support",
                    name=name,
                )
            )
        pdb = found[0]
        status = pdb.get("status") or {}
        known = Budget(
            expected=status.get("expectedPods", 0),
            healthy=status.get("currentHealthy", 0),
            desired=status.get("desiredHealthy", 0),
        )
        always = pdb["spec"].get("unhealthyPodEvictionPolicy") == "AlwaysAllow"
        allowed, costs = may_evict(
            ready=is_ready(pod),
            left=status.get("disruptionsAllowed", 0),
            budget=known,
            always=always,
        )
        if not allowed:
            raise TooManyRequests(
                message(
                    "{violated} The disruption budget {name} needs {desired} healthy pods and has"
                    " {healthy} currently",
                    violated=VIOLATED,
                    name=name_of(pdb),
                    desired=known.desired,
                    healthy=known.healthy,
                )
            )
        if costs:
            left = {**status, "disruptionsAllowed": status["disruptionsAllowed"] - 1}
            left["disruptedPods"] = {**status.get("disruptedPods", {}), name: self._env.now}
            self._store.put_status(pdb, left)
        self._store.delete("Pod", name, namespace)

    def _on_budget(self, change: Change) -> None:
        key = (namespace_of(change.object), name_of(change.object))
        if change.verb == "DELETED":
            self._budgets.pop(key, None)
            return
        self._budgets[key] = change.object
        self._queue.add(key)

    def _on_pod(self, record: PodRecord, _: int) -> None:
        for key, pdb in self._budgets.items():
            if _covers(pdb, record.pod):
                self._queue.add(key)

    def _on_replica_set(self, change: Change) -> None:
        for key in self._budgets:
            if key[0] == namespace_of(change.object):
                self._queue.add(key)

    def _sync(self, key: Key) -> None:
        pdb = self._budgets.get(key)
        if pdb is None:
            return
        pods = [pod for pod in self._store.list("Pod", key[0]) if _covers(pdb, pod)]
        disrupted = {
            name: time
            for name, time in ((pdb.get("status") or {}).get("disruptedPods") or {}).items()
            if any(name_of(pod) == name and not is_terminating(pod) for pod in pods)
        }
        healthy = sum(
            is_ready(pod) and not is_terminating(pod) and name_of(pod) not in disrupted
            for pod in pods
        )
        budget = budget_of(
            pdb["spec"], expected=self._expected(pods), pods=len(pods), healthy=healthy
        )
        status = {
            "observedGeneration": pdb["metadata"]["generation"],
            "expectedPods": budget.expected,
            "currentHealthy": budget.healthy,
            "desiredHealthy": budget.desired,
            "disruptionsAllowed": budget.allowed,
            "conditions": [self._condition(pdb, budget)],
        }
        if disrupted:
            status["disruptedPods"] = disrupted
        self._store.put_status(pdb, status)

    def _expected(self, pods: list[JsonObject]) -> int:
        """How many pods the controllers of these want together: Deployments by spec.replicas."""
        wanted: dict[str, int] = {}
        for pod in pods:
            owner = controller_of(pod)
            if owner is None:
                continue
            rs = self._store.find("ReplicaSet", owner["name"], namespace_of(pod))
            if rs is None or owner["uid"] in wanted:
                continue
            above = controller_of(rs)
            scaled = None
            if above is not None:
                scaled = self._store.find(above["kind"], above["name"], namespace_of(pod))
            target = rs if scaled is None else scaled
            wanted[target["metadata"]["uid"]] = target["spec"].get("replicas", 1)
        return sum(wanted.values())

    def _condition(self, pdb: JsonObject, budget: Budget) -> JsonObject:
        allowed = budget.allowed > 0
        wanted = {
            "type": "DisruptionAllowed",
            "status": "True" if allowed else "False",
            "reason": "SufficientPods" if allowed else "InsufficientPods",
            "observedGeneration": pdb["metadata"]["generation"],
            "lastTransitionTime": self._env.now,
        }
        for before in (pdb.get("status") or {}).get("conditions") or ():
            if before["status"] == wanted["status"]:
                wanted["lastTransitionTime"] = before["lastTransitionTime"]
        return wanted


def _covers(pdb: JsonObject, pod: JsonObject) -> bool:
    return namespace_of(pdb) == namespace_of(pod) and selects(
        pdb["spec"].get("selector"), labels_of(pod)
    )
