"""The ReplicaSet controller: keeps as many pods of one template as it was told to.

(kubernetes/kubernetes pkg/controller/replicaset/replica_set.go)
"""

from __future__ import annotations

from collections import Counter
from math import inf, nextafter

from sim.control.census import COUNTED, Census
from sim.control.clock import Environment
from sim.control.membership import claim, claimants
from sim.control.recorder import Recorder
from sim.control.roster import PodRecord, Roster
from sim.control.store import Key, Store
from sim.control.work_queue import WatchDelay, WorkQueue
from sim.errors import BackendError
from sim.model.backoff import retry_seconds
from sim.model.conditions import found, new_condition, with_condition, without
from sim.model.deletion import pods_to_delete
from sim.model.objects import JsonObject, is_terminating, name_of, namespace_of
from sim.model.pod import reference_to
from sim.model.run import Change
from sim.model.taints import with_default_tolerations

BURST = 500  # BurstReplicas: at most this many pods are created or deleted in one sync.
FAILURE = "ReplicaFailure"


class ReplicaSetController:
    """Creates and deletes pods, and counts them into the status.

    A sync that was refused something comes back after 5 ms, 10 ms, 20 ms … until one succeeds.
    """

    def __init__(
        self,
        env: Environment,
        store: Store,
        recorder: Recorder,
        delay: WatchDelay,
        *,
        roster: Roster,
    ) -> None:
        self._env = env
        self._store = store
        self._recorder = recorder
        self._census = Census(store, roster)
        self._queue = WorkQueue(env, delay, self._sync)
        self._failures: Counter[Key] = Counter()
        self._specs: dict[int, tuple[JsonObject, JsonObject]] = {}
        store.subscribe("ReplicaSet", self._on_replica_set)
        roster.subscribe(COUNTED, self._on_pod)

    def _on_replica_set(self, change: Change) -> None:
        if change.verb != "DELETED":
            self._queue.add((namespace_of(change.object), name_of(change.object)))

    def _on_pod(self, record: PodRecord, _: int) -> None:
        owner = record.owner
        if owner is None:
            # Somebody may want to adopt it.
            for rs in claimants(self._store, record.pod):
                self._queue.add((namespace_of(rs), name_of(rs)))
        elif owner["kind"] == "ReplicaSet":
            self._queue.add((record.namespace, owner["name"]))

    def _sync(self, key: Key) -> None:
        rs = self._store.find("ReplicaSet", key[1], key[0])
        if rs is None:
            return
        claim(self._store, self._census, rs)
        # Counted as read here; the pods made or deleted below bring this controller back soon.
        status = self._counted(rs)
        failure = "" if is_terminating(rs) else self._manage(rs)
        self._write_status(rs, status, failure)
        if failure:
            self._failures[key] += 1
            self._queue.add_at(key, self._env.now + retry_seconds(self._failures[key]))
        else:
            self._failures.pop(key, None)
        self._look_again(key, rs)

    def _manage(self, rs: JsonObject) -> str:
        """Create or delete what is missing or too much; what stood in the way, if anything did."""
        active = self._census.company(rs["metadata"]["uid"]).active
        missing = rs["spec"].get("replicas", 1) - len(active)
        if missing > 0:
            return self._create(rs, min(missing, BURST))
        if missing < 0:
            crowds = self._census.crowds(rs)
            pods = [one.pod for one in active.values()]
            for pod in pods_to_delete(pods, crowds, min(-missing, BURST), self._env.now):
                self._store.delete("Pod", name_of(pod), namespace_of(pod))
                self._recorder.emit(rs, "SuccessfulDelete", f"Deleted pod: {name_of(pod)}")
        return ""

    def _create(self, rs: JsonObject, count: int) -> str:
        """Create *count* pods in batches of 1, 2, 4 …, until one of a batch is refused.

        So a quota that refuses one pod is not asked for all of them. (slowStartBatch)
        """
        pod = _new_pod(rs, self._admitted(rs["spec"]["template"]["spec"]))
        batch = 1
        while count > 0:
            batch = min(batch, count)
            refusals = [text for text in (self._create_one(rs, pod) for _ in range(batch)) if text]
            if refusals:
                return refusals[0]
            count -= batch
            batch *= 2
        return ""

    def _admitted(self, spec: JsonObject) -> JsonObject:
        """A pod's spec as admission completes a template's; all pods of a template share it."""
        known = self._specs.get(id(spec))
        if known is None:
            known = self._specs[id(spec)] = (spec, with_default_tolerations(spec))
        return known[1]

    def _create_one(self, rs: JsonObject, pod: JsonObject) -> str:
        try:
            created = self._store.create(pod)
        except BackendError as refusal:
            self._recorder.emit(rs, "FailedCreate", f"Error creating: {refusal}")
            return str(refusal)
        self._recorder.emit(rs, "SuccessfulCreate", f"Created pod: {name_of(created)}")
        return ""

    def _counted(self, rs: JsonObject) -> JsonObject:
        company = self._census.company(rs["metadata"]["uid"])
        seconds = rs["spec"].get("minReadySeconds", 0)
        count = len(company.active)
        return {
            "replicas": count,
            "fullyLabeledReplicas": count,
            "readyReplicas": company.ready,
            "availableReplicas": company.available(seconds, self._env.now),
            "terminatingReplicas": len(company.terminating),
            "observedGeneration": rs["metadata"]["generation"],
        }

    def _write_status(self, rs: JsonObject, status: JsonObject, failure: str) -> None:
        conditions: list[JsonObject] = list(rs.get("status", {}).get("conditions") or ())
        if failure and found(conditions, FAILURE) is None:
            said = new_condition(FAILURE, "True", "FailedCreate", failure, self._env.now)
            del said["lastUpdateTime"]  # Which a ReplicaSet's conditions do not have.
            conditions = with_condition(conditions, said)
        elif not failure:
            conditions = without(conditions, FAILURE)
        if conditions:
            status["conditions"] = conditions
        self._store.put_status(rs, status)

    def _look_again(self, key: Key, rs: JsonObject) -> None:
        """Come back when the next ready pod has been ready for long enough to be available."""
        seconds = rs["spec"].get("minReadySeconds", 0)
        if not seconds:
            return
        since = self._census.company(rs["metadata"]["uid"]).next_ready_since()
        if since is not None:
            # Available is strictly later than ready + minReadySeconds.
            self._queue.add_at(key, nextafter(since + seconds, inf))


def _new_pod(rs: JsonObject, spec: JsonObject) -> JsonObject:
    template = rs["spec"]["template"]
    metadata = rs["metadata"]
    meta = {k: v for k, v in template["metadata"].items() if k in ("labels", "annotations")}
    meta |= {
        "generateName": f"{metadata['name']}-",
        "namespace": namespace_of(rs),
        "ownerReferences": [reference_to(rs)],
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": meta,
        "spec": spec,
        "status": {"phase": "Pending"},
    }
