"""A sample of failed requests with their stories. See `sim.traffic.sample`.

Of each cause those stay whose own draw is smallest; a request whose draw is not among them costs
one draw and one comparison.
"""

from __future__ import annotations

import numpy as np

from sim.model.failed import STORIES_EACH, Doing
from sim.traffic.kernel.access import pod_at, story_at, worst_at
from sim.traffic.kernel.classes import class_of
from sim.traffic.kernel.compiled import compiled, inlined
from sim.traffic.kernel.draws import random_bits
from sim.traffic.kernel.records import Records, State
from sim.traffic.kernel.turn import turn_of

DOING = tuple(Doing)
_NOT_CHOSEN, _GONE, _UNREACHABLE = (
    DOING.index(one) for one in (Doing.NOT_CHOSEN, Doing.GONE, Doing.UNREACHABLE)
)
_STOPPED, _STARTING, _DRAINING = (
    DOING.index(one) for one in (Doing.STOPPED, Doing.STARTING, Doing.DRAINING)
)
_WINDING_UP, _SERVING = DOING.index(Doing.WINDING_UP), DOING.index(Doing.SERVING)


@inlined
def offer(s: State, slot: Records, cause: int, now: float) -> None:
    """The request in *slot* has failed by *cause* for good: perhaps its story is kept."""
    draw = random_bits(s.sample_keys, slot.request, 0)
    worst = worst_at(s, cause)
    if worst.stories < STORIES_EACH or draw < worst.draw:
        _keep(s, slot, cause, draw, now)


@compiled
def _keep(s: State, slot: Records, cause: int, draw: np.uint64, now: float) -> None:
    """Write it to a place that is free, or to that of the largest draw."""
    worst = worst_at(s, cause)
    first = cause * STORIES_EACH
    if worst.stories < STORIES_EACH:
        place = first + worst.stories
        worst.stories += 1
    else:
        place = worst.place
    story = story_at(s, place)
    story.draw = draw
    story.request, story.attempts, story.user = slot.request, turn_of(s, slot) + 1, slot.user
    story.meant, story.sent, story.answered = slot.meant, slot.tried_at, now
    story.proxy, story.endpoints, story.heard = slot.proxy, slot.listed, slot.heard
    story.cause, story.pod, story.version = cause, slot.pod, slot.version
    story.endpoint_class = class_of(s, slot.request) if s.classes > 0 else 0
    story.doing, story.in_flight, story.queued = _NOT_CHOSEN, 0, 0
    if slot.pod >= 0:
        pod = pod_at(s, slot.pod)
        story.doing = doing(pod)
        story.in_flight, story.queued = pod.serving + pod.waiting, pod.waiting
    worst.place, worst.draw = first, np.uint64(0)
    for other in range(first, first + worst.stories):
        if story_at(s, other).draw >= worst.draw:
            worst.place, worst.draw = other, story_at(s, other).draw


@inlined
def doing(pod: Records) -> int:
    """What *pod* is doing, as a request may find it. See `sim.traffic.pod.Pod.doing`."""
    if pod.forgotten:
        return _GONE
    if not pod.reachable:
        return _UNREACHABLE
    if not pod.has_process:
        return _STOPPED if pod.terminating else _STARTING
    if pod.draining:
        return _DRAINING
    if pod.terminating:
        return _WINDING_UP
    return _SERVING if pod.listening else _STARTING
