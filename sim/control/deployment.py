"""The Deployment controller: each sync looks at the whole and takes one step.

A rollout is a chain of syncs that status changes of ReplicaSets cause, not a loop.
(kubernetes/kubernetes pkg/controller/deployment/deployment_controller.go)
"""

from __future__ import annotations

from collections import Counter

from sim.control.clock import Environment
from sim.control.history import clean_history
from sim.control.membership import claim_sets, set_claimants
from sim.control.new_replica_set import find_new
from sim.control.old_rollback import is_asked_for, roll_back
from sim.control.progress import note_pause, write_status
from sim.control.recorder import Recorder
from sim.control.recreate import recreate
from sim.control.rolling import roll
from sim.control.roster import News, PodRecord, Roster
from sim.control.scaling import is_scaling_event, scale_proportionally
from sim.control.store import Key, Store
from sim.control.sync import DeploymentSync, SyncFailed, TemplateMemo
from sim.control.work_queue import WatchDelay, WorkQueue
from sim.model.backoff import retry_seconds
from sim.model.objects import is_terminating, name_of, namespace_of
from sim.model.pod import controller_of
from sim.model.rollout import is_rolling
from sim.model.run import Change

MOST_RETRIES = 15  # maxRetries: after 5 ms, 10 ms … 82 s a failing Deployment is dropped.


class DeploymentController:
    """Rolls out, scales, pauses and keeps the history of every Deployment in the store."""

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
        self._memo = TemplateMemo()
        self._failures: Counter[Key] = Counter()
        self._queue = WorkQueue(env, delay, self._sync)
        store.subscribe("Deployment", self._on_deployment)
        store.subscribe("ReplicaSet", self._on_replica_set)
        roster.subscribe(News.GONE, self._on_gone_pod)

    def _on_deployment(self, change: Change) -> None:
        if change.verb != "DELETED":
            self._queue.add((namespace_of(change.object), name_of(change.object)))

    def _on_replica_set(self, change: Change) -> None:
        rs = change.object
        owner = controller_of(rs)
        if owner is None:
            # Somebody may want to adopt it.
            for deployment in set_claimants(self._store, rs):
                self._queue.add((namespace_of(rs), name_of(deployment)))
        elif owner["kind"] == "Deployment":
            self._queue.add((namespace_of(rs), owner["name"]))

    def _on_gone_pod(self, record: PodRecord, _: int) -> None:
        """The last pod of a Recreate is gone: only then may the new ones come (deletePod)."""
        owner, namespace = record.owner, record.namespace
        if owner is None:
            return
        rs = self._store.find(owner["kind"], owner["name"], namespace)
        above = controller_of(rs) if rs is not None else None
        if above is None:
            return
        deployment = self._store.find("Deployment", above["name"], namespace)
        if deployment is not None and not is_rolling(deployment):
            family = self._store.owned("ReplicaSet", above["uid"])
            if not any(self._store.owned("Pod", one["metadata"]["uid"]) for one in family):
                self._queue.add((namespace, above["name"]))

    def _sync(self, key: Key) -> None:
        deployment = self._store.find("Deployment", key[1], key[0])
        if deployment is None:
            return
        claim_sets(self._store, deployment)
        sync = DeploymentSync(self._store, self._recorder, self._memo, self._env.now, deployment)
        try:
            again = _step(sync)
        except SyncFailed:
            self._failures[key] += 1
            again = self._env.now + retry_seconds(self._failures[key])
            if self._failures[key] > MOST_RETRIES:
                return  # Until something about it changes.
        else:
            self._failures.pop(key, None)
        if again is not None:
            self._queue.add_at(key, again)


def _step(sync: DeploymentSync) -> float | None:
    """The one thing to do in this look; the moment at which to look again by itself, if any.

    (syncDeployment, in its order)
    """
    if is_terminating(sync.deployment):
        find_new(sync)
        write_status(sync)
        return None
    note_pause(sync)
    paused = bool(sync.deployment["spec"].get("paused"))
    if not paused and is_asked_for(sync.deployment):
        roll_back(sync)
        return None
    find_new(sync)
    if paused or is_scaling_event(sync):
        scale_proportionally(sync)
        if paused and not is_asked_for(sync.deployment):
            clean_history(sync)
        write_status(sync)
        return None
    return roll(sync) if is_rolling(sync.deployment) else recreate(sync)
