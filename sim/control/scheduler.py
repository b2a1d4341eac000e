"""The scheduler: finds each new pod a node with room, or says why there is none.

Of upstream's scores two are kept, in their order of weight: pods of one ReplicaSet are spread over
nodes (the default topology spread), then the emptiest node by requests wins (LeastAllocated);
ties go by node name. Preemption, pod affinity and image locality have no effect.
(kubernetes/kubernetes pkg/scheduler)
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.control.clock import Environment
from sim.control.ranking import Ranking
from sim.control.recorder import Recorder
from sim.control.roster import News, PodRecord, Roster
from sim.control.store import Store
from sim.model.behaviour import Delays
from sim.model.conditions import with_condition
from sim.model.draws import Purpose, Stream
from sim.model.fit import Need, Room, unschedulable_note
from sim.model.objects import JsonObject, is_terminating, name_of
from sim.model.pod import controller_of, node_of
from sim.model.pod_resources import requested
from sim.model.quantity import quantity
from sim.model.run import Change

_WATCH, _DECIDE = range(2)
# What gives a pod a place on a node, or takes it away.
SEATED = News.BORN | News.BOUND | News.PHASE | News.TERMINATING | News.GONE
_FIRST_BACK_OFF, _MOST_BACK_OFF = 1.0, 10.0  # pkg/scheduler/apis/config/v1/defaults.go


@dataclass(slots=True)
class _Seat:
    """A pod that has taken room on a node."""

    node: str
    need: Need
    group: str
    leaving: bool = False


@dataclass(slots=True)
class _Unschedulable:
    """A pod for which there was no node: how often it was tried, and when it may be again."""

    record: PodRecord
    tries: int = 0
    not_before: float = 0.0
    queued: bool = False


class Scheduler:
    """Binds each new pod after hearing of it and thinking about it.

    A pod that fits nowhere is tried again when room may have come up (a pod is gone, a node has
    changed), after 1 s, 2 s, 4 s … and 10 s at most.
    """

    def __init__(
        self,
        env: Environment,
        store: Store,
        recorder: Recorder,
        *,
        seed: int,
        delays: Delays,
        roster: Roster,
    ) -> None:
        self._env = env
        self._store = store
        self._recorder = recorder
        self._delays = delays
        self._draws = Stream(seed, Purpose.SCHEDULE)
        self._rooms: dict[str, Room] = {}
        self._seats: dict[str, _Seat] = {}
        self._waiting: dict[str, _Unschedulable] = {}
        self._needs: dict[int, tuple[JsonObject, Need]] = {}
        self._rankings: dict[str, Ranking] = {}
        store.subscribe("Node", self._on_node)
        roster.subscribe(SEATED, self._on_pod)

    def _on_node(self, change: Change) -> None:
        node = change.object
        if change.verb == "DELETED":
            del self._rooms[name_of(node)]
            return
        can = node["status"]["allocatable"]
        room = self._rooms.get(name_of(node))
        if room is None:
            room = Room(node, 0.0, 0.0, 0)
            self._rooms[name_of(node)] = room
        elif room.node["spec"] == node["spec"] and room.node["status"]["allocatable"] == can:
            room.node = node
            return
        room.node = node
        room.cores, room.memory_bytes = quantity(can["cpu"]), quantity(can["memory"])
        room.pods = int(can["pods"])
        self._changed(name_of(node))
        self._try_again()

    def _on_pod(self, record: PodRecord, news: int) -> None:
        uid = record.uid
        seat = self._seats.get(uid)
        if record.gone or record.finished:
            self._waiting.pop(uid, None)
            if seat is not None:
                self._leave(uid, seat)
            return
        if seat is not None:
            if not seat.leaving and record.terminating:
                seat.leaving = True
                self._rooms[seat.node].company[seat.group] -= 1
                self._changed(seat.node)
            return
        if record.node:
            self._sit(record.pod, record.node)
        elif news & News.BORN:
            seconds = self._draws.between(self._delays.watch, record.ordinal, _WATCH)
            self._decide_at(record, self._env.now + seconds)

    def _decide_at(self, record: PodRecord, heard: float) -> None:
        seconds = self._draws.between(self._delays.schedule, record.ordinal, _DECIDE)
        self._env.call_at(heard + seconds, lambda: self._decide(record))

    def _decide(self, record: PodRecord) -> None:
        pod = self._store.find("Pod", record.name, record.namespace)
        if pod is None or pod["metadata"]["uid"] != record.uid or node_of(pod):
            return
        need, group = self._need_of(pod), _group_of(pod)
        best = self._ranking(group, need).best()
        if best is not None:
            self._waiting.pop(record.uid, None)
            self._bind(pod, best)
        else:
            obstacles = [room.obstacles(need) for room in self._rooms.values()]
            self._give_up(pod, record, unschedulable_note(obstacles))

    def _ranking(self, group: str, need: Need) -> Ranking:
        found = self._rankings.get(group)
        if found is None:
            found = self._rankings[group] = Ranking(self._rooms, group, need)
        return found

    def _changed(self, node: str) -> None:
        """A node has another room now: it may be the best for somebody."""
        self._rooms[node].version += 1
        for ranking in self._rankings.values():
            ranking.changed(node)

    def _bind(self, pod: JsonObject, node: str) -> None:
        """One write, as the binding subresource makes it: the node and the condition."""
        scheduled = {"type": "PodScheduled", "status": "True", "lastTransitionTime": self._env.now}
        status = pod.get("status", {})
        others = [one for one in status.get("conditions") or () if one["type"] != "PodScheduled"]
        bound = {
            **pod,
            "spec": {**pod["spec"], "nodeName": node},
            "status": {"phase": "Pending", **status, "conditions": [*others, scheduled]},
        }
        self._store.put_whole(bound)
        place = f"{pod['metadata']['namespace']}/{name_of(pod)}"
        self._recorder.emit(pod, "Scheduled", f"Successfully assigned {place} to {node}")

    def _give_up(self, pod: JsonObject, record: PodRecord, note: str) -> None:
        waiting = self._waiting.setdefault(record.uid, _Unschedulable(record))
        seconds = min(_FIRST_BACK_OFF * 2.0**waiting.tries, _MOST_BACK_OFF)
        waiting.tries += 1
        waiting.not_before = self._env.now + seconds
        waiting.queued = False
        condition = {
            "type": "PodScheduled",
            "status": "False",
            "reason": "Unschedulable",
            "message": note,
            "lastTransitionTime": self._env.now,
        }
        status = pod.get("status", {})
        conditions = with_condition(list(status.get("conditions") or ()), condition)
        self._store.put_status(pod, {"phase": "Pending", **status, "conditions": conditions})
        self._recorder.emit(pod, "FailedScheduling", note)

    def _try_again(self) -> None:
        """Room may have come up for the pods that wait."""
        for waiting in self._waiting.values():
            if not waiting.queued:
                waiting.queued = True
                self._decide_at(waiting.record, max(self._env.now, waiting.not_before))

    def _sit(self, pod: JsonObject, node: str) -> None:
        room = self._rooms.get(node)
        if room is not None:
            seat = _Seat(node, self._need_of(pod), _group_of(pod), is_terminating(pod))
            self._seats[pod["metadata"]["uid"]] = seat
            room.take(seat.need)
            if not seat.leaving:
                room.company[seat.group] += 1
            self._changed(node)

    def _leave(self, uid: str, seat: _Seat) -> None:
        del self._seats[uid]
        room = self._rooms.get(seat.node)
        if room is not None:
            room.take(seat.need, -1)
            if not seat.leaving:
                room.company[seat.group] -= 1
            self._changed(seat.node)
        self._try_again()

    def _need_of(self, pod: JsonObject) -> Need:
        # All pods of a template share its containers: read them once.
        spec = pod["spec"]
        known = self._needs.get(id(spec["containers"]))
        if known is None:
            need = Need(
                requested(spec, "cpu") or 0.0,
                requested(spec, "memory") or 0.0,
                tuple(spec.get("tolerations") or ()),
                tuple((spec.get("nodeSelector") or {}).items()),
            )
            known = self._needs[id(spec["containers"])] = (spec["containers"], need)
        return known[1]


def _group_of(pod: JsonObject) -> str:
    """Whose pods are spread: its ReplicaSet's, for the hash is part of the selector."""
    owner = controller_of(pod)
    uid: str = pod["metadata"]["uid"] if owner is None else owner["uid"]
    return uid
