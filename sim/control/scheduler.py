"""The scheduler, as thin as it can be: a pod goes to the node with the fewest pods.

Requests and capacity are not modelled yet: every node takes every pod, so a surge pod is never
Pending for want of room. Affinity, taints and topology spread have no effect.
"""

from __future__ import annotations

from collections.abc import Sequence

from sim.control.clock import Environment
from sim.control.recorder import Recorder
from sim.control.roster import PodRecord, Roster
from sim.control.store import Store
from sim.model.behaviour import Delays, Node
from sim.model.draws import Purpose, Stream
from sim.model.objects import name_of
from sim.model.pod import node_of
from sim.model.run import Change

_WATCH, _DECIDE = range(2)


class Scheduler:
    """Binds each new pod after hearing of it and thinking about it; ties go by node name."""

    def __init__(
        self,
        env: Environment,
        store: Store,
        recorder: Recorder,
        *,
        seed: int,
        delays: Delays,
        nodes: Sequence[Node],
        roster: Roster,
    ) -> None:
        self._env = env
        self._store = store
        self._recorder = recorder
        self._delays = delays
        self._draws = Stream(seed, Purpose.SCHEDULE)
        self._roster = roster
        self._pods_on = dict.fromkeys(sorted(node.name for node in nodes), 0)
        store.subscribe("Pod", self._on_pod)

    def _on_pod(self, change: Change) -> None:
        node = node_of(change.object)
        if change.verb == "ADDED":
            if node:
                self._pods_on[node] += 1
                return
            record = self._roster.of(change.object)
            seconds = self._draws.between(self._delays.watch, record.ordinal, _WATCH)
            seconds += self._draws.between(self._delays.schedule, record.ordinal, _DECIDE)
            self._env.call_at(self._env.now + seconds, lambda: self._bind(record))
        elif change.verb == "DELETED" and node:
            self._pods_on[node] -= 1

    def _bind(self, record: PodRecord) -> None:
        pod = self._store.find("Pod", record.name, record.namespace)
        if pod is None or pod["metadata"]["uid"] != record.uid or node_of(pod):
            return
        node = min(self._pods_on, key=lambda name: self._pods_on[name])
        self._pods_on[node] += 1
        scheduled = {
            "type": "PodScheduled",
            "status": "True",
            "lastTransitionTime": self._env.now,
        }
        bound = self._store.put({**pod, "spec": {**pod["spec"], "nodeName": node}})
        conditions = [*(pod.get("status", {}).get("conditions") or ()), scheduled]
        status = {"phase": "Pending", **pod.get("status", {}), "conditions": conditions}
        self._store.put_status(bound, status)
        place = f"{record.namespace}/{name_of(pod)}"
        self._recorder.emit(pod, "Scheduled", f"Successfully assigned {place} to {node}")
