"""The reference data plane: the specification of what happens to every request, in plain SimPy.

It runs a clock of its own behind `advance`, as a compiled plane hides its queue. Nothing here is
optimised at the cost of being read; whatever is faster must give the same answers, bit by bit.

    clock      time, and the rule for what happens first      sending    the way of every request
    arrivals   when users mean to send                        attempt    a request, one try at it
    client     patience and retries                           proxy      beliefs and choices
    way        who is sent where, and who next                idle       connections kept open
    gate       rates and limits                               outliers   who gets nothing
    classes    what kind of request it is                     rows       how it is served
    routing    which backend              belief     what is heard, and from when on
    pod        listener, drain and kill                       station    workers and queue
    service    what one request goes through on a worker      dependency what the workers call
    machines   what pods run on                               cores      who computes on a node
    meter      a quota, or a crowd                            quantiles  times as they were measured
    memory     base, leak and the limit                       demand     how much work there is
    probing    probes whose answers are known                 asking     probes that are requests
    judgement  what a probe's results add up to               tally      how it all ended
    sample     a few failures with their stories          hedging    a second try beside the first
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from sim.errors import InvariantError
from sim.i18n import message
from sim.model.attempts import Log
from sim.model.behaviour import Behaviour, CpuShare, Workload
from sim.model.causes import Cause
from sim.model.draws import Purpose, Stream
from sim.model.failed import FailedRequest
from sim.model.routing import Route
from sim.model.run import RequestCounts, Users
from sim.ports import (
    ANY_CPU,
    DependencyCounters,
    PodCounters,
    ProbeKind,
    RequestRecord,
    Signal,
)
from sim.traffic.asking import AskingProbe
from sim.traffic.clock import Clock
from sim.traffic.demand import Demands
from sim.traffic.dependency import Dependencies
from sim.traffic.machines import Machines
from sim.traffic.pod import Pod
from sim.traffic.probing import QuietProbe
from sim.traffic.rows import Rows
from sim.traffic.sending import Sending
from sim.traffic.surroundings import Surroundings
from sim.traffic.tally import Tally

Probe: TypeAlias = QuietProbe | AskingProbe


class ReferencePlane:
    """`ports.DataPlane` for *workload* under *seed*, standing at time *start*.

    Control of a pod that does not exist, or has been forgotten, is an `InvariantError`.
    Every attempt is kept until it is taken (*keep_log*), or told to *log* in bounded chunks.
    *ask_always* sends every probe that shares the workers as a request, also where nobody else
    sends any and the answer is known.
    """

    def __init__(
        self,
        workload: Workload,
        seed: int,
        *,
        start: float,
        keep_log: bool = False,
        log: Log | None = None,
        ask_always: bool = False,
    ) -> None:
        self._silent = not any(workload.arrivals.rates)
        self._ask_always = ask_always
        self._clock = Clock(start)
        # By number, the forgotten ones too: a proxy may still believe in them.
        self._pods: list[Pod] = []
        self._tally = Tally(workload, seed, self._pods, keep_log, log)
        self._sending = Sending(workload, seed, self._clock, self._pods, self._tally)
        self._dependencies = Dependencies(self._clock, workload.dependencies, seed)
        self._rows = Rows(len(workload.classes), len(workload.dependencies))
        self._surroundings = Surroundings(
            clock=self._clock,
            demands=Demands(seed),
            bugs=Stream(seed, Purpose.BUG),
            crashes=Stream(seed, Purpose.CRASH),
            dependencies=self._dependencies,
            answer=self._sending.answer,
            rows=self._rows,
            routing=self._sending.routing,
        )
        self._probes: dict[tuple[int, ProbeKind], Probe] = {}
        self._machines = Machines(self._clock, self._pods)
        # Several may come at one moment: a kill fails each probe that waits for an answer.
        self._signals: deque[Signal] = deque()

    # Time.

    @property
    def now(self) -> float:
        """The moment at which the plane stands."""
        return self._clock.now

    def advance(self, until: float) -> Signal | None:
        """Let the traffic run up to *until* (not included) or to the next signal."""
        clock = self._clock
        if until < clock.now:
            raise ValueError(f"until must not lie before {clock.now}, not {until}")
        while not self._signals and clock.peek() < until:
            clock.step()
        if self._signals:
            return self._signals.popleft()
        if until < float("inf"):
            clock.stand_at(until)
        return None

    def next_event_time(self) -> float:
        """When the next data event is due; infinite if none is."""
        return self._clock.peek()

    # What the control plane does.

    def set_behaviour(self, version: int, behaviour: Behaviour) -> None:
        """How *version* serves from now on; requests in service keep the time they drew."""
        self._rows.put(version, behaviour)
        for pod in self._pods:
            if pod.version == version:
                pod.change(behaviour)

    def add_pod(self, version: int, memory_limit: float, node: str, cpu: CpuShare = ANY_CPU) -> int:
        """A new pod that does not listen yet; the answer is its number (0, 1, 2 …)."""
        pod = Pod(
            self._surroundings,
            len(self._pods),
            version,
            self._rows[version],
            memory_limit,
            self._hear,
            self._machines.cores(node),
            cpu,
            node,
        )
        self._machines.take_in(pod)
        self._pods.append(pod)
        return pod.number

    def set_node(
        self,
        node: str,
        *,
        cores: float | None = None,
        reachable: bool | None = None,
        slowdown: float | None = None,
    ) -> None:
        """Change what a node does; see `ports.DataPlane.set_node`."""
        if slowdown is not None:
            self._machines.slow_down(node, slowdown)
        if cores is not None:
            self._machines.cores(node).resize(cores)
        if reachable is not None:
            self._machines.reach(node, reachable)

    def set_dependency(
        self,
        dependency: int,
        *,
        capacity: int | None = None,
        latency_seconds: float | None = None,
        error_ratio: float | None = None,
        up: bool | None = None,
    ) -> None:
        """Change what a dependency does; see `ports.DataPlane.set_dependency`."""
        self._require_dependency(dependency)
        given = {
            "capacity": capacity,
            "latency_seconds": latency_seconds,
            "error_ratio": error_ratio,
            "up": up,
        }
        changes: dict[str, Any] = {name: to for name, to in given.items() if to is not None}
        station = self._dependencies[dependency]
        station.change(replace(station.row, **changes))

    def set_pod(
        self,
        pod: int,
        *,
        listening: bool | None = None,
        draining: bool | None = None,
        terminating: bool | None = None,
    ) -> None:
        """Change what the process behind the address does; see `ports.DataPlane.set_pod`."""
        target = self._pod(pod)
        if terminating is not None:
            target.terminating = terminating
        if listening is not None:
            target.listen(listening)
        if draining is not None:
            target.drain(draining)

    def kill(self, pod: int, cause: Cause) -> None:
        """The process is gone: everything in flight ends with *cause*; it no longer listens."""
        self._pod(pod).kill(cause)

    def forget_pod(self, pod: int) -> None:
        """The pod and its address are gone; a proxy that still believes in it is refused."""
        if self._pod(pod).in_flight:
            raise InvariantError(message("pod {pod} is forgotten with work in flight", pod=pod))
        for kind in ProbeKind:
            self.unprobe(pod, kind)
        self._pod(pod).forget()

    def publish(
        self, endpoints: Sequence[int], apply_at: Sequence[float], backend: int = 0
    ) -> None:
        """A new endpoint list, taken up by proxy i at apply_at[i]."""
        listed = tuple(endpoints)
        for pod in listed:
            if not 0 <= pod < len(self._pods):
                raise InvariantError(message("there is no pod {pod}", pod=pod))
        for proxy, time in zip(self._sending.proxies, apply_at, strict=True):
            proxy.hear(listed, time, backend)

    def set_routes(self, routes: Sequence[Route], apply_at: Sequence[float]) -> None:
        """A new routing table, taken up by proxy i at apply_at[i]."""
        table = tuple(routes)
        self._sending.routing.check(table)
        for proxy, time in zip(self._sending.proxies, apply_at, strict=True):
            proxy.hear_routes(table, time)

    def set_flags(self, pod: int, routes: Sequence[Route]) -> None:
        """Which code paths requests take in *pod*; see `ports.DataPlane.set_flags`."""
        flags = tuple(routes)
        self._sending.routing.check(flags)
        for version in (one.backend for route in flags for one in route.destinations):
            self._rows[version]  # There must be one.
        self._pod(pod).set_flags(flags)

    def probe(
        self,
        pod: int,
        kind: ProbeKind,
        first: float,
        period: float,
        success: int,
        failure: int,
        timeout: float = float("inf"),
        served: bool = False,
    ) -> None:
        """Probe from the absolute time *first* on, every *period*; signal changes of verdict."""
        key = (pod, kind)
        if key not in self._probes:
            self._probes[key] = self._new_probe(self._pod(pod), kind, timeout, served)
        self._probes[key].start(first, period, success, failure)

    def _new_probe(self, pod: Pod, kind: ProbeKind, timeout: float, served: bool) -> Probe:
        """The cheapest probe that gives the right answers."""
        row = self._rows[pod.version]
        if served and row.probes_share_workers and not self._is_quiet(row):
            return AskingProbe(self._clock, pod, kind, self._hear, timeout=timeout)
        seconds = row.probe_seconds if served else 0.0
        return QuietProbe(
            self._clock, pod, kind, self._hear, answer_seconds=seconds, late_after=timeout
        )

    def _is_quiet(self, row: Behaviour) -> bool:
        """Whether no probe ever waits: nobody sends, and each kind of probe finds a worker."""
        return self._silent and not self._ask_always and row.concurrency >= len(ProbeKind)

    def unprobe(self, pod: int, kind: ProbeKind) -> None:
        """Stop that probe and forget its verdict."""
        probe = self._probes.pop((pod, kind), None)
        if probe is not None:
            probe.stop()

    def _require_dependency(self, number: int) -> None:
        if not 0 <= number < len(self._dependencies):
            raise InvariantError(message("there is no dependency {name}", name=number))

    def _hear(self, signal: Signal) -> None:
        self._signals.append(signal)

    def _pod(self, number: int) -> Pod:
        if not 0 <= number < len(self._pods) or self._pods[number].forgotten:
            raise InvariantError(message("there is no pod {pod}", pod=number))
        return self._pods[number]

    # What can be read at any moment.

    def pods(self) -> Mapping[int, PodCounters]:
        """All pods that are not forgotten."""
        return {pod.number: pod.counters() for pod in self._pods if not pod.forgotten}

    def dependencies(self) -> Sequence[DependencyCounters]:
        """All dependencies, by number."""
        return self._dependencies.counters()

    def in_flight(self) -> int:
        """Requests that have been meant to be sent and have no final answer yet."""
        return self._tally.arrived - self._tally.ended

    def arrived(self) -> int:
        """Requests that users have meant to send so far."""
        return self._tally.arrived

    def counts(self) -> RequestCounts:
        """How requests ended so far."""
        return self._tally.counts()

    def users(self) -> Users:
        """Who sent in the window and what they met so far."""
        return self._tally.users()

    def last_answers(self) -> Mapping[int, float]:
        """When each version gave its last answer, right or wrong."""
        return self._tally.last_answers()

    def copies(self) -> Mapping[int, tuple[int, int]]:
        """By version, how many mirrored copies it answered well and how many not."""
        return self._tally.copies()

    def stories(self) -> Sequence[FailedRequest]:
        """A sample of the requests of the window that failed, each with its story."""
        return self._tally.stories()

    def take_log(self) -> Sequence[RequestRecord]:
        """The attempts since the last call, if the plane was asked to keep a log."""
        return self._tally.take_log()

    def flush_log(self) -> None:
        """Tell the log that was given at the beginning what it has not been told yet."""
        self._tally.flush_log()
