"""The simulation's clock: SimPy's environment with events at absolute moments.

Rule for ties: at one moment, urgent events come first, then the others in the order in which
they were scheduled; that order is a function of the run's own history, so it repeats.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import simpy
from simpy.events import NORMAL, EventPriority


class _Call:
    """A function that will be called, in the place of a SimPy event."""

    __slots__ = ("function",)

    def __init__(self, function: Callable[[], None]) -> None:
        self.function = function


class Environment(simpy.Environment):
    """SimPy's environment; *at* and *call_at* take the moment itself, not a delay.

    `timeout(t - now)` can land on another float than t, and then two planes disagree about what
    came first.
    """

    if not TYPE_CHECKING:
        now = property(attrgetter("_now"))  # SimPy's own, without a call of a Python function.

    def at(self, time: float, value: Any = None, priority: EventPriority = NORMAL) -> simpy.Event:
        """An event that happens at exactly *time*. Raise a `ValueError` if that has passed."""
        if not time >= self._now:
            raise ValueError(f"time must not lie before {self._now}, not {time}")
        event = simpy.Event(self)
        event._ok = True
        event._value = value
        heappush(self._queue, (time, priority, next(self._eid), event))
        return event

    def step(self) -> None:
        """Process the next event; a call needs none of what SimPy does for its own events."""
        queue = self._queue
        if not queue or not isinstance(queue[0][3], _Call):
            super().step()
            return
        self._now, _, _, call = heappop(queue)
        call.function()  # type: ignore[attr-defined]

    def call_at(self, time: float, function: Callable[[], None]) -> None:
        """Call *function* at exactly *time*."""
        if not time >= self._now:
            raise ValueError(f"time must not lie before {self._now}, not {time}")
        heappush(self._queue, (time, NORMAL, next(self._eid), _Call(function)))  # type: ignore[misc]
