"""The compiled data plane: the reference's answers, to the bit, some hundred times as fast.

This is the kernel's face in Python: it keeps the arrays, does what the control plane asks for, and
reads the counters. What happens to requests is compiled (`loop`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence

import numpy as np

from sim.errors import InvariantError
from sim.i18n import message
from sim.model.attempts import CHUNK, Log
from sim.model.behaviour import Behaviour, CpuShare, Workload
from sim.model.causes import Cause
from sim.model.failed import FailedRequest
from sim.model.routing import Route
from sim.model.run import RequestCounts, Users
from sim.ports import ANY_CPU, DependencyCounters, PodCounters, ProbeKind, RequestRecord, Signal
from sim.traffic import dependency as reference
from sim.traffic.arrivals import Arrivals
from sim.traffic.classes import Classes
from sim.traffic.client import Client
from sim.traffic.clock import Clock
from sim.traffic.kernel import deeds, reading
from sim.traffic.kernel import records as r
from sim.traffic.kernel.clearing import clear
from sim.traffic.kernel.counting import Counts
from sim.traffic.kernel.depending import Dependencies
from sim.traffic.kernel.filling import fill_pod
from sim.traffic.kernel.loop import run
from sim.traffic.kernel.machines import Machines
from sim.traffic.kernel.probes import Probes
from sim.traffic.kernel.proxying import check_way, fit_proxies, put_proxies
from sim.traffic.kernel.publishing import Lists
from sim.traffic.kernel.room import Room
from sim.traffic.kernel.storage import arrays_for
from sim.traffic.kernel.tables import Tables, block_of
from sim.traffic.kernel.versions import Versions

_SPARE_SLOTS = 16


class KernelPlane:
    """`ports.DataPlane` for *workload* under *seed*, standing at time *start*.

    See `sim.traffic.reference.ReferencePlane`, whose every answer it gives.
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
        # The reference's own checks.
        Arrivals(workload.arrivals, seed)
        Client(workload.clients, workload.proxies, seed)
        Classes(workload.classes, seed)
        check_way(workload, seed, start)
        reference.Dependencies(Clock(start), workload.dependencies, seed)
        self._silent = not any(workload.arrivals.rates) and not ask_always
        self._signals: deque[Signal] = deque()
        self._pods = 0
        self._counts = Counts(has_classes=len(workload.classes) > 0)
        self._log = log
        self._arrays = arrays_for(workload, seed, start, keep_log or log is not None)
        if log is not None:
            self._arrays.put("log", np.zeros(CHUNK, r.Logged))
        self._g = self._arrays.single
        put_proxies(self._arrays, workload, seed, start)
        self._lists = Lists(self._arrays, self._do)
        self._machines = Machines(self._arrays, self._do)
        self._tables = Tables(self._arrays, self._lists, workload, seed)
        flush = None if log is None else self.flush_log
        self._room = Room(self._arrays, self._do, self._counts, flush)
        self._probes = Probes(self._arrays, self._do, self._own_slot)
        self._dependencies = Dependencies(
            self._arrays, workload.dependencies, self._do, self._room.make
        )
        self._versions = Versions(self._arrays, self._dependencies)
        self._do(deeds.BEGIN)
        first = float(self._g["arrival"])
        if first < start:
            raise ValueError(f"time must not lie before {start}, not {first}")

    def _do(self, deed: int, whom: int = 0, number: int = 0, amount: float = 0.0) -> int:
        return deeds.do(self._arrays.address, deed, whom, number, amount)

    # Time.

    @property
    def now(self) -> float:
        """The moment at which the plane stands."""
        return float(self._g["now"])

    def advance(self, until: float) -> Signal | None:
        """Let the traffic run up to *until* (not included) or to the next signal."""
        if until < self._g["now"]:
            raise ValueError(f"until must not lie before {self.now}, not {until}")
        while not self._signals:
            lack = run(self._arrays.address, until)
            if lack == r.REACHED:
                return None
            if lack == r.SIGNALLED:
                self._collect()
            else:
                self._room.make(lack)
        return self._signals.popleft()

    def next_event_time(self) -> float:
        """When the next data event is due; infinite if none is."""
        return reading.next_event_time(self._arrays)

    def _collect(self) -> None:
        """Take over the signals that the kernel has written."""
        told = self._arrays["signal"][: int(self._g["signals"])]
        self._signals.extend(map(reading.signal_of, told))
        self._g["signals"] = 0

    # What the control plane does.

    def set_behaviour(self, version: int, behaviour: Behaviour) -> None:
        """How *version* serves from now on; requests in service keep the time they drew."""
        self._versions.put(version, behaviour)
        self._do(deeds.CHANGE_VERSION, version, self._pods)

    def add_pod(self, version: int, memory_limit: float, node: str, cpu: CpuShare = ANY_CPU) -> int:
        """A new pod that does not listen yet; the answer is its number (0, 1, 2 …)."""
        self._versions[version]  # There must be one.
        number = self._pods
        if number == len(self._arrays["pod"]):
            self._arrays.grow(2 * number, "pod", "meter")
            self._arrays.grow(2 * number * r.PROBE_KINDS, "probe")
            fit_proxies(self._arrays)
        own = [self._own_slot(number) for _ in range(3)]
        pod, meter = self._arrays["pod"][number], self._arrays["meter"][number]
        fill_pod(pod, meter, version, memory_limit, cpu, self.now, own)
        self._machines.take_in(pod, node)
        self._pods += 1
        self._do(deeds.EMPLOY, number)
        return number

    def _own_slot(self, pod: int) -> int:
        """A slot for one of the *pod*'s own events."""
        if self._g["free_slots"] < _SPARE_SLOTS:
            self._room.make(r.NO_SLOTS)
        e = int(self._g["free"])
        slot = self._arrays["slot"][e]
        self._g["free"] = slot["next"]
        self._g["free_slots"] -= 1
        slot["stage"], slot["request"], slot["attempt"] = r.EVENT, -1, pod
        slot["pod"] = r.NOBODY
        return e

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
            self._machines.slow_down(node, slowdown, self._pods)
        if cores is not None:
            self._machines.resize(node, cores)
        if reachable is not None:
            self._machines.reach(node, reachable, self._pods)

    def set_pod(
        self,
        pod: int,
        *,
        listening: bool | None = None,
        draining: bool | None = None,
        terminating: bool | None = None,
    ) -> None:
        """Change what the process behind the address does; see `ports.DataPlane.set_pod`."""
        self._require(pod)
        if terminating is not None:
            self._arrays["pod"]["terminating"][pod] = terminating
        if listening is not None:
            self._do(deeds.LISTEN if listening else deeds.CLOSE, pod)
        if draining is not None:
            self._do(deeds.DRAIN if draining else deeds.DO_NOT_DRAIN, pod)

    def kill(self, pod: int, cause: Cause) -> None:
        """The process is gone: everything in flight ends with *cause*; it no longer listens."""
        self._require(pod)
        self._do(deeds.END_PROCESS, pod)
        count = clear(self._arrays, self._do, pod)
        while (lack := self._do(deeds.CUT, int(cause), count)) != r.REACHED:
            self._room.make(lack)
        self._collect()

    def forget_pod(self, pod: int) -> None:
        """The pod and its address are gone; a proxy that still believes in it is refused."""
        self._require(pod)
        if self._arrays["pod"]["serving"][pod] or self._arrays["pod"]["waiting"][pod]:
            raise InvariantError(message("pod {pod} is forgotten with work in flight", pod=pod))
        for kind in ProbeKind:
            self.unprobe(pod, kind)
        self.kill(pod, Cause.CUT_BY_SIGKILL)
        self._arrays["pod"]["terminating"][pod] = self._arrays["pod"]["forgotten"][pod] = 1

    def publish(
        self, endpoints: Sequence[int], apply_at: Sequence[float], backend: int = 0
    ) -> None:
        """A new endpoint list, taken up by proxy i at apply_at[i]."""
        for pod in endpoints:
            if not 0 <= pod < self._pods:
                raise InvariantError(message("there is no pod {pod}", pod=pod))
        self._lists.publish(endpoints, apply_at, block_of(backend))

    def set_routes(self, routes: Sequence[Route], apply_at: Sequence[float]) -> None:
        """A new routing table, taken up by proxy i at apply_at[i]."""
        self._tables.set(routes, apply_at)

    def set_flags(self, pod: int, routes: Sequence[Route]) -> None:
        """Which code paths requests take in *pod*."""
        self._tables.check(routes)
        for version in (one.backend for route in routes for one in route.destinations):
            self._versions[version]
        self._require(pod)
        self._tables.set_flags(pod, routes)

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
        if not self._probes.are_there(pod, kind):
            self._require(pod)
            behaviour = self._versions[int(self._arrays["pod"]["version"][pod])]
            asks = served and behaviour.probes_share_workers and not self._is_quiet(behaviour)
            seconds = behaviour.probe_seconds if served else 0.0
            self._probes.make(pod, kind, asks, seconds, timeout)
        self._probes.start(pod, kind, first, period, success, failure)

    def _is_quiet(self, row: Behaviour) -> bool:
        """Whether no probe ever waits: nobody sends, and each kind of probe finds a worker."""
        return self._silent and row.concurrency >= r.PROBE_KINDS

    def unprobe(self, pod: int, kind: ProbeKind) -> None:
        """Stop that probe and forget its verdict."""
        if self._probes.are_there(pod, kind):
            self._probes.end(pod, kind)

    def _require(self, pod: int) -> None:
        if not 0 <= pod < self._pods or self._arrays["pod"]["forgotten"][pod]:
            raise InvariantError(message("there is no pod {pod}", pod=pod))

    # What can be read at any moment.

    def pods(self) -> Mapping[int, PodCounters]:
        """All pods that are not forgotten."""
        known = self._arrays["pod"][: self._pods]
        kept = np.flatnonzero(known["forgotten"] == 0)
        for node in np.unique(known["node"][kept]).tolist():
            if self._arrays["node"]["followed"][node]:
                self._do(deeds.CATCH_UP, node)
        return reading.counters(self._arrays, kept)

    def in_flight(self) -> int:
        """Requests that have been meant to be sent and have no final answer yet."""
        return self.arrived() - int(self._g["ended"])

    def arrived(self) -> int:
        """Requests that users have meant to send so far."""
        return int(self._g["arrived"] + self._g["followed"])

    def counts(self) -> RequestCounts:
        """How requests ended so far."""
        self._counts.take_over(self._arrays, self._do)
        return self._counts.table()

    def users(self) -> Users:
        """Who sent in the window and what they met so far."""
        return reading.users(self._arrays)

    def last_answers(self) -> Mapping[int, float]:
        """When each version gave its last answer, right or wrong."""
        return reading.last_answers(self._arrays)

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
        given = {"capacity": capacity, "latency_seconds": latency_seconds}
        self._dependencies.change(dependency, given | {"error_ratio": error_ratio, "up": up})

    def dependencies(self) -> Sequence[DependencyCounters]:
        """All dependencies, by number."""
        return self._dependencies.counters()

    def copies(self) -> Mapping[int, tuple[int, int]]:
        """By version, how many mirrored copies it answered well and how many not."""
        return reading.copies(self._arrays)

    def stories(self) -> Sequence[FailedRequest]:
        """A sample of the requests of the window that failed, each with its story."""
        return reading.stories(self._arrays)

    def take_log(self) -> Sequence[RequestRecord]:
        """The attempts since the last call, if the plane was asked to keep a log."""
        return reading.log_records(self.take_table())

    def flush_log(self) -> None:
        """Tell the log that was given at the beginning what it has not been told yet."""
        if self._log is not None and self._g["logged"]:
            self._log(reading.attempts(self.take_table()))

    def take_table(self) -> r.Records:
        """The same as one array of records, for who reads millions of them."""
        count = int(self._g["logged"])
        self._g["logged"] = 0
        return self._arrays["log"][:count].copy()
