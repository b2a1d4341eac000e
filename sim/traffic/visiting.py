"""What a user does after an answer: go on with the visit after some thought, or leave."""

from __future__ import annotations

from sim.model.draws import Purpose, Stream
from sim.model.visit import MOST_REQUESTS_A_VISIT, Visits, number_of, place_of, visit_of


class Visiting:
    """Decides for each request with a final answer; the draws are the request's own.

    So the same users go on under every strategy, as long as they are answered. Nobody sends
    anything at *end* or later.
    """

    def __init__(self, visits: Visits, seed: int, end: float) -> None:
        self._end = end
        self._goes_on = visits.goes_on
        self._think_seconds = visits.think_seconds
        self._stays = 1.0 - visits.leaves
        self._going_on = Stream(seed, Purpose.GOING_ON)
        self._thinking = Stream(seed, Purpose.THINKING)

    def next_request(self, request: int, failed: bool, now: float) -> tuple[int, float] | None:
        """The number and the moment of the next request of that visit; None: the user leaves."""
        goes_on = self._goes_on * self._stays if failed else self._goes_on
        if self._going_on.uniform(request) >= goes_on:
            return None
        place = place_of(request) + 1
        if place == MOST_REQUESTS_A_VISIT:
            return None
        time = now + self._think_seconds * self._thinking.exponential(request)
        return None if time >= self._end else (number_of(visit_of(request), place), time)
