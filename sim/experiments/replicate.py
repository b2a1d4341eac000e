"""Replications: one task for many seeds, by any workers, in the order of the seeds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from itertools import takewhile
from typing import TypeVar

from sim.experiments.carry_out import carry_out
from sim.experiments.local_workers import LocalWorkers, usable_cores
from sim.experiments.workforce import Workforce

Result = TypeVar("Result")


def replicate(
    task: Callable[[int], Result],
    seeds: Sequence[int],
    *,
    workers: int | None = None,
    workforce: Workforce | None = None,
    progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> tuple[Result, ...]:
    """What *task* answers for each of *seeds*, in their order, whoever works at it.

    Without a *workforce* it is that many local *workers*, by default one for each usable core.
    *progress* hears (done, all) as seeds finish. *stop* is asked then too: if it says so,
    the answer is that for the first seeds, without a gap.
    """
    if workforce is None:
        count = usable_cores() if workers is None else workers
        workforce = LocalWorkers(count=min(count, len(seeds)))
    told = progress or _silent
    told(0, len(seeds))
    answers: dict[int, Result] = {}
    with closing(carry_out([partial(task, seed) for seed in seeds], workforce)) as coming:
        for number, answer in coming:
            answers[number] = answer
            told(len(answers), len(seeds))
            if stop is not None and stop():
                break
    first = takewhile(answers.__contains__, range(len(seeds)))
    return tuple(answers[number] for number in first)


def _silent(done: int, total: int) -> None:
    """Nobody listens."""
