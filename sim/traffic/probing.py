"""A probe's ticks, thresholds and verdict, as the kubelet's probe worker keeps them.

`kubernetes/kubernetes:pkg/kubelet/prober/worker.go`: a result counts once it repeats threshold
times in a row, and below the threshold the earlier verdict stays. When to probe at all (startup
before the others, the initial delay, the hold after a verdict that kills) is the kubelet's part.
"""

from __future__ import annotations

from collections.abc import Callable

from sim.ports import ProbeKind, Signal, SignalKind
from sim.traffic.clock import Clock, Due, Kind
from sim.traffic.pod import Pod

_KINDS = {
    ProbeKind.STARTUP: Kind.STARTUP,
    ProbeKind.READINESS: Kind.READINESS,
    ProbeKind.LIVENESS: Kind.LIVENESS,
}
_BEFORE_ANY_TICK = {ProbeKind.STARTUP: None, ProbeKind.READINESS: False, ProbeKind.LIVENESS: True}


class Probe:
    """Asks one pod whether its process listens; a draining process has closed its listener.

    The answer to a probe does not depend on load and takes no time.
    """

    def __init__(
        self, clock: Clock, pod: Pod, kind: ProbeKind, signal: Callable[[Signal], None]
    ) -> None:
        self._clock = clock
        self._pod = pod
        self._kind = kind
        self._signal = signal
        self._verdict = _BEFORE_ANY_TICK[kind]
        self._last_result: bool | None = None
        self._run = 0
        self._period = 0.0
        self._success = 1
        self._failure = 1
        self._tick: Due | None = None

    def start(self, first: float, period: float, success: int, failure: int) -> None:
        """Tick at *first* and every *period* after; *success* and *failure* are the thresholds."""
        if not period > 0.0:
            raise ValueError(f"period must be above 0, not {period}")
        self.stop()
        self._period = period
        self._success = success
        self._failure = failure
        self._schedule(first)

    def stop(self) -> None:
        """Tick no more."""
        if self._tick is not None:
            self._tick.withdraw()

    def _schedule(self, time: float) -> None:
        name = (-1, self._pod.number, _KINDS[self._kind])
        self._tick = self._clock.schedule_at(time, name, self._ask)

    def _ask(self, _: Due) -> None:
        self._schedule(self._clock.now + self._period)
        result = self._pod.listening
        self._run = self._run + 1 if result == self._last_result else 1
        self._last_result = result
        if self._run < (self._success if result else self._failure) or result == self._verdict:
            return
        self._verdict = result
        detail = (str(self._kind), result)
        self._signal(Signal(SignalKind.PROBE, self._clock.now, self._pod.number, detail))
