"""The data plane's own clock, on which events at one moment happen in a written order.

The rule for ties, which every data plane keeps:

1. Control at t comes before data at t: `advance(t)` stops short of t, so whatever the control
   plane does at t is done when the data events at t begin.
2. Data events at one moment happen in the order of their names (request, attempt, kind).
   What happens to a pod rather than to a request has the name (-1, pod, kind) and so comes first.
3. The consequences of an event happen at once inside it: an answer frees the worker, the next
   waiting request starts on it, and only then is there a next event. An attempt therefore has
   one pending event at any time, at the earlier of the end of what it does and the moment its
   client gives up, and a queue of slots with one event each is enough to be bit-equal. If those
   two are one moment, the answer counts.
4. A kill answers in (request, attempt) order.

SimPy breaks ties by the order in which events were made; that order is an accident of the
program, and no second program could share it.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from heapq import heappop, heappush
from typing import Any, TypeAlias

import simpy

Name: TypeAlias = tuple[int, int, int]
Action: TypeAlias = Callable[["Due"], None]


class Kind(IntEnum):
    """What kind of event it is; the numbers order what ties in time, request and attempt."""

    OOM = 0  # A pod's memory reaches its limit.
    DRAINED = 1  # A draining pod has nothing in flight any more.
    STARTUP = 2  # A probe's tick, by probe.
    READINESS = 3
    LIVENESS = 4
    SEND = 5  # A user means to send (attempt 0), or a back-off is over (any later attempt).
    FINISH = 6  # A worker is done with an attempt.
    GIVE_UP = 7  # The client's patience ends, waiting or in service.
    CONNECT = 9  # A proxy gives up connecting.
    CALL = 10  # A request has computed and makes its first call.
    RETURN = 11  # A call to a dependency ends, with an answer or with the worker's patience.
    CPU = 8  # A pod's computing takes a turn: a thread is done, the quota is, or the period.


class Due(simpy.Event):
    """An event that will happen at a moment known already, and may be withdrawn before it.

    As SimPy's `Timeout`, it is triggered from the start; its *value* is whom it happens to.
    """

    def __init__(self, env: simpy.Environment, action: Action, value: Any) -> None:
        self.env = env
        self.callbacks = [action]
        self._ok = True
        self._value = value

    @property
    def value(self) -> Any:
        """Whom it happens to."""
        return self._value

    def moved(self, clock: Clock, time: float, name: Name) -> Due:
        """The same, but at *time* and by that *name*."""
        action = self.callbacks[0]
        self.withdraw()
        return clock.schedule_at(time, name, action, self._value)

    def withdraw(self) -> None:
        """Let it not happen."""
        self.callbacks = []


class Clock(simpy.Environment):
    """A SimPy environment whose queue orders by (time, name) instead of (time, priority, age)."""

    def schedule_at(self, time: float, name: Name, action: Action, value: Any = None) -> Due:
        """Let *action* happen at the absolute *time*, unless the returned event is withdrawn.

        Raise a `ValueError` if *time* has passed.
        """
        if not time >= self._now:
            raise ValueError(f"time must not lie before {self._now}, not {time}")
        due = Due(self, action, value)
        # The age only keeps the heap from comparing a withdrawn event with its successor.
        heappush(self._queue, (time, name, next(self._eid), due))  # type: ignore[misc]
        return due

    def peek(self) -> float:
        """When the next event is due that has not been withdrawn; infinite if there is none."""
        queue = self._queue
        while queue and not queue[0][3].callbacks:
            heappop(queue)
        return queue[0][0] if queue else float("inf")

    def stand_at(self, time: float) -> None:
        """Let the time pass up to *time*, before which nothing is due."""
        self._now = time
