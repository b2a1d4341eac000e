"""One piece of work in a process of its own: how far it is, and how it ended."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory

import sim
from sim.i18n import LANGUAGES, Message, message
from sim.interfaces.app.work.task import Work
from sim.interfaces.system_errors import explain
from sim.model.objects import JsonObject

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

    It may wait for its turn first, behind *before* others. When it is done the result is on the
    shelf; *error* says in every language why it failed. One that is done *ahead* of who will ask
    for it gives way to all others.
    """

    def __init__(
        self, work: Work, seconds: float, *, ahead: bool = False, owner: str | None = None
    ) -> None:
        self.work = work
        self.ahead = ahead
        self.owner = owner
        self.state = State.RUNNING
        self.done = 0
        self.total = 0
        self.before = 0
        self.error: Mapping[str, str] = {}
        self.seen = time.monotonic()
        self._seconds = seconds
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._first_done: float | None = None
        self._process: subprocess.Popen[str] | None = None
        self._limit: threading.Timer | None = None
        self._folder: TemporaryDirectory[str] | None = None
        self._afterwards: Callable[[], None] = _nothing

    @property
    def waits(self) -> bool:
        """Whether its turn has not come yet."""
        return self.state is State.RUNNING and self._process is None

    def begin(self, afterwards: Callable[[], None]) -> None:
        """Its turn has come; *afterwards* is called when the process has ended."""
        self._afterwards, self.before = afterwards, 0
        try:
            self._folder = TemporaryDirectory(prefix="seatrial-", ignore_cleanup_errors=True)
            self._process = process = _start(self._folder.name)
        except OSError as error:
            self._fail(explain(error))
            self._over.set()
            return
        threading.Thread(target=self._follow, args=(process,), daemon=True).start()
        self._limit = threading.Timer(self._seconds, self._give_up)
        self._limit.daemon = True
        self._limit.start()

    def seconds_left(self) -> float | None:
        """How long it will take at the pace so far; None before that is known."""
        if self._first_done is None or not self.done:
            return None
        return (time.monotonic() - self._first_done) / self.done * (self.total - self.done)

    def cancel(self) -> None:
        """Stop the process and all that it started; a job that has ended stays as it is."""
        with self._lock:
            if self.state is not State.RUNNING:
                return
            self.state = State.CANCELLED
        self.kill()

    def wait(self, seconds: float) -> None:
        """Wait until it has ended, but no longer than that."""
        self._over.wait(seconds)

    def process_has_ended(self) -> bool:
        """Whether nothing computes any more."""
        return self._process is None or self._process.poll() is not None

    def kill(self) -> None:
        """Stop whatever computes or draws, and wait until it has gone."""
        if self._process is None:
            self._over.set()
            return
        if self.process_has_ended():
            return  # Its number may be another's by now.
        _kill(self._process)
        self._over.wait(2)

    def _give_up(self) -> None:
        """It had its time; what it draws after its result has no more of it either."""
        seconds = f"{self._seconds:g}"
        self._fail(message("it took more than {seconds} s and was stopped", seconds=seconds))
        self.kill()

    def _fail(self, why: Message) -> None:
        with self._lock:
            if self.state is State.RUNNING:
                self.error = {language: why.render(language) for language in LANGUAGES}
                self.state = State.FAILED

    def _follow(self, process: subprocess.Popen[str]) -> None:
        """Hand over the order, then read reports until the process ends."""
        assert process.stdin is not None
        assert process.stdout is not None
        with contextlib.suppress(BrokenPipeError), process.stdin:
            order = {"task": self.work.task, "order": dict(self.work.order)}
            niceness = AHEAD_NICENESS if self.ahead else AWAITED_NICENESS
            assert self._folder is not None
            rest = {
                "name": self.work.name,
                "niceness": niceness,
                "server": os.getpid(),
                "folder": self._folder.name,
            }
            json.dump({**order, **rest}, process.stdin)
        with process.stdout:
            for line in process.stdout:
                if line.endswith("\n"):  # A worker that was killed leaves half a line.
                    with contextlib.suppress(ValueError):
                        self._hear(json.loads(line))
        code = process.wait()
        if self._limit is not None:
            self._limit.cancel()
        self._fail(_why_it_ended(code))
        if self._folder is not None:
            self._folder.cleanup()  # Of one that was killed, too.
        self._over.set()
        self._afterwards()

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


def _nothing() -> None:
    """Nobody waits for its end."""


def _why_it_ended(code: int) -> Message:
    if code < 0:
        return message(
            "the worker process was killed by signal {signal}; memory may have run short",
            signal=-code,
        )
    return message("the worker process ended with exit code {code}", code=code)


def _start(folder: str) -> subprocess.Popen[str]:
    """A worker that finds this very package, whatever lies where the server was started (-P).

    It has a process group of its own, and its temporary files lie in *folder*. Not multiprocessing:
    that would run the page's script again in the child.
    """
    home = str(Path(sim.__file__).resolve().parent.parent)
    path = os.pathsep.join(filter(None, [home, os.environ.get("PYTHONPATH", "")]))
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "sim.interfaces.app.work.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8", "TMPDIR": folder},
        start_new_session=True,
    )


def _kill(process: subprocess.Popen[str]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
