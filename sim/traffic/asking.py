"""A probe that is a request like any other: it waits for a worker, and may time out waiting.

So a process that is alive and overloaded fails its probes, as in life. Probes are not users'
requests and are not counted with them.
"""

from __future__ import annotations

from collections.abc import Callable

from sim.model.causes import Cause
from sim.ports import ProbeKind, Signal, SignalKind
from sim.traffic.attempt import Attempt, Request
from sim.traffic.clock import Clock, Due
from sim.traffic.judgement import Judgement
from sim.traffic.pod import Pod
from sim.traffic.probing import KINDS

# The request numbers of probes: below those of pods' own events (-1), so they come first.
_NUMBERS = {ProbeKind.STARTUP: -4, ProbeKind.READINESS: -3, ProbeKind.LIVENESS: -2}


class AskingProbe:
    """Sends one pod a request at every tick and waits *timeout* for its answer.

    One request at a time: a tick that comes while the last request is still out is made up for as
    soon as that one is over, for a Go ticker keeps one tick and drops the rest.
    """

    def __init__(
        self,
        clock: Clock,
        pod: Pod,
        kind: ProbeKind,
        signal: Callable[[Signal], None],
        *,
        timeout: float,
    ) -> None:
        self._clock = clock
        self._pod = pod
        self._kind = kind
        self._signal = signal
        self._timeout = timeout
        self._judgement = Judgement(kind)
        self._first = 0.0
        self._period = 1.0
        self._ticks = 0
        self._tick: Due | None = None
        self._asked: Attempt | None = None
        self._missed = False

    def start(self, first: float, period: float, success: int, failure: int) -> None:
        """Tick at *first* and every *period* after; *success* and *failure* are the thresholds."""
        if not period > 0.0:
            raise ValueError(f"period must be above 0, not {period}")
        self.stop()
        self._judgement.set_thresholds(success, failure)
        self._first, self._period, self._ticks = first, period, 0
        self._expect_tick()

    def stop(self) -> None:
        """Ask no more; an answer that is still to come is of no interest."""
        if self._tick is not None:
            self._tick.withdraw()
            self._tick = None
        self._asked = None
        self._missed = False

    def _expect_tick(self) -> None:
        when = self._first + self._ticks * self._period
        name = (-1, self._pod.number, KINDS[self._kind])
        self._tick = self._clock.schedule_at(when, name, self._on_tick)

    def _on_tick(self, _: Due) -> None:
        self._ticks += 1
        self._expect_tick()
        if self._asked is None:
            self._ask()
        else:
            self._missed = True

    def _ask(self) -> None:
        now = self._clock.now
        deadline = now + self._timeout
        request = Request(_NUMBERS[self._kind], -1, -1, now, deadline)
        request.hear = self._answered
        attempt = Attempt(request, self._pod.number, now, deadline)
        self._asked = attempt
        self._pod.take(attempt, False, float("inf"))

    def _answered(self, attempt: Attempt, cause: Cause) -> None:
        if attempt is not self._asked:
            return
        self._asked = None
        result = cause is Cause.NONE
        if self._judgement.changes_with(result):
            detail = (str(self._kind), result)
            self._signal(Signal(SignalKind.PROBE, self._clock.now, self._pod.number, detail))
        if self._missed and self._tick is not None:
            self._missed = False
            name = (-1, self._pod.number, KINDS[self._kind])
            self._clock.schedule_at(self._clock.now, name, self._make_up)

    def _make_up(self, _: Due) -> None:
        if self._tick is not None and self._asked is None:
            self._ask()
