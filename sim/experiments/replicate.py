"""Replications: one task for many seeds, in this process or in several, in the order of the seeds.

Workers are started afresh (`spawn`), so they are the same on every system and under threads. They
never see Ctrl-C; they live exactly as long as a pipe to the process that wants them, and so stop
with it, however it ends.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from sim.errors import BackendError
from sim.i18n import message

Result = TypeVar("Result")


def replicate(
    task: Callable[[int], Result],
    seeds: Sequence[int],
    *,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Result, ...]:
    """What *task* answers for each of *seeds*, in their order, whatever the number of *workers*.

    Without *workers* every usable core gets one. *progress* hears (done, all) as seeds finish.
    """
    count = min(usable_cores() if workers is None else workers, len(seeds))
    told = progress or _silent
    told(0, len(seeds))
    if count <= 1:
        return tuple(_one_by_one(task, seeds, told))
    with _pool(task, count) as pool:
        with _sigint_held_back():  # A worker inherits that, and has nothing to report at Ctrl-C.
            futures = [pool.submit(_work, seed) for seed in seeds]
        return _collect(futures, told)


def usable_cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _silent(done: int, total: int) -> None:
    """Nobody listens."""


def _one_by_one(
    task: Callable[[int], Result], seeds: Sequence[int], told: Callable[[int, int], None]
) -> Iterator[Result]:
    for done, seed in enumerate(seeds, start=1):
        yield task(seed)
        told(done, len(seeds))


def _collect(
    futures: Sequence[Future[Result]], told: Callable[[int, int], None]
) -> tuple[Result, ...]:
    try:
        for done, future in enumerate(as_completed(futures), start=1):
            future.result()  # The first failure ends the experiment.
            told(done, len(futures))
    except BrokenProcessPool as broken:
        text = message("a worker process died; was it short of memory? Fewer workers need less")
        raise BackendError(text) from broken
    return tuple(future.result() for future in futures)


@contextmanager
def _pool(task: Callable[[int], Any], workers: int) -> Iterator[ProcessPoolExecutor]:
    context = multiprocessing.get_context("spawn")
    theirs, ours = context.Pipe(duplex=False)
    pool = ProcessPoolExecutor(
        workers, mp_context=context, initializer=_enlist, initargs=(task, theirs)
    )
    try:
        yield pool
    except BaseException:
        ours.close()  # The lifeline: whoever still works stops at once.
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        ours.close()
        theirs.close()


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


# A worker serves one pool only, so what it was sent once can stay here.
_assignment: list[Callable[[int], Any]] = []


def _enlist(task: Callable[[int], Any], lifeline: Connection) -> None:
    """Make this process a worker for *task*, until *lifeline* breaks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with, args=(lifeline,), daemon=True).start()
    _assignment.append(task)


def _leave_with(lifeline: Connection) -> None:
    lifeline.poll(None)  # Nothing is ever sent: this returns when the other end is gone.
    os._exit(1)


def _work(seed: int) -> Any:
    return _assignment[0](seed)
