"""The loop: events one after the other, until a moment, a signal, or want of room.

Room is looked after before an event, never in the midst of one, so nothing is lost when the loop
comes back to Python for more and is entered again.
"""

from __future__ import annotations

from sim.traffic.clock import Kind
from sim.traffic.kernel.access import slot_at, state_at
from sim.traffic.kernel.answering import settle
from sim.traffic.kernel.calendar import bucket_of, first, withdraw
from sim.traffic.kernel.compiled import entered, inlined
from sim.traffic.kernel.pod import happen
from sim.traffic.kernel.records import (
    INF,
    NO_CONNECTIONS,
    NO_LOG,
    NO_ROWS,
    NO_SLOTS,
    NOBODY,
    REACHED,
    SIGNALLED,
    SLOW_CALENDAR,
    SPARE_SLOTS,
    STILL,
    WAITING,
    State,
)
from sim.traffic.kernel.sending import arrive, draw_again, send
from sim.traffic.kernel.service import go_on
from sim.traffic.kernel.station import finish, give_up, take_waiting, tell_if_empty
from sim.traffic.kernel.visiting import mean_next

_CONNECT = int(Kind.CONNECT)
_SEND, _FINISH, _GIVE_UP = int(Kind.SEND), int(Kind.FINISH), int(Kind.GIVE_UP)
_CALL = int(Kind.CALL)  # And above: the phases of a request that calls.


@inlined
def _lack(s: State) -> int:
    """What the next event may find too little of, or REACHED."""
    if s.free_slots < SPARE_SLOTS:
        return NO_SLOTS
    if s.rows == s.most_rows:
        return NO_ROWS
    if s.keeps and s.free_connections == 0:
        return NO_CONNECTIONS
    if s.keep_log and s.logged == s.most_logged:
        return NO_LOG
    if s.walked > s.patience:
        return SLOW_CALENDAR
    return REACHED


@inlined
def _comes_first(s: State, e: int) -> bool:
    """Whether the event of slot *e* comes before the next arrival, by (time, request number)."""
    slot = slot_at(s, e)
    if slot.time == s.arrival:
        return slot.request < s.arrived
    return slot.time < s.arrival


@entered(int, float)
def run(address: int, until: float) -> int:
    """Let everything before *until* happen; why it came back."""
    s = state_at(address)
    last = bucket_of(s, until)
    s.lacks = 1
    while True:
        if s.lacks:
            lack = _lack(s)
            if lack != REACHED:
                return lack
            s.lacks = 0
        e = first(s, min(s.arrival_bucket, last))
        cause, kind, pod, draw = STILL, _SEND, NOBODY, 0.0
        if e >= 0 and _comes_first(s, e) and slot_at(s, e).time < until:
            now = s.now = slot_at(s, e).time
            kind = slot_at(s, e).kind
            withdraw(s, e)
            well = 1
            if kind >= _CALL and not go_on(s, e, kind, now):
                kind, well = _FINISH, 0
            if kind == _FINISH:
                pod = slot_at(s, e).pod
                cause = finish(s, e, well, now)
            elif kind in (_GIVE_UP, _CONNECT):
                if slot_at(s, e).stage == WAITING:
                    pod = slot_at(s, e).pod
                cause = give_up(s, e)
            elif kind == _SEND:
                if slot_at(s, e).attempt == 0:
                    mean_next(s, e, now)
                draw = draw_again(s, e)
            elif kind < _CALL:
                happen(s, e, kind, now)
        elif s.arrival < until:
            now = s.now = s.arrival
            e, draw = arrive(s, now)
        else:
            break
        if kind == _SEND:
            cause = send(s, e, draw, now)
        if cause != STILL:
            settle(s, e, cause, now)
        if pod >= 0:
            if kind == _FINISH:
                take_waiting(s, pod, now)
            tell_if_empty(s, pod, now)
        if s.signals > 0:
            return SIGNALLED
    if until < INF:
        s.now = until
    return REACHED
