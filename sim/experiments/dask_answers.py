"""Answers of a Dask cluster, also if a worker died just when its answer was being fetched.

`distributed` asks for a job's state once more after it has fetched the answer. If the worker that
held it has died in between, the state is no longer that of a job that is done, and the answer is
taken for the three parts of an error: a TypeError of that library, and not of the job. The answer
is lost by then; the job is given to the cluster again. (dask/distributed
distributed/cfexecutor.py, _cascade_future)
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from concurrent.futures import Executor, Future
from pathlib import PurePath
from typing import Any, TypeVar

Result = TypeVar("Result")
MOST_TIMES = 3  # That one job's answer may be lost.
_PLACE = ("distributed", "cfexecutor.py")


def is_lost_answer(error: BaseException | None) -> bool:
    """Whether *error* says nothing about the job but that its answer was lost."""
    if not isinstance(error, TypeError):
        return False
    frames = traceback.extract_tb(error.__traceback__)
    return bool(frames) and PurePath(frames[-1].filename).parts[-2:] == _PLACE


class AnswersOf(Executor):
    """The *executor* of a Dask client; a job whose answer is lost is given to it again."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    def submit(self, fn: Callable[..., Result], /, *args: Any, **kwargs: Any) -> Future[Result]:
        """The job's answer, or its own error."""
        found: Future[Result] = Future()

        def begin(times_left: int) -> None:
            under_way = self._executor.submit(fn, *args, **kwargs)
            under_way.add_done_callback(lambda done: hear(done, times_left))

        def hear(done: Future[Result], times_left: int) -> None:
            if done.cancelled():
                found.cancel()
                found.set_running_or_notify_cancel()
            elif (error := done.exception()) is None:
                found.set_result(done.result())
            elif times_left and is_lost_answer(error):
                try:
                    begin(times_left - 1)
                except RuntimeError as over:  # Nobody takes jobs any more.
                    found.set_exception(over)
            else:
                found.set_exception(error)

        begin(MOST_TIMES)
        return found

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """As that of Dask: without *wait* what is under way is cancelled."""
        self._executor.shutdown(wait=wait)
