"""What a balancer's choice is for, and the draws that belong to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from sim.model.draws import Purpose, Stream

MOST_PICKS = 64  # A draw tells this many choices for one attempt apart.


def _alike(pod: int) -> int:
    return 1


class Pick(NamedTuple):
    """One choice of an endpoint: for which attempt, and the how-manieth for it (0: the first).

    *weight_of* is each endpoint's share beside the others.
    """

    request: int
    attempt: int
    again: int
    user: int = 0
    weight_of: Callable[[int], int] = _alike


class PickDraws:
    """Two uniform draws for every choice, whatever the other requests do."""

    def __init__(self, seed: int) -> None:
        self._first = Stream(seed, Purpose.BALANCER)
        self._again = Stream(seed, Purpose.BALANCER_AGAIN)
        self._second = Stream(seed, Purpose.BALANCER_SECOND)

    def first(self, pick: Pick) -> float:
        """The draw of a balancer that needs one."""
        if not pick.again:
            return self._first.uniform(pick.request, pick.attempt)
        return self._again.uniform(pick.request * MOST_PICKS + pick.again, pick.attempt)

    def second(self, pick: Pick) -> float:
        """Another one, for those that compare two."""
        return self._second.uniform(pick.request * MOST_PICKS + pick.again, pick.attempt)
