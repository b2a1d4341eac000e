"""A pod as the network sees it: an address, and behind it a process that listens or does not."""

from __future__ import annotations

from collections.abc import Callable

from sim.model.behaviour import Behaviour, CpuShare
from sim.model.causes import Cause
from sim.model.failed import Doing
from sim.ports import PodCounters, Signal, SignalKind
from sim.traffic.attempt import Attempt
from sim.traffic.clock import Due, Kind
from sim.traffic.cores import Cores
from sim.traffic.memory import Memory
from sim.traffic.meter import Meter
from sim.traffic.routing import Table
from sim.traffic.station import Station
from sim.traffic.surroundings import Surroundings


class Pod:
    """One pod of *version*; its process begins to listen when it is told to.

    Its counters tell the attempts sent here that ended well (answered) from all others that ended,
    refusals included (failed), so answered + failed + clients that still wait = attempts sent.
    """

    def __init__(
        self,
        surroundings: Surroundings,
        number: int,
        version: int,
        behaviour: Behaviour,
        memory_limit_bytes: float,
        signal: Callable[[Signal], None],
        cores: Cores,
        share: CpuShare,
        node: str = "",
    ) -> None:
        self.number = number
        self.version = version
        self.node = node
        self.reachable = True
        self.listening = False
        self.draining = False
        self.terminating = False
        self.forgotten = False
        self.process = 0  # How many have listened here so far: the number of the last one.
        self._alive = False
        self._ended = float("-inf")  # When the last process to end did.
        # Told whenever `listening` has changed, and whether by a kill.
        self.watchers: list[Callable[[bool], None]] = []
        self._answered = 0
        self._failed = 0
        self._behaviour = behaviour
        self._surroundings = surroundings
        self._clock = surroundings.clock
        self._signal = signal
        self._cores = cores
        self._meter = Meter(self._clock, number, share, cores.turned)
        self._meter.employ(behaviour.concurrency)
        self._station = Station(
            surroundings,
            behaviour,
            compute=self._compute,
            empty=self._empty,
            leak=self._leak,
            crash=self._crash,
        )
        cores.enter(self._meter, self._station.service.computed)
        self._memory = Memory(self._clock, number, memory_limit_bytes, self._out_of_memory)
        self._drained: Due | None = None

    @property
    def in_flight(self) -> int:
        """How many attempts its process has accepted and not finished."""
        return self._station.in_flight

    @property
    def keep_alive_seconds(self) -> float:
        """How long its process keeps an idle connection open."""
        return self._behaviour.keep_alive_seconds

    @property
    def weight(self) -> int:
        """What balancers that weigh give it, beside the other pods."""
        return self._behaviour.weight

    def ended_at(self, process: int) -> float:
        """When that *process* ended: infinite if it runs, and long ago for all but the last two."""
        if process == self.process:
            return float("inf") if self._alive else self._ended
        last_but_one = self._alive and process == self.process - 1
        return self._ended if last_but_one else float("-inf")

    def take(self, attempt: Attempt, is_open: bool, connected_by: float) -> None:
        """Receive *attempt*: serve it, let it wait, or refuse it.

        On a connection that *is_open* it reaches the process whether that listens or not. A new
        one is given up at *connected_by* if the node does not answer.
        """
        if not self.reachable:
            self._leave_hanging(attempt, float("inf") if is_open else connected_by)
        elif not self.listening and not is_open:
            starting = not self.terminating
            refused = Cause.REFUSED_STARTING if starting else Cause.REFUSED_TERMINATING
            self._surroundings.answer(attempt, refused)
        elif not self._station.accept(attempt):
            self._surroundings.answer(attempt, Cause.QUEUE_FULL)

    def set_flags(self, flags: Table) -> None:
        """Let requests that these say take other code paths from now on."""
        self._station.flags = flags

    def change(self, behaviour: Behaviour) -> None:
        """Behave so from now on."""
        self._behaviour = behaviour
        self._cores.employ(self._meter, behaviour.concurrency)
        self._memory.change(behaviour)
        self._station.change(behaviour)

    def listen(self, listening: bool) -> None:
        """Begin to listen with a fresh process, or close the listener and nothing else."""
        if listening:
            self.drain(False)
            self._end_process()
            self.process += 1
            self._alive = True
            self._memory.start(self._behaviour)
            self._station.service.pace.begin()
        self._set_listening(listening)

    def drain(self, draining: bool) -> None:
        """Close the listener, finish what was accepted, and signal when that is done."""
        if draining == self.draining:
            return
        self.draining = draining
        if draining:
            self._set_listening(False)
            if not self.in_flight:
                self._empty()
        elif self._drained is not None:
            self._drained.withdraw()
            self._drained = None

    def kill(self, cause: Cause) -> None:
        """End the process; whoever still waits for an answer gets *cause*."""
        self._set_listening(False, killed=True)
        self._end_process()
        self.drain(False)
        self._memory.stop()
        for attempt in self._clear():
            self._surroundings.answer(attempt, cause)

    def reach(self, reachable: bool) -> None:
        """Its node can be reached again, or stops answering: whoever waits now waits in vain."""
        self.reachable = reachable
        if not reachable:
            for attempt in self._clear():
                self._leave_hanging(attempt, float("inf"))

    def hurry(self, attempt: Attempt) -> None:
        """The client of *attempt*, which is here or on its way to here, waits no longer."""
        attempt.gives_up = self._clock.now
        if self._station.has_in_service(attempt):
            self._station.service.expect_again(attempt)
            return
        assert attempt.pending is not None, "what waits has a pending event"
        name = (attempt.request.number, attempt.number, Kind.GIVE_UP)
        attempt.pending = attempt.pending.moved(self._clock, attempt.gives_up, name)

    def slow_down(self, slowdown: float) -> None:
        """Its machine takes so many times as long for what is begun from now on."""
        self._station.service.pace.slowdown = slowdown

    def _compute(self, attempt: Attempt, seconds: float) -> None:
        self._cores.compute(self._meter, attempt, seconds)

    def _clear(self) -> list[Attempt]:
        """Nothing is in flight or computed here any more; what clients still wait for."""
        if self._station.serving:
            self._cores.drop(self._meter, self._station.serving)
        return self._station.clear()

    def _leave_hanging(self, attempt: Attempt, connected_by: float) -> None:
        """No answer will come: whoever waits does so until its patience ends."""
        first = connected_by < attempt.gives_up
        kind = Kind.CONNECT if first else Kind.GIVE_UP
        name = (attempt.request.number, attempt.number, kind)
        time = connected_by if first else attempt.gives_up
        attempt.pending = self._clock.schedule_at(time, name, self._give_up, attempt)

    def _give_up(self, due: Due) -> None:
        attempt: Attempt = due.value
        attempt.pending = None
        self._surroundings.answer(attempt, Cause.NODE_UNREACHABLE)

    def forget(self) -> None:
        """The pod and its address are gone; who still sends here is refused as by a dying pod."""
        self.kill(Cause.CUT_BY_SIGKILL)
        self.terminating = True
        self.forgotten = True

    def note(self, cause: Cause) -> None:
        """A user's attempt that was sent here has ended with *cause*."""
        if cause is Cause.NONE:
            self._answered += 1
        else:
            self._failed += 1

    @property
    def doing(self) -> Doing:
        """What it is doing, as a request may find it."""
        if self.forgotten:
            return Doing.GONE
        if not self.reachable:
            return Doing.UNREACHABLE
        if not self._alive:
            return Doing.STOPPED if self.terminating else Doing.STARTING
        if self.draining:
            return Doing.DRAINING
        if self.terminating:
            return Doing.WINDING_UP
        return Doing.SERVING if self.listening else Doing.STARTING

    @property
    def queued(self) -> int:
        """How many attempts wait for one of its workers."""
        return self._station.queued

    def counters(self) -> PodCounters:
        """Its state at this moment."""
        return PodCounters(
            in_flight=self._station.in_flight,
            queued=self._station.queued,
            busy_seconds=self._station.busy_seconds,
            cpu_seconds=self._cores.spent_seconds(self._meter),
            throttled_seconds=self._meter.throttled_seconds,
            memory_bytes=self._memory.used_bytes,
            answered=self._answered,
            failed=self._failed,
        )

    def _end_process(self) -> None:
        """Its connections close with it."""
        if self._alive:
            self._alive = False
            self._ended = self._clock.now

    def _set_listening(self, listening: bool, killed: bool = False) -> None:
        if listening != self.listening:
            self.listening = listening
            for watcher in tuple(self.watchers):
                watcher(killed)

    def _empty(self) -> None:
        if self.draining:
            name = (-1, self.number, Kind.DRAINED)
            self._drained = self._clock.schedule_at(self._clock.now, name, self._tell_drained)

    def _tell_drained(self, _: Due) -> None:
        self._drained = None
        self._signal(Signal(SignalKind.DRAINED, self._clock.now, self.number))

    def _leak(self, size: float) -> None:
        self._memory.grow(size)

    def _crash(self) -> None:
        self._signal(Signal(SignalKind.CRASH, self._clock.now, self.number))

    def _out_of_memory(self) -> None:
        self._signal(Signal(SignalKind.OOM, self._clock.now, self.number))
