"""A sample of failed requests: a few of every cause, whichever come and in whatever order.

Of all requests that fail by a cause those are kept whose own draw is smallest, so the sample of a
run does not depend on how it is watched, and memory not on how many fail.
"""

from __future__ import annotations

from heapq import heappush, heappushpop

from sim.model.causes import Cause
from sim.model.draws import Purpose, Stream
from sim.model.failed import STORIES_EACH, FailedRequest


class Sample:
    """Keeps `STORIES_EACH` failed requests of every cause."""

    def __init__(self, seed: int) -> None:
        self._draws = Stream(seed, Purpose.SAMPLE)
        # By cause a heap with the largest draw on top, which is the next to go.
        self._kept: dict[Cause, list[tuple[int, FailedRequest]]] = {}

    def wants(self, request: int, cause: Cause) -> bool:
        """Whether it would be kept."""
        kept = self._kept.get(cause)
        return kept is None or len(kept) < STORIES_EACH or -self._draws.bits(request) > kept[0][0]

    def keep(self, story: FailedRequest) -> None:
        """Keep it, and let another one go if there are too many."""
        kept = self._kept.setdefault(story.cause, [])
        entry = (-self._draws.bits(story.request), story)
        if len(kept) < STORIES_EACH:
            heappush(kept, entry)
        else:
            heappushpop(kept, entry)

    def stories(self) -> tuple[FailedRequest, ...]:
        """All that are kept, in the order of their requests."""
        return tuple(sorted(story for kept in self._kept.values() for _, story in kept))
