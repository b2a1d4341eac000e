"""Work under way: one worker process each, followed from any number of page views.

What finds no free place waits its turn, the first come the first; whoever has gone meanwhile is
passed over.
"""

from __future__ import annotations

import atexit
import threading
import time
from collections.abc import Iterator

from sim.interfaces.app.work.job import Job, State
from sim.interfaces.app.work.task import Work

__all__ = ["Job", "Jobs", "State"]

KEPT = 40
AT_ONCE = 2
MOST_WAITING, OWN_WAITING = 40, 3
# A page that nobody has in view is asked for about once a minute by its browser.
GONE_SECONDS = 150.0


class Jobs:
    """All jobs of this server by the name of their work; of those that ended, the oldest go."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._lock = threading.RLock()
        self._closed = False
        atexit.register(self.stop)

    def __iter__(self) -> Iterator[Job]:
        return iter(list(self._jobs.values()))

    def of(self, work: Work) -> Job | None:
        """The job that does or did *work*, if it is still known."""
        return self._jobs.get(work.name)

    def forget(self, work: Work) -> None:
        """*work* is as if nobody had done it."""
        with self._lock:
            self._jobs.pop(work.name, None)

    def start(
        self,
        work: Work,
        *,
        seconds: float,
        at_once: int = AT_ONCE,
        ahead: bool = False,
        owner: str | None = None,
    ) -> Job | None:
        """The job that does *work*, begun if there is a place, or waiting for one.

        Those that are done *ahead* wait for nobody and keep nobody waiting. None if there is no
        room to wait either, neither at all nor for one more of that *owner*.
        """
        with self._lock:
            known = self._jobs.get(work.name)
            if known is not None and known.state is State.RUNNING:
                return known
            if self._closed:
                return None
            job = Job(work, seconds, ahead=ahead, owner=owner)
            if ahead or self._has_place(work.task, at_once):
                self._make_room()
                self._jobs[work.name] = job
                self._begin(job, at_once)
                return job
            waiting = [one for one in self if one.waits]
            own = sum(one.owner == owner for one in waiting if owner is not None)
            if len(waiting) >= MOST_WAITING or own >= OWN_WAITING:
                return None
            self._make_room()
            self._jobs.pop(work.name, None)
            self._jobs[work.name] = job
            self._call_next(work.task, at_once)
            return job

    def stop(self) -> None:
        """Stop everything that runs, and begin nothing more."""
        with self._lock:
            self._closed = True
        for job in self:
            job.cancel()
            job.kill()

    def _begin(self, job: Job, at_once: int) -> None:
        job.begin(lambda: self._call_next(job.work.task, at_once))

    def _has_place(self, task: str, at_once: int) -> bool:
        mine = [job for job in self if job.work.task == task and not job.ahead]
        return sum(job.state is State.RUNNING and not job.waits for job in mine) < at_once

    def _call_next(self, task: str, at_once: int) -> None:
        """Whoever waits for *task* and is still there begins, as many as there are places."""
        with self._lock:
            waiting = [job for job in self if job.work.task == task and job.waits]
            for job in waiting:
                if time.monotonic() - job.seen > GONE_SECONDS:
                    job.cancel()
                    self.forget(job.work)
                elif not self._closed and self._has_place(task, at_once):
                    self._begin(job, at_once)
            for number, job in enumerate(one for one in waiting if one.waits):
                job.before = number

    def _make_room(self) -> None:
        over = [job for job in self if job.state is not State.RUNNING and job.process_has_ended()]
        for job in over[: max(len(self._jobs) - KEPT + 1, 0)]:
            self.forget(job.work)
