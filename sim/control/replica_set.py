"""The ReplicaSet controller: keeps as many pods of one template as it was told to.

(kubernetes/kubernetes pkg/controller/replicaset/replica_set.go)
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, nextafter

from sim.control.clock import Environment
from sim.control.recorder import Recorder
from sim.control.store import Key, Store
from sim.control.work_queue import WatchDelay, WorkQueue
from sim.model.deletion import pods_to_delete
from sim.model.objects import JsonObject, is_terminating, name_of, namespace_of
from sim.model.pod import controller_of, is_active, is_available, is_finished, is_ready, ready_since
from sim.model.run import Change

BURST = 500  # BurstReplicas: at most this many pods are created or deleted in one sync.


class ReplicaSetController:
    """Creates and deletes pods, and counts them into the status.

    Creation starts slowly upstream, in batches of 1, 2, 4 … within one sync, so that a quota that
    refuses one pod is not asked for all of them. Nothing refuses a pod here, so the batches run
    one after the other at one moment. Pods are not adopted.
    """

    def __init__(
        self, env: Environment, store: Store, recorder: Recorder, delay: WatchDelay
    ) -> None:
        self._env = env
        self._store = store
        self._recorder = recorder
        self._queue = WorkQueue(env, delay, self._sync)
        store.subscribe("ReplicaSet", self._on_replica_set)
        store.subscribe("Pod", self._on_pod)

    def _on_replica_set(self, change: Change) -> None:
        if change.verb != "DELETED":
            self._queue.add((namespace_of(change.object), name_of(change.object)))

    def _on_pod(self, change: Change) -> None:
        owner = controller_of(change.object)
        if owner is not None and owner["kind"] == "ReplicaSet":
            self._queue.add((namespace_of(change.object), owner["name"]))

    def _sync(self, key: Key) -> None:
        namespace, name = key
        rs = self._store.find("ReplicaSet", name, namespace)
        if rs is None or is_terminating(rs):
            return
        pods = self._store.owned("Pod", rs["metadata"]["uid"])
        active = [pod for pod in pods if is_active(pod)]
        self._manage(rs, active)
        # Counted as read above; the pods just made or deleted bring this controller back soon.
        self._write_status(rs, pods, active)
        self._look_again(key, rs, active)

    def _manage(self, rs: JsonObject, active: Sequence[JsonObject]) -> None:
        missing = rs["spec"].get("replicas", 1) - len(active)
        if missing > 0:
            for _ in range(min(missing, BURST)):
                self._create_pod(rs)
        elif missing < 0:
            related = self._related_pods(rs)
            count = min(-missing, BURST)
            for pod in pods_to_delete(active, related, count, self._env.now):
                self._store.delete("Pod", name_of(pod), namespace_of(pod))
                self._recorder.emit(rs, "SuccessfulDelete", f"Deleted pod: {name_of(pod)}")

    def _create_pod(self, rs: JsonObject) -> None:
        template = rs["spec"]["template"]
        metadata = rs["metadata"]
        owner = {
            "apiVersion": "apps/v1",
            "kind": "ReplicaSet",
            "name": metadata["name"],
            "uid": metadata["uid"],
            "controller": True,
            "blockOwnerDeletion": True,
        }
        meta = {k: v for k, v in template["metadata"].items() if k in ("labels", "annotations")}
        meta |= {
            "generateName": f"{metadata['name']}-",
            "namespace": namespace_of(rs),
            "ownerReferences": [owner],
        }
        pod = self._store.create(
            {
                "apiVersion": "v1",
                "kind": "Pod",
                "metadata": meta,
                "spec": template["spec"],
                "status": {"phase": "Pending"},
            }
        )
        self._recorder.emit(rs, "SuccessfulCreate", f"Created pod: {name_of(pod)}")

    def _related_pods(self, rs: JsonObject) -> list[JsonObject]:
        """The pods of all sets with the same controller (getIndirectlyRelatedReplicaSets)."""
        owner = controller_of(rs)
        family = [rs] if owner is None else self._store.owned("ReplicaSet", owner["uid"])
        return [pod for one in family for pod in self._store.owned("Pod", one["metadata"]["uid"])]

    def _write_status(
        self, rs: JsonObject, pods: Sequence[JsonObject], active: Sequence[JsonObject]
    ) -> None:
        seconds = rs["spec"].get("minReadySeconds", 0)
        now = self._env.now
        status = {
            "replicas": len(active),
            "fullyLabeledReplicas": len(active),
            "readyReplicas": sum(map(is_ready, active)),
            "availableReplicas": sum(is_available(pod, seconds, now) for pod in active),
            "terminatingReplicas": sum(is_terminating(p) and not is_finished(p) for p in pods),
            "observedGeneration": rs["metadata"]["generation"],
        }
        self._store.put_status(rs, status)

    def _look_again(self, key: Key, rs: JsonObject, active: Sequence[JsonObject]) -> None:
        """Come back when the next ready pod has been ready for long enough to be available."""
        seconds = rs["spec"].get("minReadySeconds", 0)
        if not seconds:
            return
        now = self._env.now
        since = [ready_since(p) for p in active if not is_available(p, seconds, now)]
        if times := [time for time in since if time is not None]:
            # Available is strictly later than ready + minReadySeconds.
            self._queue.add_at(key, nextafter(min(times) + seconds, inf))
