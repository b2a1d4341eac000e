"""A second try at a request beside the first. See `sim.traffic.hedging`.

Each of the two knows the slot of the other; a hedge has its own from the moment it is planned.
"""

from __future__ import annotations

from sim.model.causes import Cause
from sim.traffic.attempt import FIRST_HEDGE
from sim.traffic.clock import Kind
from sim.traffic.kernel.access import slot_at, twin_at
from sim.traffic.kernel.calendar import give_back, schedule, take_slot, withdraw
from sim.traffic.kernel.compiled import called
from sim.traffic.kernel.ending import expect_end
from sim.traffic.kernel.guard import end_attempt, grant_retry
from sim.traffic.kernel.records import (
    INF,
    LOST,
    MIRRORED,
    NOBODY,
    RETRYING,
    SERVING,
    Records,
    State,
)
from sim.traffic.kernel.tally import record

_NONE, _SEND, _GIVE_UP = int(Cause.NONE), int(Kind.SEND), int(Kind.GIVE_UP)


@called
def begin_hedging(s: State, e: int, now: float) -> int:
    """The attempt in slot *e* is sent now: plan its hedge. 0 if it is a hedge that may not be."""
    slot = slot_at(s, e)
    if slot.probe == MIRRORED:
        return 1
    if slot.attempt >= FIRST_HEDGE:
        first = twin_at(s, e).slot
        slot.gives_up = slot_at(s, first).gives_up
        if s.budget >= 0.0 and not grant_retry(s, slot.proxy):
            twin_at(s, first).slot = NOBODY
            give_back(s, e)
            return 0
        return 1
    twin_at(s, e).slot = NOBODY
    when = now + s.hedge_after
    if when < slot.gives_up:
        h = take_slot(s)
        hedge = slot_at(s, h)
        hedge.request, hedge.attempt = slot.request, FIRST_HEDGE + slot.attempt
        hedge.user, hedge.probe, hedge.stage = slot.user, NOBODY, RETRYING
        hedge.proxy, hedge.meant, hedge.share = slot.proxy, slot.meant, slot.share
        twin_at(s, e).slot, twin_at(s, h).slot = h, e
        schedule(s, h, when, _SEND)
    return 1


@called
def decides(s: State, e: int, cause: int, now: float) -> bool:
    """Whether *cause*, with which the attempt in slot *e* ended now, is the answer of the two."""
    other = twin_at(s, e).slot
    twin_at(s, e).slot = NOBODY
    if other == LOST:
        return False
    if other == NOBODY:
        return True
    twin_at(s, other).slot = NOBODY
    if slot_at(s, other).stage == RETRYING:
        withdraw(s, other)
        give_back(s, other)
        return True
    if cause != _NONE:
        return False
    twin_at(s, other).slot = LOST
    _hurry(s, other, now)
    return True


@called
def set_aside(s: State, slot: Records, cause: int, now: float) -> float:
    """The attempt in *slot* ended with *cause*, which is nobody's answer; it is not tried again."""
    if s.budget >= 0.0:
        end_attempt(s, slot)
    record(s, slot, cause, False, now)
    return INF


@called
def _hurry(s: State, e: int, now: float) -> None:
    """The client of slot *e* waits no longer."""
    slot = slot_at(s, e)
    withdraw(s, e)
    slot.gives_up = now
    if slot.stage == SERVING:
        expect_end(s, e)
    else:
        schedule(s, e, now, _GIVE_UP)
