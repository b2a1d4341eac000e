"""The cores of one node, and who computes on them.

As long as a node has a core for every thread that computes, and no quota can bind, each thread has
a core to itself and its end is known when it begins: nothing more needs to be followed, and nothing
happens in between. Where threads outnumber cores, pods share them by weight, and where a pod has
more workers than its limit has cores, its quota counts: there each turn is an event (`Meter`).
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heapify, heappop, heappush

from sim.model.cfs import fair_shares
from sim.traffic.attempt import Attempt
from sim.traffic.clock import Clock
from sim.traffic.meter import Meter

# Told when an attempt's computing ends: the moment, infinite while that is not known.
Tell = Callable[[Attempt, float], None]


class Cores:
    """*cores* of a node (infinite until told), for the threads of its pods."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._cores = float("inf")
        self._tell: dict[Meter, Tell] = {}  # All pods of the node.
        self._busy: dict[Meter, None] = {}  # Those that are followed now; a set in order.
        # Threads with a core to themselves: a heap by the moment at which each is done.
        self._free: list[tuple[float, tuple[int, int, float, int], Attempt, Meter]] = []

    def resize(self, cores: float) -> None:
        """The node has so many cores from now on."""
        self._catch_up()
        self._cores = cores
        self._share()

    def enter(self, meter: Meter, tell: Tell) -> None:
        """A pod comes to this node."""
        self._tell[meter] = tell

    def employ(self, meter: Meter, workers: int) -> None:
        """The process of *meter*'s pod has so many *workers* from now on."""
        self._catch_up()
        meter.employ(workers)
        self._share()

    def compute(self, meter: Meter, attempt: Attempt, seconds: float) -> None:
        """A thread of *meter*'s pod begins to compute *seconds* for *attempt*.

        It will be done so much later, unless its pod is told otherwise.
        """
        self._catch_up()
        if meter.limited or meter in self._busy:
            meter.add(attempt, seconds)
            self._busy[meter] = None
            self._tell[meter](attempt, float("inf"))
        else:
            meter.spent_seconds += seconds
            done = self._clock.now + seconds
            heappush(self._free, (done, attempt.order, attempt, meter))
            if not self._busy and len(self._free) <= self._cores:
                return
        self._share()

    def drop(self, meter: Meter, attempts: set[Attempt]) -> None:
        """The process that computed for *attempts* is gone."""
        self._catch_up()
        now = self._clock.now
        for done in self._ends_of(meter):
            meter.spent_seconds -= done - now
        self._free = [job for job in self._free if job[2] not in attempts]
        heapify(self._free)
        meter.drop(attempts)
        self._share()

    def spent_seconds(self, meter: Meter) -> float:
        """What the pod of *meter* has computed up to this moment."""
        self._catch_up()
        ahead = 0.0
        for done in self._ends_of(meter):
            ahead += done - self._clock.now
        return meter.spent_seconds - ahead

    def turned(self, meter: Meter) -> None:
        """Something happened to the computing of *meter*'s pod: perhaps threads are done."""
        self._catch_up()
        done = meter.turn()
        self._share()
        for attempt in done:
            self._tell[meter](attempt, self._clock.now)

    def _ends_of(self, meter: Meter) -> list[float]:
        """When the threads of *meter*'s pod that have cores of their own are done, in order.

        They are added one by one in this order: another would round to other bits.
        """
        return sorted(job[0] for job in self._free if job[3] is meter)

    def _threads(self) -> int:
        return len(self._free) + sum(meter.threads for meter in self._busy)

    def _catch_up(self) -> None:
        """Take in what has been computed up to this moment."""
        now = self._clock.now
        while self._free and self._free[0][0] <= now:
            heappop(self._free)
        if self._busy:
            for meter in self._busy:
                meter.catch_up()

    def _share(self) -> None:
        """Give every pod its part of the cores."""
        for meter in [one for one in self._busy if not one.busy]:
            meter.run(0.0)
            del self._busy[meter]
        if self._threads() > self._cores:
            self._follow_all()
            threads = [meter.threads for meter in self._busy]
            weights = [meter.weight for meter in self._busy]
            shares = fair_shares(self._cores, threads, weights)
            for meter, count, share in zip(self._busy, threads, shares, strict=True):
                meter.run(share / count if count else 0.0)
        else:
            self._let_go()
            for meter in self._busy:
                meter.run(1.0)

    def _follow_all(self) -> None:
        """Threads are more than cores: nobody's end is known any more."""
        now = self._clock.now
        for done, _, attempt, meter in sorted(self._free, key=lambda job: job[:2]):
            meter.spent_seconds -= done - now
            meter.add(attempt, done - now)
            self._busy[meter] = None
            self._tell[meter](attempt, float("inf"))
        self._free.clear()

    def _let_go(self) -> None:
        """There is a core for every thread: only a quota must still be followed."""
        now = self._clock.now
        for meter in [one for one in self._busy if not one.limited]:
            for attempt, seconds in meter.take_all():
                meter.spent_seconds += seconds
                heappush(self._free, (now + seconds, attempt.order, attempt, meter))
                self._tell[meter](attempt, now + seconds)
            meter.run(0.0)
            del self._busy[meter]
