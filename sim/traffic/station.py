"""The workers of one process and the queue before them: first come, first served."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from sim.model.behaviour import Behaviour
from sim.model.causes import Cause
from sim.model.draws import Stream
from sim.traffic.attempt import Attempt
from sim.traffic.clock import Clock, Due, Kind
from sim.traffic.demand import Demands


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What all stations share: the clock, the draws, and whom to tell how an attempt ended."""

    clock: Clock
    demands: Demands
    bugs: Stream
    answer: Callable[[Attempt, Cause], None]


class Station:
    """Workers that serve one attempt each, and at most *queue_limit* attempts that wait.

    An attempt computes first and then waits for others (a database). *compute* is told what it has
    to compute and answers by `computed`, if that takes longer than it would on a core of its own.

    An attempt whose client gives up while it waits leaves the queue at once. One whose client
    gives up in service stays with its worker to the end, for a server notices a closed connection
    only when it writes the answer; until then it counts as in flight here. The price of an
    attempt (its service time) is fixed when a worker takes it; whether its answer is the
    application's own error is drawn for (request, attempt) when the answer is given.

    *empty* is called whenever the last attempt in flight has left by itself.
    """

    def __init__(
        self,
        surroundings: Surroundings,
        behaviour: Behaviour,
        *,
        compute: Callable[[Attempt, float], None],
        empty: Callable[[], None],
    ) -> None:
        self._clock = surroundings.clock
        self._demands = surroundings.demands
        self._bugs = surroundings.bugs
        self._answer = surroundings.answer
        self._behaviour = behaviour
        self._compute = compute
        self._empty = empty
        self._serving: dict[Attempt, None] = {}  # A set that keeps its order.
        self._waiting: deque[Attempt] = deque()
        self._busy_seconds = 0.0
        self._busy_until = self._clock.now  # How far _busy_seconds has been added up.

    @property
    def queued(self) -> int:
        """How many wait."""
        return len(self._waiting)

    @property
    def in_flight(self) -> int:
        """How many wait or occupy a worker."""
        return len(self._waiting) + len(self._serving)

    @property
    def busy_seconds(self) -> float:
        """Worker-seconds of service so far, up to this moment."""
        return self._busy_seconds + len(self._serving) * (self._clock.now - self._busy_until)

    def accept(self, attempt: Attempt) -> bool:
        """Serve *attempt*, or let it wait; False if the queue is full."""
        if len(self._serving) < self._behaviour.concurrency:
            self._start(attempt)
        elif len(self._waiting) < self._behaviour.queue_limit:
            self._waiting.append(attempt)
            attempt.pending = self._schedule(attempt, attempt.gives_up, Kind.GIVE_UP)
        else:
            return False
        return True

    def change(self, behaviour: Behaviour) -> None:
        """Serve by *behaviour* from now on; what is in service keeps its price.

        Added workers take waiting attempts at once. Removed ones finish what they have.
        """
        self._behaviour = behaviour
        self._take_waiting()

    def computed(self, attempt: Attempt, when: float) -> None:
        """The computing for *attempt* ends at *when*, infinite while nobody knows."""
        attempt.ends = when + attempt.waits
        if attempt.pending is not None:
            attempt.pending.withdraw()
        self._expect_end(attempt)

    @property
    def serving(self) -> set[Attempt]:
        """Those that occupy a worker."""
        return set(self._serving)

    def clear(self) -> list[Attempt]:
        """Drop everything; what clients still wait for, in (request, attempt) order."""
        self._add_up()
        lost = [*self._serving, *self._waiting]
        self._serving.clear()
        self._waiting.clear()
        for attempt in lost:
            if attempt.pending is not None:
                attempt.pending.withdraw()
        return sorted((a for a in lost if not a.abandoned), key=lambda attempt: attempt.order)

    def _start(self, attempt: Attempt) -> None:
        self._add_up()
        self._serving[attempt] = None
        if attempt.request.hear is not None:
            computes = seconds = self._behaviour.probe_seconds
        else:
            seconds = self._demands.seconds(attempt.request.number, self._behaviour)
            computes = seconds * self._behaviour.cpu_share
        attempt.ends = self._clock.now + seconds
        attempt.waits = seconds - computes
        self._expect_end(attempt)
        if computes > 0.0:
            self._compute(attempt, computes)

    def _expect_end(self, attempt: Attempt) -> None:
        """Of its service, or of its client's patience, whichever is first."""
        if attempt.ends <= attempt.gives_up:
            attempt.pending = self._schedule(attempt, attempt.ends, Kind.FINISH)
        elif not attempt.abandoned:
            attempt.pending = self._schedule(attempt, attempt.gives_up, Kind.GIVE_UP)
        elif attempt.ends < float("inf"):
            attempt.pending = self._schedule(attempt, attempt.ends, Kind.FINISH)
        else:
            attempt.pending = None

    def _finish(self, due: Due) -> None:
        attempt: Attempt = due.value
        attempt.pending = None
        self._add_up()
        del self._serving[attempt]
        if not attempt.abandoned:
            self._answer(attempt, self._verdict(attempt))
        self._take_waiting()
        self._tell_if_empty()

    def _give_up(self, due: Due) -> None:
        attempt: Attempt = due.value
        if attempt in self._serving:
            attempt.abandoned = True
            self._expect_end(attempt)
            self._answer(attempt, Cause.TIMED_OUT_IN_SERVICE)
        else:
            attempt.pending = None
            self._waiting.remove(attempt)
            self._answer(attempt, Cause.TIMED_OUT_WAITING)
            self._tell_if_empty()

    def _verdict(self, attempt: Attempt) -> Cause:
        ratio = self._behaviour.error_ratio
        if attempt.request.hear is not None:
            return Cause.NONE
        if ratio > 0.0 and self._bugs.uniform(attempt.request.number, attempt.number) < ratio:
            return Cause.APPLICATION_BUG
        return Cause.NONE

    def _take_waiting(self) -> None:
        while self._waiting and len(self._serving) < self._behaviour.concurrency:
            attempt = self._waiting.popleft()
            _pending(attempt).withdraw()
            self._start(attempt)

    def _tell_if_empty(self) -> None:
        if not self._serving and not self._waiting:
            self._empty()

    def _add_up(self) -> None:
        now = self._clock.now
        self._busy_seconds += len(self._serving) * (now - self._busy_until)
        self._busy_until = now

    def _schedule(self, attempt: Attempt, time: float, kind: Kind) -> Due:
        action = self._finish if kind is Kind.FINISH else self._give_up
        name = (attempt.request.number, attempt.number, kind)
        return self._clock.schedule_at(time, name, action, attempt)


def _pending(attempt: Attempt) -> Due:
    assert attempt.pending is not None, "an attempt at a station has a pending event"
    return attempt.pending
