"""A probe whose answers depend on the process alone: only its changes of verdict are events.

Such a probe needs no worker: a TCP connection, a command, an HTTP request that a thread of its own
answers, or one that nobody else competes with. What each tick would find is known from when the
process began and ceased to listen, so nothing happens at a tick that changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from math import floor

from sim.ports import ProbeKind, Signal, SignalKind
from sim.traffic.clock import Clock, Due, Kind
from sim.traffic.judgement import Judgement
from sim.traffic.pod import Pod

KINDS = {
    ProbeKind.STARTUP: Kind.STARTUP,
    ProbeKind.READINESS: Kind.READINESS,
    ProbeKind.LIVENESS: Kind.LIVENESS,
}


class QuietProbe:
    """Asks one pod whether its process listens; tick number k is at first + k x period.

    An answer takes *answer_seconds* and counts when it is there; a process that is killed
    meanwhile has not answered. A refusal comes at once. Where every answer comes too late,
    *late_after* says when the client of the probe gives up.
    """

    def __init__(
        self,
        clock: Clock,
        pod: Pod,
        kind: ProbeKind,
        signal: Callable[[Signal], None],
        *,
        answer_seconds: float = 0.0,
        late_after: float = float("inf"),
    ) -> None:
        self._clock = clock
        self._pod = pod
        self._kind = kind
        self._signal = signal
        self._in_time = answer_seconds <= late_after
        self._answer_seconds = min(answer_seconds, late_after)
        self._judgement = Judgement(kind)
        self._first = 0.0
        self._period = 1.0
        self._next = 0  # The first tick whose result has not been taken in.
        self._due: Due | None = None
        self._ticking = False

    def start(self, first: float, period: float, success: int, failure: int) -> None:
        """Tick at *first* and every *period* after; *success* and *failure* are the thresholds."""
        if not period > 0.0:
            raise ValueError(f"period must be above 0, not {period}")
        self.stop()
        self._judgement.set_thresholds(success, failure)
        self._first, self._period, self._next = first, period, 0
        self._ticking = True
        self._pod.watchers.append(self._listening_changed)
        self._plan()

    def stop(self) -> None:
        """Tick no more."""
        if self._ticking:
            self._catch_up(self._pod.listening, killed=False)
            self._ticking = False
            self._pod.watchers.remove(self._listening_changed)
            self._withdraw()

    def _listening_changed(self, killed: bool) -> None:
        """The process began or ceased to listen, just now."""
        self._catch_up(not self._pod.listening, killed)
        self._plan()

    def _catch_up(self, listened: bool, killed: bool) -> None:
        """Take in the results of all ticks before now, at which the process *listened* or not."""
        ticks = self._ticks_before(self._clock.now)
        result = listened and self._in_time
        count = ticks - self._next
        if count <= 0:
            return
        cut_off = (
            listened and killed and self._tick(ticks - 1) + self._answer_seconds > self._clock.now
        )
        self._judgement.note(result, count - 1 if cut_off else count)
        self._next = ticks
        if cut_off:
            self._next -= 1  # That one fails, as a refusal at this moment.

    def _plan(self) -> None:
        """Expect the tick that changes the verdict, if the process stays as it is."""
        self._withdraw()
        result = self._pod.listening and self._in_time
        missing = self._judgement.missing(result)
        if missing is None:
            return
        tick = self._next + missing - 1
        when = self._tick(tick) + (self._answer_seconds if self._pod.listening else 0.0)
        name = (-1, self._pod.number, KINDS[self._kind])
        self._due = self._clock.schedule_at(max(when, self._clock.now), name, self._turn, tick)

    def _turn(self, due: Due) -> None:
        self._due = None
        tick: int = due.value
        result = self._pod.listening and self._in_time
        self._judgement.note(result, tick - self._next)
        self._next = tick + 1
        if self._judgement.changes_with(result):
            detail = (str(self._kind), result)
            self._signal(Signal(SignalKind.PROBE, self._clock.now, self._pod.number, detail))
        self._plan()

    def _tick(self, number: int) -> float:
        return self._first + number * self._period

    def _ticks_before(self, now: float) -> int:
        """How many ticks lie before *now*, itself not included."""
        count = max(0, floor((now - self._first) / self._period) + 1)
        while count and self._tick(count - 1) >= now:
            count -= 1
        while self._tick(count) < now:
            count += 1
        return count

    def _withdraw(self) -> None:
        if self._due is not None:
            self._due.withdraw()
            self._due = None
