"""A user's next request after an answer. See `sim.traffic.visiting`."""

from __future__ import annotations

import numpy as np

from sim.model.causes import Cause
from sim.model.visit import MOST_REQUESTS_A_VISIT, VISIT_BITS
from sim.traffic.kernel.access import sent_at, slot_at
from sim.traffic.kernel.compiled import compiled, inlined
from sim.traffic.kernel.draws import log, uniform
from sim.traffic.kernel.records import INF, State
from sim.traffic.kernel.tally import add_user, in_window

_NONE = int(Cause.NONE)


@compiled
def go_on_with_visit(s: State, e: int, cause: int, now: float) -> float:
    """When the user of slot *e*, whose request is over, sends another one; never, if not."""
    slot = slot_at(s, e)
    goes_on = s.goes_on
    if cause != _NONE:
        goes_on = s.goes_on * s.stays
    if uniform(s.going_on_keys, slot.request, 0) >= goes_on:
        return INF
    if (slot.request >> VISIT_BITS) + 1 == MOST_REQUESTS_A_VISIT:
        return INF
    time = now + s.think * -log(uniform(s.thinking_keys, slot.request, 0))
    if time >= s.end:
        return INF
    return time


@inlined
def turn_page(s: State, e: int) -> None:
    """Slot *e*, for which nothing is pending, is the next request of its user's visit now."""
    slot = slot_at(s, e)
    slot.request += 1 << VISIT_BITS


@compiled
def mean_next(s: State, e: int, now: float) -> None:
    """The user of slot *e* means to send the request in it now; see `sending.arrive`."""
    slot = slot_at(s, e)
    if s.proxies > 1:
        drawn_by = slot.request
        if s.by_user:
            drawn_by = slot.user
        slot.proxy = np.int32(uniform(s.proxy_keys, drawn_by, 0) * s.proxies)
    slot.share = -log(uniform(s.demand_keys, slot.request, 0))
    slot.meant = now
    if in_window(s, now):
        add_user(sent_at(s, slot.user >> 3), slot.user)
    s.followed += 1
