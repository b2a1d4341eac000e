"""An answer that a Dask cluster loses while it is fetched is asked for again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor, Future

import pytest

from sim.experiments.dask_answers import MOST_TIMES, AnswersOf, is_lost_answer

cfexecutor = pytest.importorskip("distributed.cfexecutor")


class Fetched:
    """A job of a cluster whose answer has come, and whose state is now *status*."""

    def __init__(self, status: str, answer: object) -> None:
        self.status, self._answer = status, answer

    async def _result(self, raiseit: bool) -> object:
        return self._answer


def handed_over(status: str, answer: object) -> Future[int]:
    """What the library itself makes of it."""
    found: Future[int] = Future()

    async def cascade() -> None:
        await cfexecutor._cascade_future(Fetched(status, answer), found)

    asyncio.run(cascade())
    return found


class Losing(Executor):
    """A cluster that loses the first *times* answers."""

    def __init__(self, times: int) -> None:
        self.times = times

    def submit(self, fn: Callable[[], int], /) -> Future[int]:
        self.times -= 1
        return handed_over("lost" if self.times >= 0 else "finished", fn())


def test_an_answer_that_is_lost_is_told_from_an_error_of_the_job() -> None:
    lost = handed_over("lost", 25).exception()
    with pytest.raises(TypeError) as raised:
        len(25)  # type: ignore[arg-type]
    own = handed_over("error", (TypeError, raised.value, raised.tb)).exception()

    assert is_lost_answer(lost)
    assert not is_lost_answer(own) and not is_lost_answer(None)


def test_a_lost_answer_is_asked_for_again_but_not_for_ever() -> None:
    assert AnswersOf(Losing(MOST_TIMES)).submit(lambda: 25).result() == 25
    with pytest.raises(TypeError, match="cannot unpack"):
        AnswersOf(Losing(MOST_TIMES + 1)).submit(lambda: 25).result()
