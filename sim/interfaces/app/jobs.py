"""Work under way: one worker process each, followed from any number of page views."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path

import sim
from sim.i18n import LANGUAGES, Message, message
from sim.interfaces.app.task import Work
from sim.model.objects import JsonObject

KEPT = 40
AT_ONCE = 2
# How far a page in use comes before a run: by a little if somebody waits for that, for more would
# starve runs on a busy machine; by more if it is done ahead of the first who will.
AWAITED_NICENESS, AHEAD_NICENESS = 2, 7


class State(StrEnum):
    """Where a job stands."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Job:
    """One piece of work in a process of its own; a thread keeps its progress up to date.

    When it is done the result is on the shelf; *error* says in every language why it failed. One
    that is done *ahead* of who will ask for it gives way to all others.
    """

    def __init__(self, work: Work, seconds: float, *, ahead: bool = False) -> None:
        self.work = work
        self.ahead = ahead
        self.state = State.RUNNING
        self.done = 0
        self.total = 0
        self.error: Mapping[str, str] = {}
        self._lock = threading.Lock()
        self._began = time.monotonic()
        self._first_done: float | None = None
        self._process = _start()
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()
        self._limit = threading.Timer(seconds, self._give_up, (seconds,))
        self._limit.daemon = True
        self._limit.start()

    def seconds_left(self) -> float | None:
        """How long it will take at the pace so far; None before that is known."""
        if self._first_done is None or not self.done:
            return None
        return (time.monotonic() - self._first_done) / self.done * (self.total - self.done)

    def cancel(self) -> None:
        """Stop the process and all that it started; a job that has ended stays as it is."""
        self._end(State.CANCELLED)

    def wait(self, seconds: float) -> None:
        """Wait until it has ended, but no longer than that."""
        self._thread.join(timeout=seconds)

    def process_has_ended(self) -> bool:
        """Whether nothing computes any more."""
        return self._process.poll() is not None

    def _give_up(self, seconds: float) -> None:
        self._end(
            State.FAILED,
            message("it took more than {seconds} s and was stopped", seconds=f"{seconds:g}"),
        )

    def _end(self, state: State, why: Message | None = None) -> None:
        with self._lock:
            if self.state is not State.RUNNING:
                return
            self.state = state
            if why is not None:
                self.error = {language: why.render(language) for language in LANGUAGES}
        self._limit.cancel()
        _kill(self._process)
        self._thread.join(timeout=2)

    def _follow(self) -> None:
        """Hand over the order, then read reports until the process ends."""
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        with contextlib.suppress(BrokenPipeError), process.stdin:
            order = {"task": self.work.task, "order": dict(self.work.order)}
            niceness = AHEAD_NICENESS if self.ahead else AWAITED_NICENESS
            json.dump({**order, "name": self.work.name, "niceness": niceness}, process.stdin)
        with process.stdout:
            for line in process.stdout:
                if line.endswith("\n"):  # A worker that was killed leaves half a line.
                    self._hear(json.loads(line))
        code = process.wait()
        self._limit.cancel()
        with self._lock:
            if self.state is State.RUNNING:
                self.state = State.FAILED
                text = message("the worker process ended with exit code {code}", code=code)
                self.error = {language: text.render(language) for language in LANGUAGES}

    def _hear(self, report: JsonObject) -> None:
        with self._lock:
            if self.state is not State.RUNNING:
                return
            if "shelved" in report:
                self.state = State.DONE
            elif "error" in report:
                self.error, self.state = report["error"], State.FAILED
            else:
                self.done, self.total = report["done"], report["total"]
                if self._first_done is None:
                    self._first_done = time.monotonic()


def _start() -> subprocess.Popen[str]:
    """A worker that finds this very package, whatever lies where the server was started (-P).

    In a process group of its own. Not multiprocessing: it would run the page's script again in the
    child.
    """
    home = str(Path(sim.__file__).resolve().parent.parent)
    path = os.pathsep.join(filter(None, [home, os.environ.get("PYTHONPATH", "")]))
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "sim.interfaces.app.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"},
        start_new_session=True,
    )


def _kill(process: subprocess.Popen[str]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)


class Jobs:
    """All jobs of this server by the name of their work; the oldest are forgotten."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()
        atexit.register(self.stop)

    def __iter__(self) -> Iterator[Job]:
        return iter(list(self._jobs.values()))

    def of(self, work: Work) -> Job | None:
        """The job that does or did *work*, if it is still known."""
        return self._jobs.get(work.name)

    def start(
        self, work: Work, *, seconds: float, at_once: int = AT_ONCE, ahead: bool = False
    ) -> Job | None:
        """The job that does *work*, begun if nobody does; None while too many are running.

        Those that are done *ahead* keep nobody else's from beginning.
        """
        name = work.name
        with self._lock:
            known = self._jobs.get(name)
            if known is not None and known.state is State.RUNNING:
                return known
            running = [job for job in self if job.state is State.RUNNING and not job.ahead]
            if sum(job.work.task == work.task for job in running) >= at_once:
                return None
            self._jobs.pop(name, None)
            while len(self._jobs) >= KEPT:
                self._jobs.pop(next(iter(self._jobs))).cancel()
            self._jobs[name] = Job(work, seconds, ahead=ahead)
            return self._jobs[name]

    def stop(self) -> None:
        """Stop everything that runs."""
        for job in self:
            job.cancel()
