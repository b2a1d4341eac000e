"""The workers of one process and the queue before them: first come, first served."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from sim.model.behaviour import Behaviour
from sim.model.causes import Cause
from sim.traffic.attempt import Attempt
from sim.traffic.clock import Due, Kind
from sim.traffic.routing import Table
from sim.traffic.service import Service
from sim.traffic.surroundings import Surroundings


class Station:
    """Workers that serve one attempt each, and at most *queue_limit* attempts that wait.

    An attempt whose client gives up while it waits leaves the queue at once. One whose client
    gives up in service counts as in flight here until its worker is done with it (`Service`). The
    price of an attempt (its service time, its calls) is fixed when a worker takes it; whether its
    answer is the application's own error is drawn for (request, attempt) when the answer is given.

    *flags* say which attempts take another version's code path: looked at when a worker begins,
    and the attempt is that version's from then on.

    *compute* is told what an attempt has to compute. *empty* is called whenever the last attempt
    in flight has left by itself. *leak* hears of the bytes that one leaves behind, and *crash* of
    one that ends the process: its worker never answers, until somebody ends the process indeed.
    """

    def __init__(
        self,
        surroundings: Surroundings,
        behaviour: Behaviour,
        *,
        compute: Callable[[Attempt, float], None],
        empty: Callable[[], None],
        leak: Callable[[float], None],
        crash: Callable[[], None],
    ) -> None:
        self.service = Service(surroundings, compute=compute, over=self._over)
        self._clock = surroundings.clock
        self._bugs = surroundings.bugs
        self._answer = surroundings.answer
        self._dependencies = surroundings.dependencies
        self._behaviour = behaviour
        self._rows = surroundings.rows
        self._routing = surroundings.routing
        self.flags: Table = ()
        self._empty = empty
        self._leak = leak
        self._crash = crash
        self._crashes = surroundings.crashes
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
            name = (attempt.request.number, attempt.number, Kind.GIVE_UP)
            attempt.pending = self._clock.schedule_at(
                attempt.gives_up, name, self._give_up, attempt
            )
        else:
            return False
        return True

    def change(self, behaviour: Behaviour) -> None:
        """Serve by *behaviour* from now on; what is in service keeps its price.

        Added workers take waiting attempts at once. Removed ones finish what they have.
        """
        self._behaviour = behaviour
        self._take_waiting()

    @property
    def serving(self) -> set[Attempt]:
        """Those that occupy a worker."""
        return set(self._serving)

    def has_in_service(self, attempt: Attempt) -> bool:
        """Whether a worker has *attempt*."""
        return attempt in self._serving

    def clear(self) -> list[Attempt]:
        """Drop everything; what clients still wait for, in (request, attempt) order."""
        self._add_up()
        lost = [*self._serving, *self._waiting]
        self._dependencies.leave(self._serving)
        self._serving.clear()
        self._waiting.clear()
        for attempt in lost:
            if attempt.pending is not None:
                attempt.pending.withdraw()
        return sorted((a for a in lost if not a.abandoned), key=lambda attempt: attempt.order)

    def _start(self, attempt: Attempt) -> None:
        self._add_up()
        self._serving[attempt] = None
        if self.flags and attempt.request.hear is None:
            path = self._routing.version(self.flags, attempt)
            attempt.version = attempt.version if path is None else path
        self.service.begin(attempt, self._row(attempt))

    def _row(self, attempt: Attempt) -> Behaviour:
        """How the code behaves that serves *attempt*; a probe's is that of the process."""
        if attempt.version < 0:
            return self._behaviour
        return self._rows.of_class(attempt.version, attempt.request.endpoint_class)

    def _over(self, attempt: Attempt, well: bool) -> None:
        """The worker answers, if anybody still waits for that, and takes the next."""
        row = self._row(attempt)
        if well and self._is_poison(attempt, row):
            attempt.ends = float("inf")
            self.service.expect_again(attempt)
            self._crash()
            return
        self._add_up()
        del self._serving[attempt]
        if row.leak_bytes_per_request > 0.0 and attempt.request.hear is None:
            self._leak(row.leak_bytes_per_request)
        if not attempt.abandoned:
            self._answer(attempt, self._verdict(attempt) if well else Cause.DEPENDENCY_ERROR)
        self._take_waiting()
        self._tell_if_empty()

    def _give_up(self, due: Due) -> None:
        attempt: Attempt = due.value
        attempt.pending = None
        self._waiting.remove(attempt)
        self._answer(attempt, Cause.TIMED_OUT_WAITING)
        self._tell_if_empty()

    def _verdict(self, attempt: Attempt) -> Cause:
        ratio = self._row(attempt).error_ratio
        if attempt.request.hear is not None:
            return Cause.NONE
        if ratio > 0.0 and self._bugs.uniform(attempt.request.number, attempt.number) < ratio:
            return Cause.APPLICATION_BUG
        return Cause.NONE

    def _is_poison(self, attempt: Attempt, row: Behaviour) -> bool:
        """Whether *attempt*'s request ends the process; it would end any of that version."""
        ratio, request = row.crash_ratio, attempt.request
        return (
            ratio > 0.0 and request.hear is None and self._crashes.uniform(request.number) < ratio
        )

    def _take_waiting(self) -> None:
        while self._waiting and len(self._serving) < self._behaviour.concurrency:
            attempt = self._waiting.popleft()
            assert attempt.pending is not None, "an attempt in the queue has a pending event"
            attempt.pending.withdraw()
            self._start(attempt)

    def _tell_if_empty(self) -> None:
        if not self._serving and not self._waiting:
            self._empty()

    def _add_up(self) -> None:
        now = self._clock.now
        self._busy_seconds += len(self._serving) * (now - self._busy_until)
        self._busy_until = now
