"""What an answer sets off: counters, a retry, or a probe's verdict. See `sim.traffic.client`."""

from __future__ import annotations

from sim.model.causes import Cause
from sim.traffic.clock import Kind
from sim.traffic.kernel.access import pod_at, slot_at
from sim.traffic.kernel.calendar import give_back, schedule, take_slot
from sim.traffic.kernel.compiled import compiled, inlined
from sim.traffic.kernel.draws import power_of_two, uniform
from sim.traffic.kernel.guard import end_attempt, grant_retry
from sim.traffic.kernel.hedging import decides, set_aside
from sim.traffic.kernel.judgement import hear
from sim.traffic.kernel.records import (
    INF,
    MIRRORED,
    NOBODY,
    RETRYING,
    SERVING,
    STILL,
    Records,
    State,
)
from sim.traffic.kernel.routing import count_copy
from sim.traffic.kernel.tally import record
from sim.traffic.kernel.turn import turn_of
from sim.traffic.kernel.visiting import go_on_with_visit, turn_page
from sim.traffic.kernel.way import come_back

_NONE = int(Cause.NONE)
_UNREACHABLE, _LATE = int(Cause.NODE_UNREACHABLE), int(Cause.TIMED_OUT_IN_SERVICE)
_SEND = int(Kind.SEND)


@inlined
def settle(s: State, e: int, cause: int, now: float) -> None:
    """The attempt in slot *e* ends now with *cause*: the client takes that, or will try again.

    The slot goes to the retry, to the user's next request, or back; but while a worker is still
    busy with what its client has given up, these need another.
    """
    slot = slot_at(s, e)
    next_page = False
    if slot.probe >= 0:
        hear(s, e, cause, now)
        again = INF
    else:
        if s.proxied:
            cause = come_back(s, e, cause, now)
            if cause == STILL:
                return
        elif slot.pod >= 0:
            if cause == _NONE:
                pod_at(s, slot.pod).answered += 1
            else:
                pod_at(s, slot.pod).failed += 1
        decided = True
        if slot.probe == MIRRORED:
            again = count_copy(s, slot, cause)
        elif s.hedge_after < INF and not decides(s, e, cause, now):
            again = set_aside(s, slot, cause, now)
            decided = False
        else:
            again = _next_try(s, slot, cause, now)
            record(s, slot, cause, again == INF, now)
        if s.goes_on > 0.0 and again == INF and slot.probe == NOBODY and decided:
            again = go_on_with_visit(s, e, cause, now)
            next_page = again < INF
    if slot.stage == SERVING:
        if again == INF:
            return
        e = _copy(s, slot)
    if next_page:
        turn_page(s, e)
        _send_again(s, e, 0, again)
    elif again < INF:
        _send_again(s, e, turn_of(s, slot_at(s, e)) + 1, again)
    else:
        give_back(s, e)


@compiled
def settle_seldom(s: State, e: int, cause: int, now: float) -> None:
    """As `settle`, where it is not worth a copy of it."""
    settle(s, e, cause, now)


@inlined
def _next_try(s: State, slot: Records, cause: int, now: float) -> float:
    """When to try again after that answer; never, if it is final."""
    if s.budget >= 0.0:
        end_attempt(s, slot)
    seen = cause
    if cause == _UNREACHABLE and now >= slot.gives_up:
        seen = _LATE  # As `sim.model.retry.as_clients_see` has it.
    turn = turn_of(s, slot)
    if cause == _NONE or turn + 1 >= s.attempts or not (s.retried >> seen) & 1:
        return INF
    jitter = 0.5 + uniform(s.jitter_keys, slot.request, turn)
    when = now + s.backoff * power_of_two(turn) * jitter
    if when >= slot.meant + s.deadline or (s.budget >= 0.0 and not grant_retry(s, slot.proxy)):
        return INF
    return when


@inlined
def _send_again(s: State, e: int, attempt: int, when: float) -> None:
    slot = slot_at(s, e)
    slot.stage = RETRYING
    slot.attempt = attempt
    schedule(s, e, when, _SEND)


@inlined
def _copy(s: State, slot: Records) -> int:
    """A new slot for the same request."""
    e = take_slot(s)
    copy = slot_at(s, e)
    copy.request, copy.attempt, copy.user = slot.request, slot.attempt, slot.user
    copy.proxy, copy.meant, copy.share = slot.proxy, slot.meant, slot.share
    copy.probe = slot.probe
    return e
