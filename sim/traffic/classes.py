"""Which class a request belongs to: by lot, the same under every strategy and at every retry."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from sim.model.draws import Purpose, Stream
from sim.model.endpoint_class import MOST_CLASSES, EndpointClass


class Classes:
    """Draws the class of each request; a single class needs no draw."""

    def __init__(self, classes: Sequence[EndpointClass], seed: int) -> None:
        if len(classes) > MOST_CLASSES:
            raise ValueError(f"there are at most {MOST_CLASSES} classes, not {len(classes)}")
        self._reached = reached(classes)
        self._draws = Stream(seed, Purpose.ENDPOINT_CLASS)

    def of(self, request: int) -> int:
        """The number of the class of *request*."""
        if len(self._reached) < 2:
            return 0
        return bisect_right(self._reached, self._draws.uniform(request))


def reached(classes: Sequence[EndpointClass]) -> tuple[float, ...]:
    """The cumulated shares; the last class has what is left. Shares 0.1, 0.4 give 0.1, 1."""
    if not classes:
        return ()
    return (*accumulate(one.share for one in classes[:-1]), 1.0)
