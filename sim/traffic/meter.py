"""What one pod computes while that must be followed moment by moment: under a quota, or crowded.

All threads of a pod progress at one rate, so one number, the work that each has had since the
beginning, tells when each is done: a thread with w seconds to compute is done when that number has
grown by w. The quota is spent by all threads together; once it is used up, all stand still until
the next period. Periods follow each other from the moment at which the pod was made.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from heapq import heapify, heappop, heappush
from math import floor

from sim.model.behaviour import CpuShare
from sim.model.cfs import PERIOD_SECONDS
from sim.traffic.attempt import Attempt
from sim.traffic.clock import Clock, Due, Kind


class Turn(Enum):
    """What happens next to a pod's computing; of several at one moment, the first of these."""

    DONE = auto()
    PERIOD = auto()
    QUOTA = auto()


class Meter:
    """The threads of pod *number* that compute, at `run`'s rate each; *turned* hears each turn.

    `spent_seconds` is what they have computed together, `throttled_seconds` how long they stood
    still with work to do. It is *limited* while the quota can bind: more workers than limit.
    """

    def __init__(
        self, clock: Clock, number: int, share: CpuShare, turned: Callable[[Meter], None]
    ) -> None:
        self.weight = share.weight
        self.spent_seconds = 0.0
        self.throttled_seconds = 0.0
        self.limited = False
        self._clock = clock
        self._number = number
        self._turned = turned
        self._limit_cores = share.limit_cores
        self._quota = share.limit_cores * PERIOD_SECONDS
        self._origin = clock.now
        self._period_end = clock.now
        self._used = 0.0
        self._throttled = False
        self._work = 0.0  # What each thread has had.
        self._rate = 0.0
        self._since = clock.now
        self._jobs: list[
            tuple[float, tuple[int, int, float, int], Attempt]
        ] = []  # A heap, by `_work`'s end.
        self._due: Due | None = None
        self._turn = Turn.DONE
        self._stale = True  # What is due was planned before something changed.

    def employ(self, workers: int) -> None:
        """The process has so many *workers* from now on."""
        self.limited = self._limit_cores < workers
        if not self.limited:
            self._throttled = False
        elif self._jobs:
            self._enter_period()  # The last one may be long over.
        self._stale = True

    @property
    def busy(self) -> bool:
        """Whether it has anything to compute."""
        return bool(self._jobs)

    @property
    def threads(self) -> int:
        """How many threads could run now."""
        return 0 if self._throttled else len(self._jobs)

    def add(self, attempt: Attempt, seconds: float) -> None:
        """One more thread, that computes *seconds* for *attempt*."""
        self.catch_up()
        self._stale = True
        if not self._jobs:
            self._enter_period()
        heappush(self._jobs, (self._work + seconds, attempt.order, attempt))

    def catch_up(self) -> None:
        """Take in what has been computed up to this moment."""
        seconds = self._clock.now - self._since
        self._since = self._clock.now
        if self._throttled:
            self.throttled_seconds += seconds
        else:
            gained = self._rate * seconds
            self._work += gained
            self._used += gained * len(self._jobs)
            self.spent_seconds += gained * len(self._jobs)

    def turn(self) -> list[Attempt]:
        """Do what was due at this moment; the attempts whose computing is done."""
        self.catch_up()
        self._stale = True
        if self._turn is Turn.DONE:
            end = self._work = self._jobs[0][0]
            done = []
            while self._jobs and self._jobs[0][0] <= end:
                done.append(heappop(self._jobs)[2])
            self._rest_if_idle()
            return done
        if self._turn is Turn.QUOTA:
            self._throttled = True
        else:
            self._throttled = False
            self._enter_period()
        return []

    def take_all(self) -> list[tuple[Attempt, float]]:
        """Give up all threads, each with what it still has to compute, the shortest first."""
        left = [(attempt, end - self._work) for end, _, attempt in sorted(self._jobs)]
        self._jobs.clear()
        self._stale = True
        self._rest_if_idle()
        return left

    def drop(self, attempts: set[Attempt]) -> None:
        """The process of *attempts* is gone."""
        self._jobs = [job for job in self._jobs if job[2] not in attempts]
        heapify(self._jobs)
        self._stale = True
        self._rest_if_idle()

    def run(self, rate: float) -> None:
        """Let each thread have *rate* of a core from now on."""
        if rate == self._rate and not self._stale:
            return
        self._rate, self._stale = rate, False
        if self._due is not None:
            self._due.withdraw()
            self._due = None
        if self._jobs:
            when, self._turn = self._next_turn()
            name = (-1, self._number, Kind.CPU)
            self._due = self._clock.schedule_at(when, name, self._on_due)

    def _next_turn(self) -> tuple[float, Turn]:
        now, threads = self._clock.now, self.threads
        turns = []
        if self.limited:
            turns.append((self._period_end, Turn.PERIOD))
        if threads and self._rate > 0.0:
            done = now + (self._jobs[0][0] - self._work) / self._rate
            turns.append((max(done, now), Turn.DONE))
            if self.limited:
                left = max(0.0, self._quota - self._used)
                turns.append((now + left / (self._rate * threads), Turn.QUOTA))
        return min(turns, key=lambda turn: (turn[0], turn[1].value))

    def _on_due(self, _: Due) -> None:
        self._due = None
        self._turned(self)

    def _enter_period(self) -> None:
        """The period of this moment; what is left of an earlier one's quota is lost."""
        now = self._clock.now
        if self.limited and now >= self._period_end:
            number = floor((now - self._origin) / PERIOD_SECONDS) + 1
            while self._origin + number * PERIOD_SECONDS <= now:
                number += 1
            self._period_end = self._origin + number * PERIOD_SECONDS
            self._used = 0.0

    def _rest_if_idle(self) -> None:
        if not self._jobs:
            self._work = 0.0
            self._throttled = False
