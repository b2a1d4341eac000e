"""What the workers call: slots that all pods share, and the line before them.

See `sim.traffic.dependency`, whose rules these are. What an attempt has there is its slot's record
in `caller`; those that wait are linked by it.
"""

from __future__ import annotations

from sim.model.dependency import MOST_DEPENDENCIES
from sim.traffic.clock import Kind
from sim.traffic.kernel.access import call_at, caller_at, dependency_at, doomed_at, slot_at
from sim.traffic.kernel.calendar import withdraw
from sim.traffic.kernel.compiled import called, compiled
from sim.traffic.kernel.demand import spread
from sim.traffic.kernel.draws import uniform
from sim.traffic.kernel.ending import expect_end
from sim.traffic.kernel.records import CONSTANT, INF, NOBODY, SERVING, Records, State

_RETURN = int(Kind.RETURN)


@called
def next_made(s: State, request: int, place: int, end: int) -> int:
    """The first call from *place* on, before *end*, that *request* makes; *end* if there is none.

    Whether it does is drawn for the request alone, so it does not matter when one looks.
    """
    while place < end:
        call = call_at(s, place)
        draw = uniform(s.call_keys, request * MOST_DEPENDENCIES + call.dependency, 0)
        if draw < call.share:
            return place
        place += 1
    return end


@called
def make_call(s: State, e: int, place: int, now: float) -> int:
    """The attempt in slot *e* makes the call at *place* now; 0 if that fails at once."""
    call = call_at(s, place)
    row = dependency_at(s, call.dependency)
    if not row.up:
        return 0
    caller = caller_at(s, e)
    caller.calling, caller.served = call.dependency, 0
    caller.patient_until = now + call.timeout
    caller.answered_at = INF
    if row.in_use < row.capacity:
        _serve(s, e, row, now)
    else:
        _append(s, e, row)
        _expect_return(s, e, caller.patient_until)
    return 1


@called
def end_call(s: State, e: int, now: float) -> int:
    """The call of slot *e* ends now; 1 if it went well, or else 0."""
    slot, caller = slot_at(s, e), caller_at(s, e)
    number = caller.calling
    in_time = caller.answered_at <= caller.patient_until
    leave(s, e, now)
    move_up(s, number, now)
    if not in_time:
        return 0
    ratio = dependency_at(s, number).error_ratio
    if ratio <= 0.0:
        return 1
    key = slot.request * MOST_DEPENDENCIES + number
    return 0 if uniform(s.error_keys, key, slot.attempt) < ratio else 1


@called
def leave(s: State, e: int, now: float) -> None:
    """The call of slot *e* leaves its slot or its place in line; nobody moves up yet."""
    caller = caller_at(s, e)
    row = dependency_at(s, caller.calling)
    if caller.served:
        _add_up(row, now)
        row.in_use -= 1
    else:
        _leave_line(s, caller, row)
    caller.calling = NOBODY


@called
def move_up(s: State, number: int, now: float) -> None:
    """Those that wait for dependency *number* get the slots that are free."""
    row = dependency_at(s, number)
    while row.waiting > 0 and row.in_use < row.capacity:
        e = row.first
        _leave_line(s, caller_at(s, e), row)
        _serve(s, e, row, now)


@compiled
def leave_all(s: State, number: int, now: float) -> int:
    """All calls leave dependency *number*; how many, their slots kept in `doomed`."""
    count = 0
    for e in range(s.slots):
        caller = caller_at(s, e)
        calls = slot_at(s, e).stage == SERVING and caller.phase == _RETURN
        if calls and caller.calling == number:
            leave(s, e, now)
            doomed_at(s, count).slot = e
            count += 1
    return count


@called
def _serve(s: State, e: int, row: Records, now: float) -> None:
    """The call of slot *e* has a slot of dependency *row*; its price is fixed now."""
    caller = caller_at(s, e)
    _add_up(row, now)
    row.in_use += 1
    caller.served = 1
    seconds = row.mean
    if row.demand != CONSTANT:
        key = slot_at(s, e).request * MOST_DEPENDENCIES + caller.calling
        u = uniform(s.latency_keys, key, 0)
        seconds *= spread(s, row, u)
    caller.answered_at = now + seconds
    _expect_return(s, e, min(caller.answered_at, caller.patient_until))


@called
def _expect_return(s: State, e: int, ends: float) -> None:
    """The call of slot *e* ends then, as far as is known."""
    caller_at(s, e).phase = _RETURN
    slot_at(s, e).ends = ends
    withdraw(s, e)
    expect_end(s, e)


@called
def _add_up(row: Records, now: float) -> None:
    row.busy_seconds += row.in_use * (now - row.busy_until)
    row.busy_until = now


@called
def _append(s: State, e: int, row: Records) -> None:
    caller = caller_at(s, e)
    caller.ahead, caller.behind = NOBODY, NOBODY
    if row.waiting > 0:
        caller.ahead = row.last
        caller_at(s, row.last).behind = e
    else:
        row.first = e
    row.last = e
    row.waiting += 1


@called
def _leave_line(s: State, caller: Records, row: Records) -> None:
    row.waiting -= 1
    if caller.ahead >= 0:
        caller_at(s, caller.ahead).behind = caller.behind
    else:
        row.first = caller.behind
    if caller.behind >= 0:
        caller_at(s, caller.behind).ahead = caller.ahead
    else:
        row.last = caller.ahead
