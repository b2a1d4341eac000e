"""What the workers call: slots shared by all pods of all versions, and the line before them.

The rules, which every data plane keeps:

1. A call gets a slot at once if one is free; otherwise it waits, first come first served. Its
   latency is priced when it gets a slot, by the numbers of that moment, and then stays.
2. It ends at its answer or when its worker's patience (`Call.timeout_seconds`, from the moment of
   the call) is over, whichever is first; if those are one moment, the answer counts. Whether an
   answer is an error goes by the ratio of the moment at which it is given.
3. However a call ends, it leaves its slot or its place in line at that moment. Inside one event:
   it leaves, the first that waits moves up, and then the request goes on or is answered.
4. Control at t comes before data at t. When the dependency goes down, all calls here leave first,
   and then fail in (request, attempt) order: each is answered and the next in its worker's queue
   starts before the next fails. When slots are added, those that wait move up in that call; when
   slots are taken away, calls in them go on to their end.
5. The calls of a killed process leave in (request, attempt) order; then, dependency by dependency,
   those that wait move up; then the kill answers. A node that cannot be reached is the same:
   nothing of its pods is followed any more.
6. The client's patience changes nothing here: a call goes on after its client has given up.
7. Before the number of slots in use changes, busy seconds grow by that number x (now - since the
   last time), one addition each time.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import Protocol

from sim.model.demand import Demand
from sim.model.dependency import MOST_DEPENDENCIES, Call, Dependency
from sim.model.draws import Purpose, Stream
from sim.ports import DependencyCounters
from sim.traffic.attempt import Attempt
from sim.traffic.clock import Clock
from sim.traffic.demand import spread


class Caller(Protocol):
    """Whoever follows the attempts of one process, and so those that call."""

    def expect(self, attempt: Attempt, ends: float) -> None:
        """Its call ends then, as far as is known."""
        ...

    def failed(self, attempt: Attempt) -> None:
        """Its call has failed at this moment."""
        ...


class CallDraws:
    """What is drawn for a call: keyed by request and dependency, so that a retry and another
    version meet the same; errors by attempt too, so that a retry may have better luck."""

    def __init__(self, seed: int) -> None:
        self._shares = Stream(seed, Purpose.CALL)
        self._latencies = Stream(seed, Purpose.LATENCY)
        self._errors = Stream(seed, Purpose.DEPENDENCY_ERROR)

    def made(self, request: int, calls: Sequence[Call]) -> tuple[Call, ...]:
        """Those of *calls* that *request* makes, in order."""
        number = request * MOST_DEPENDENCIES
        return tuple(
            call for call in calls if self._shares.uniform(number + call.dependency) < call.share
        )

    def latency_seconds(self, request: int, number: int, row: Dependency) -> float:
        """How long dependency *number* takes for *request*."""
        if row.demand == Demand.CONSTANT:
            return row.latency_seconds
        u = self._latencies.uniform(request * MOST_DEPENDENCIES + number)
        return spread(row.latency_seconds, row.demand, row.demand_cv, u)

    def is_error(self, attempt: Attempt, number: int, ratio: float) -> bool:
        """Whether dependency *number* answers *attempt* with an error."""
        key = attempt.request.number * MOST_DEPENDENCIES + number
        return ratio > 0.0 and self._errors.uniform(key, attempt.number) < ratio


class DependencyStation:
    """Dependency *number*: its slots, who has one, and who waits for one."""

    def __init__(self, clock: Clock, draws: CallDraws, number: int, row: Dependency) -> None:
        self.row = row
        self._clock = clock
        self._draws = draws
        self._number = number
        self._served: dict[Attempt, Caller] = {}
        self._waiting: OrderedDict[Attempt, Caller] = OrderedDict()
        self._busy_seconds = 0.0
        self._busy_until = clock.now  # How far _busy_seconds has been added up.

    def take(self, attempt: Attempt, call: Call, caller: Caller) -> bool:
        """*attempt* calls now; False if the call fails at once."""
        if not self.row.up:
            return False
        attempt.calling = self
        attempt.patient_until = self._clock.now + call.timeout_seconds
        attempt.answered_at = float("inf")
        if len(self._served) < self.row.capacity:
            self._serve(attempt, caller)
        else:
            self._waiting[attempt] = caller
            caller.expect(attempt, attempt.patient_until)
        return True

    def end(self, attempt: Attempt) -> bool:
        """The call of *attempt* ends at this moment; whether it went well."""
        in_time = attempt.answered_at <= attempt.patient_until
        self.drop(attempt)
        self.move_up()
        return in_time and not self._draws.is_error(attempt, self._number, self.row.error_ratio)

    def drop(self, attempt: Attempt) -> None:
        """*attempt* leaves its slot or its place in line; nobody moves up yet."""
        attempt.calling = None
        if attempt in self._served:
            self._add_up()
            del self._served[attempt]
        else:
            del self._waiting[attempt]

    def move_up(self) -> None:
        """Those that wait get the slots that are free."""
        while self._waiting and len(self._served) < self.row.capacity:
            self._serve(*self._waiting.popitem(last=False))

    def change(self, row: Dependency) -> None:
        """It is like *row* from now on; calls that have a slot keep their price."""
        self.row = row
        if row.up:
            self.move_up()
        else:
            self._fail_all()

    def counters(self) -> DependencyCounters:
        """Its state at this moment."""
        busy = len(self._served) * (self._clock.now - self._busy_until)
        return DependencyCounters(
            in_use=len(self._served),
            waiting=len(self._waiting),
            busy_seconds=self._busy_seconds + busy,
        )

    def _serve(self, attempt: Attempt, caller: Caller) -> None:
        self._add_up()
        self._served[attempt] = caller
        latency = self._draws.latency_seconds(attempt.request.number, self._number, self.row)
        attempt.answered_at = self._clock.now + latency
        caller.expect(attempt, min(attempt.answered_at, attempt.patient_until))

    def _fail_all(self) -> None:
        callers = {**self._served, **self._waiting}
        for attempt in callers:
            self.drop(attempt)
        for attempt in sorted(callers, key=lambda attempt: attempt.order):
            callers[attempt].failed(attempt)

    def _add_up(self) -> None:
        now = self._clock.now
        self._busy_seconds += len(self._served) * (now - self._busy_until)
        self._busy_until = now


class Dependencies:
    """All dependencies, by number."""

    def __init__(self, clock: Clock, rows: Sequence[Dependency], seed: int) -> None:
        if len(rows) > MOST_DEPENDENCIES:
            raise ValueError(f"dependencies must be at most {MOST_DEPENDENCIES}, not {len(rows)}")
        self.draws = CallDraws(seed)
        self._stations = tuple(
            DependencyStation(clock, self.draws, number, row) for number, row in enumerate(rows)
        )

    def __len__(self) -> int:
        return len(self._stations)

    def __getitem__(self, number: int) -> DependencyStation:
        return self._stations[number]

    def leave(self, attempts: Iterable[Attempt]) -> None:
        """The process that made the calls of *attempts* is gone."""
        callers = [(one.order, one, one.calling) for one in attempts if one.calling is not None]
        for _, attempt, station in sorted(callers, key=lambda caller: caller[0]):
            station.drop(attempt)
        if callers:
            for station in self._stations:
                station.move_up()

    def counters(self) -> tuple[DependencyCounters, ...]:
        """The state of all at this moment."""
        return tuple(station.counters() for station in self._stations)
