"""The life of every pod as stretches of one phase each: what a timeline draws and costs add up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf

from sim.control.roster import Roster
from sim.control.store import Store
from sim.model.objects import JsonObject, is_terminating
from sim.model.pod import is_ready, node_of, phase_of
from sim.model.run import Change, PodPhase, PodSpan


@dataclass(slots=True, kw_only=True)
class _Life:
    name: str
    version: int
    cores: float
    memory_bytes: float
    node: str
    phase: PodPhase
    since: float
    was_ready: bool = False
    gone: bool = False


class Timeline:
    """Watches pods and remembers when each entered which phase.

    *requests* tells the cores and bytes that a pod asks for.
    """

    def __init__(
        self, store: Store, roster: Roster, requests: Callable[[JsonObject], tuple[float, float]]
    ) -> None:
        self._roster = roster
        self._requests = requests
        self._lives: dict[str, _Life] = {}
        self._spans: list[PodSpan] = []
        store.subscribe("Pod", self._on_pod)

    def spans(self, end: float) -> tuple[PodSpan, ...]:
        """All stretches that began before *end*, by pod in order of creation, then by time.

        One that still lasts at *end* has an infinite end.
        """
        order = {life.name: place for place, life in enumerate(self._lives.values())}
        current = [self._span(life, inf) for life in self._lives.values() if not life.gone]
        spans = [span for span in (*self._spans, *current) if span.start < end]
        return tuple(sorted(spans, key=lambda span: (order[span.pod], span.start)))

    def _on_pod(self, change: Change) -> None:
        pod = change.object
        uid = pod["metadata"]["uid"]
        life = self._lives.get(uid)
        if life is None:
            self._lives[uid] = self._born(pod, change.time)
            return
        life.node = node_of(pod)
        if change.verb == "DELETED":
            self._close(life, change.time)
            life.gone = True
            return
        phase = _phase(pod, life.was_ready)
        life.was_ready = life.was_ready or phase is PodPhase.READY
        if phase is not life.phase:
            self._close(life, change.time)
            life.phase, life.since = phase, change.time

    def _born(self, pod: JsonObject, now: float) -> _Life:
        record = self._roster.of(pod)
        cores, memory_bytes = self._requests(pod)
        return _Life(
            name=record.name,
            version=record.version,
            cores=cores,
            memory_bytes=memory_bytes,
            node=node_of(pod),
            phase=PodPhase.PENDING,
            since=now,
        )

    def _close(self, life: _Life, now: float) -> None:
        if now > life.since:
            self._spans.append(self._span(life, now))

    def _span(self, life: _Life, end: float) -> PodSpan:
        return PodSpan(
            pod=life.name,
            version=life.version,
            node=life.node,
            phase=life.phase,
            start=life.since,
            end=end,
            cpu_cores=life.cores,
            memory_bytes=life.memory_bytes,
        )


def _phase(pod: JsonObject, was_ready: bool) -> PodPhase:
    if is_terminating(pod):
        return PodPhase.TERMINATING
    if is_ready(pod):
        return PodPhase.READY
    if was_ready:
        return PodPhase.UNREADY
    return PodPhase.PENDING if phase_of(pod) == "Pending" else PodPhase.STARTING
