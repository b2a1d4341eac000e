"""Carrying out: many jobs by any workforce, their answers as they come, nothing lost by a death."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from typing import TypeVar

from sim.errors import BackendError
from sim.experiments.workforce import Workforce
from sim.i18n import message

Result = TypeVar("Result")
MOST_DEATHS = 3  # In a row, without a single job done between them.


def carry_out(
    jobs: Sequence[Callable[[], Result]], workforce: Workforce
) -> Generator[tuple[int, Result], None, None]:
    """The number and answer of each of *jobs*, as soon as it is there.

    Few jobs are under way at a time, so that their number needs no memory. If a worker dies, the
    jobs that were under way are given to new ones. Raise a `BackendError` if that does not help; a
    job's own error ends it all.
    """
    left = set(range(len(jobs)))
    deaths = 0
    while left:
        before = len(left)
        try:
            with workforce.open() as executor:
                for number, answer in _round(jobs, sorted(left), executor, workforce.abreast):
                    left.remove(number)
                    yield number, answer
        except BrokenExecutor as broken:
            deaths = deaths + 1 if len(left) == before else 1
            if deaths == MOST_DEATHS or not workforce.replaceable:
                text = message(
                    "a worker process died; unless it said why above, it was probably short of "
                    "memory, and fewer workers need less"
                )
                raise BackendError(text) from broken


def _round(
    jobs: Sequence[Callable[[], Result]], numbers: Sequence[int], executor: Executor, abreast: int
) -> Iterator[tuple[int, Result]]:
    """Answers, until all are there or the executor breaks: then first what is done all the same."""
    coming = iter(numbers)
    under_way: dict[Future[Result], int] = {}
    broken: BaseException | None = None
    while broken is None:
        while len(under_way) < abreast and (number := next(coming, None)) is not None:
            under_way[executor.submit(jobs[number])] = number
        if not under_way:
            return
        done, _ = wait(under_way, return_when=FIRST_COMPLETED)
        for future in sorted(done, key=under_way.__getitem__):
            number = under_way.pop(future)
            error = future.exception()
            if isinstance(error, BrokenExecutor):
                broken = error
            else:
                yield number, future.result()  # The first failure ends the experiment.
    raise broken
