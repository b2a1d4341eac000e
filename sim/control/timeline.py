"""The life of every pod as stretches of one phase each: what a timeline draws and costs add up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf

from sim.control.clock import Environment
from sim.control.roster import News, PodRecord, Roster
from sim.model.objects import JsonObject
from sim.model.run import PodPhase, PodSpan

# What moves a pod to another stretch of its life.
SHOWN = News.BORN | News.BOUND | News.PHASE | News.READY | News.TERMINATING | News.GONE


@dataclass(slots=True, kw_only=True)
class _Life:
    name: str
    version: int
    cores: float
    memory_bytes: float
    node: str
    phase: PodPhase
    since: float
    spans: list[PodSpan] = field(default_factory=list)
    was_ready: bool = False
    gone: bool = False


class Timeline:
    """Watches pods and remembers when each entered which phase.

    *requests* tells the cores and bytes that a pod asks for.
    """

    def __init__(
        self,
        env: Environment,
        roster: Roster,
        requests: Callable[[JsonObject], tuple[float, float]],
    ) -> None:
        self._env = env
        self._requests = requests
        self._sizes: dict[int, tuple[float, float]] = {}
        self._lives: dict[str, _Life] = {}
        roster.subscribe(SHOWN, self._on_pod)

    def spans(self, end: float) -> tuple[PodSpan, ...]:
        """All stretches that began before *end*, by pod in order of creation, then by time.

        One that still lasts at *end* has an infinite end.
        """
        return tuple(
            span
            for life in self._lives.values()
            for span in (*life.spans, *([] if life.gone else [self._span(life, inf)]))
            if span.start < end
        )

    def _on_pod(self, record: PodRecord, _: int) -> None:
        now = self._env.now
        life = self._lives.get(record.uid)
        if life is None:
            self._lives[record.uid] = self._born(record, now)
            return
        life.node = record.node
        if record.gone:
            self._close(life, now)
            life.gone = True
            return
        phase = _phase(record, life.was_ready)
        life.was_ready = life.was_ready or phase is PodPhase.READY
        if phase is not life.phase:
            self._close(life, now)
            life.phase, life.since = phase, now

    def _born(self, record: PodRecord, now: float) -> _Life:
        # All pods of a template ask for the same.
        size = self._sizes.get(record.version)
        if size is None:
            size = self._sizes[record.version] = self._requests(record.pod)
        cores, memory_bytes = size
        return _Life(
            name=record.name,
            version=record.version,
            cores=cores,
            memory_bytes=memory_bytes,
            node=record.node,
            phase=PodPhase.PENDING,
            since=now,
        )

    def _close(self, life: _Life, now: float) -> None:
        if now > life.since:
            life.spans.append(self._span(life, now))

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


def _phase(record: PodRecord, was_ready: bool) -> PodPhase:
    if record.terminating:
        return PodPhase.TERMINATING
    if record.ready_since is not None:
        return PodPhase.READY
    if was_ready:
        return PodPhase.UNREADY
    return PodPhase.PENDING if record.phase == "Pending" else PodPhase.STARTING
