"""One clock for two planes: the traffic always runs up to the control plane's next event."""

from __future__ import annotations

from collections.abc import Callable
from math import inf

from simpy.events import URGENT

from sim.control.clock import Environment
from sim.ports import DataPlane, Signal


class TwoPlaneEnvironment(Environment):
    """Before an event at t is processed, requests run up to t, or to the signal before it.

    A signal becomes an event of its own at its exact time, ahead of everything else there, so
    the control plane hears it neither early nor late. At equal times control acts before data.
    """

    def __init__(self, initial_time: float) -> None:
        super().__init__(initial_time)
        self._plane: DataPlane | None = None
        self._hear: Callable[[Signal], None] | None = None

    def tie(self, plane: DataPlane, hear: Callable[[Signal], None]) -> None:
        """Run *plane* on this clock and pass its signals to *hear*."""
        self._plane = plane
        self._hear = hear

    def step(self) -> None:
        """Advance the data plane to the next control event, then process that or its signal."""
        if self._plane is not None:
            queue = self._queue
            signal = self._plane.advance(queue[0][0] if queue else inf)
            if signal is not None:
                self._schedule(signal)
        super().step()

    def _schedule(self, signal: Signal) -> None:
        heard = self.at(signal.time, signal, URGENT)
        heard.callbacks.append(self._pass_on)

    def _pass_on(self, event: object) -> None:
        assert self._hear is not None
        self._hear(event.value)  # type: ignore[attr-defined]
