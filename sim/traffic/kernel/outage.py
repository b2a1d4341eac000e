"""What comes to who calls a dependency when that changes. See `sim.traffic.dependency`, rule 4."""

from __future__ import annotations

from sim.traffic.kernel.access import doomed_at, slot_at
from sim.traffic.kernel.answering import settle_seldom
from sim.traffic.kernel.calendar import withdraw
from sim.traffic.kernel.compiled import compiled
from sim.traffic.kernel.records import NO_LOG, NO_ROWS, REACHED, STILL, State
from sim.traffic.kernel.station import finish, take_waiting, tell_if_empty


@compiled
def fail_all(s: State, count: int, now: float) -> int:
    """Fail *count* calls, in the order of `doomed`; REACHED, or what it lacks.

    Each is answered and the next in its worker's queue starts before the next fails. Enter it
    again to go on.
    """
    while s.doomed < count:
        if s.rows == s.most_rows:
            return NO_ROWS
        if s.keep_log and s.logged == s.most_logged:
            return NO_LOG
        s.doomed += 1
        _fail(s, doomed_at(s, s.doomed - 1).slot, now)
    s.doomed = 0
    return REACHED


@compiled
def _fail(s: State, e: int, now: float) -> None:
    withdraw(s, e)
    pod = slot_at(s, e).pod
    cause = finish(s, e, 0, now)
    if cause != STILL:
        settle_seldom(s, e, cause, now)
    take_waiting(s, pod, now)
    tell_if_empty(s, pod, now)
