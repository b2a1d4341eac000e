"""Comparisons under way: one worker process each, followed from any number of page views."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path

import sim
from sim.i18n import LANGUAGES, message
from sim.interfaces.app.order import Order
from sim.interfaces.app.result import Result
from sim.model.objects import JsonObject

KEPT = 20
AT_ONCE = 2


class State(StrEnum):
    """Where a job stands."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Job:
    """One comparison in a process of its own; a thread keeps its progress up to date.

    *result* is there when it is done; *error* says in every language why it failed.
    """

    def __init__(self, order: Order) -> None:
        self.state = State.RUNNING
        self.done = 0
        self.total = 0
        self.result: Result | None = None
        self.error: Mapping[str, str] = {}
        self._lock = threading.Lock()
        self._process = _start()
        self._thread = threading.Thread(target=self._follow, args=(order,), daemon=True)
        self._thread.start()

    def cancel(self) -> None:
        """Stop the process and all that it started; a job that has ended stays as it is."""
        with self._lock:
            if self.state is not State.RUNNING:
                return
            self.state = State.CANCELLED
        _kill(self._process)
        self._thread.join(timeout=2)

    def process_has_ended(self) -> bool:
        """Whether nothing computes any more."""
        return self._process.poll() is not None

    def _follow(self, order: Order) -> None:
        """Hand over the order, then read reports until the process ends."""
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        with contextlib.suppress(BrokenPipeError), process.stdin:
            json.dump(order.to_json(), process.stdin)
        with process.stdout:
            for line in process.stdout:
                if line.endswith("\n"):  # A worker that was killed leaves half a line.
                    self._hear(json.loads(line))
        code = process.wait()
        with self._lock:
            if self.state is State.RUNNING:
                self.state = State.FAILED
                text = message("the worker process ended with exit code {code}", code=code)
                self.error = {language: text.render(language) for language in LANGUAGES}

    def _hear(self, report: JsonObject) -> None:
        result = Result.from_json(report["result"]) if "result" in report else None
        with self._lock:
            if self.state is not State.RUNNING:
                return
            if result is not None:
                self.result, self.state = result, State.DONE
            elif "error" in report:
                self.error, self.state = report["error"], State.FAILED
            else:
                self.done, self.total = report["done"], report["total"]


def _start() -> subprocess.Popen[str]:
    """A worker that finds this very package, in a process group of its own.

    Not multiprocessing: it would run the page's script again in the child.
    """
    home = str(Path(sim.__file__).resolve().parent.parent)
    path = os.pathsep.join(filter(None, [home, os.environ.get("PYTHONPATH", "")]))
    return subprocess.Popen(
        [sys.executable, "-m", "sim.interfaces.app.worker"],
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
    """All jobs of this server by their id; the oldest are forgotten."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()
        atexit.register(self.stop)

    def __iter__(self) -> Iterator[Job]:
        return iter(list(self._jobs.values()))

    def get(self, name: str | None) -> Job | None:
        """The job called *name*, if it is still known."""
        return self._jobs.get(name or "")

    def start(self, order: Order) -> str | None:
        """Start a job and answer its id; None while too many are running."""
        with self._lock:
            if sum(job.state is State.RUNNING for job in self) >= AT_ONCE:
                return None
            while len(self._jobs) >= KEPT:
                self._jobs.pop(next(iter(self._jobs))).cancel()
            name = os.urandom(9).hex()
            self._jobs[name] = Job(order)
            return name

    def stop(self) -> None:
        """Stop everything that runs."""
        for job in self:
            job.cancel()
