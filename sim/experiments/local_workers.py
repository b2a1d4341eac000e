"""Local workers: processes of this machine, or this very process where one is enough.

Workers are started afresh (`spawn`), so they are the same on every system and under threads. They
never see Ctrl-C; they live exactly as long as a pipe to the process that wants them, and so stop
with it, however it ends.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import ParamSpec, TypeVar

from sim.errors import BackendError
from sim.i18n import message

Given = ParamSpec("Given")
Result = TypeVar("Result")


def usable_cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalWorkers:
    """*count* processes; one alone is this process. Lost ones can be replaced by opening anew."""

    count: int

    @property
    def abreast(self) -> int:
        """How many jobs keep all of them busy: one is worked at, one waits."""
        return 1 if self.count <= 1 else 2 * self.count

    @property
    def replaceable(self) -> bool:
        """Whether workers that died can be started again."""
        return True

    @contextmanager
    def open(self) -> Iterator[Executor]:
        """The executor, as long as the `with` block lasts."""
        if self.count <= 1:
            yield ThisProcess()
            return
        with _pool(self.count) as pool:
            yield pool


class ThisProcess(Executor):
    """Does each job at once, here."""

    def submit(
        self, fn: Callable[Given, Result], /, *args: Given.args, **kwargs: Given.kwargs
    ) -> Future[Result]:
        """The job's answer, already there; what it raises goes up at once."""
        future: Future[Result] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


@contextmanager
def _pool(workers: int) -> Iterator[Executor]:
    context = multiprocessing.get_context("spawn")
    theirs, ours = context.Pipe(duplex=False)
    pool = _PatientPool(workers, mp_context=context, initializer=_enlist, initargs=(theirs,))
    try:
        yield pool
    except BaseException:
        ours.close()  # The lifeline: whoever still works stops at once.
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        ours.close()
        theirs.close()


class _PatientPool(ProcessPoolExecutor):
    """A pool whose workers inherit that SIGINT is held back, and have nothing to report at it."""

    def submit(
        self, fn: Callable[Given, Result], /, *args: Given.args, **kwargs: Given.kwargs
    ) -> Future[Result]:
        """Hand the job over; it may start a worker.

        Raise a `BackendError` in a worker that does so while it reads the script anew.
        """
        try:
            with _sigint_held_back():
                return super().submit(fn, *args, **kwargs)
        except BrokenExecutor:
            raise
        except RuntimeError:
            if multiprocessing.current_process().name == "MainProcess":
                raise
            text = message(
                "every worker reads the script anew: what starts workers belongs under "
                '`if __name__ == "__main__":`, or takes `workers=1`'
            )
            raise BackendError(text) from None


@contextmanager
def _sigint_held_back() -> Iterator[None]:
    """Hold SIGINT back in this thread; one that comes meanwhile is delivered afterwards."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _enlist(lifeline: Connection) -> None:
    """Make this process a worker, until *lifeline* breaks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with, args=(lifeline,), daemon=True).start()


def _leave_with(lifeline: Connection) -> None:
    lifeline.poll(None)  # Nothing is ever sent: this returns when the other end is gone.
    os._exit(1)
