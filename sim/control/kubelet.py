"""The kubelets: they hear which pods are theirs, and give each of them a worker.

Several nodes, one object: a kubelet has no state of its own here beyond its `Machine`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf

from sim.control.machine import Machine
from sim.control.pod_worker import PodWorker, Surroundings
from sim.control.roster import News, PodRecord, Roster
from sim.model.behaviour import CpuShare, Delays, Node
from sim.model.draws import Purpose, Stream
from sim.model.objects import JsonObject
from sim.model.pod import grace_of, node_of
from sim.ports import Signal

# The watch delays of one pod's kubelet, told apart by the attempt; the listener by a high bit.
_KUBELET = 1 << 55
_BINDING, _DELETION, _REMOVAL, _CHANGE = range(4)
# What a kubelet does something about; the conditions are those of readiness gates.
HEARD = News.BOUND | News.TERMINATING | News.CONDITIONS | News.GONE


class Kubelets:
    """Starts a `PodWorker` for each pod that is bound, and passes on deletions and signals.

    All draws about a pod are keyed by its ordinal number in the run.
    """

    def __init__(
        self,
        around: Surroundings,
        *,
        seed: int,
        delays: Delays,
        nodes: Sequence[Node],
        roster: Roster,
        memory_limit: Callable[[JsonObject], float | None],
        cpu_share: Callable[[JsonObject], CpuShare],
    ) -> None:
        self._around = around
        self._delays = delays
        self._roster = roster
        self._memory_limit = memory_limit
        self._cpu_share = cpu_share
        self._allowed: dict[int, tuple[float | None, CpuShare]] = {}
        self._watch = Stream(seed, Purpose.WATCH)
        self._sandbox = Stream(seed, Purpose.SANDBOX)
        self._machines = {
            node.name: Machine(around.env, seed, node, index, delays)
            for index, node in enumerate(nodes)
        }
        self._workers: dict[str, PodWorker] = {}
        self._deleting: dict[str, float] = {}  # Pods by UID, with the grace last granted.
        roster.subscribe(HEARD, self._on_pod)

    @property
    def restarts(self) -> int:
        """Container restarts of all pods so far."""
        return sum(worker.restarts for worker in self._workers.values())

    def hear(self, signal: Signal) -> None:
        """Pass a *signal* of the data plane to its pod."""
        record = self._roster.numbered(signal.pod)
        if record is not None:
            self._workers[record.uid].hear(signal)

    def is_lost(self, node: str) -> bool:
        """Whether that machine stands still."""
        return self._machines[node].lost

    def lose(self, node: str) -> None:
        """The machine stops, with its kubelet and all its processes."""
        self._machines[node].lost = True
        for worker in self._on(node):
            worker.lose()

    def return_(self, node: str) -> None:
        """The machine has booted again; images are still there, processes are not."""
        self._machines[node].lost = False
        for worker in self._on(node):
            worker.boot()

    def _on(self, node: str) -> list[PodWorker]:
        return [worker for worker in self._workers.values() if worker.machine.name == node]

    def _on_pod(self, record: PodRecord, _: int) -> None:
        if not record.node:
            return
        uid, pod = record.uid, record.pod
        if uid not in self._workers:
            if not record.gone:
                self._workers[uid] = self._admit(pod, record)
        elif record.gone:
            # Removed by force: the kubelet kills what it still runs, with the least grace.
            self._tell(record, 0.0, _REMOVAL)
        if record.terminating:
            grace = float(pod["metadata"].get("deletionGracePeriodSeconds", grace_of(pod)))
            if grace < self._deleting.get(uid, inf):
                self._deleting[uid] = grace
                self._tell(record, grace, _DELETION)
        elif pod["spec"].get("readinessGates") and not record.gone:
            # A gate may have opened or shut; seen like any change, a little later.
            heard = self._around.env.now + self._delay(record, _CHANGE)
            self._around.env.call_at(heard, self._workers[uid].noticed)

    def _admit(self, pod: JsonObject, record: PodRecord) -> PodWorker:
        machine = self._machines[node_of(pod)]
        limit, share = self._allowance(pod, record.version)
        number = self._around.data_plane.add_pod(
            record.version, machine.memory_bytes if limit is None else limit, machine.name, share
        )
        self._roster.assign(record, number)
        seconds = self._sandbox.between(self._delays.sandbox, record.ordinal)
        worker = PodWorker(self._around, machine, pod, record, sandbox_seconds=seconds)
        env = self._around.env
        heard = env.now + self._delay(record, _BINDING)
        env.call_at(heard, worker.begin)
        return worker

    def _allowance(self, pod: JsonObject, version: int) -> tuple[float | None, CpuShare]:
        """Memory limit and CPU share, which all pods of a template have in common."""
        known = self._allowed.get(version)
        if known is None:
            known = self._allowed[version] = (self._memory_limit(pod), self._cpu_share(pod))
        return known

    def _tell(self, record: PodRecord, grace_seconds: float, news: int) -> None:
        worker = self._workers[record.uid]
        heard = self._around.env.now + self._delay(record, news)
        self._around.env.call_at(heard, lambda: worker.delete(grace_seconds))

    def _delay(self, record: PodRecord, news: int) -> float:
        return self._watch.between(self._delays.watch, _KUBELET | record.ordinal, news)
