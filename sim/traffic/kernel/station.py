"""The workers of one process and the queue before them. See `sim.traffic.station`."""

from __future__ import annotations

from sim.model.causes import Cause
from sim.traffic.clock import Kind
from sim.traffic.kernel.access import caller_at, doomed_at, pod_at, slot_at, version_at
from sim.traffic.kernel.calendar import give_back, schedule, withdraw
from sim.traffic.kernel.classes import place_of_row
from sim.traffic.kernel.compiled import compiled, inlined
from sim.traffic.kernel.cores import compute
from sim.traffic.kernel.demand import service_seconds
from sim.traffic.kernel.dependency import leave, move_up
from sim.traffic.kernel.draws import uniform
from sim.traffic.kernel.ending import expect_end
from sim.traffic.kernel.harm import harm
from sim.traffic.kernel.pace import paced
from sim.traffic.kernel.records import (
    HANGING,
    INF,
    NOBODY,
    NOT_COMPUTING,
    OUT,
    SERVING,
    STILL,
    WAITING,
    Records,
    State,
)
from sim.traffic.kernel.routing import find_path
from sim.traffic.kernel.service import begin

_NONE, _BUG, _QUEUE_FULL = int(Cause.NONE), int(Cause.APPLICATION_BUG), int(Cause.QUEUE_FULL)
_IN_SERVICE, _WAITING = int(Cause.TIMED_OUT_IN_SERVICE), int(Cause.TIMED_OUT_WAITING)
_STARTING, _TERMINATING = int(Cause.REFUSED_STARTING), int(Cause.REFUSED_TERMINATING)
_UNREACHABLE, _DEPENDENCY = int(Cause.NODE_UNREACHABLE), int(Cause.DEPENDENCY_ERROR)
_GIVE_UP, _DRAINED, _RETURN = int(Kind.GIVE_UP), int(Kind.DRAINED), int(Kind.RETURN)


@inlined
def take(s: State, e: int, p: int, now: float) -> int:
    """Pod *p* receives the attempt in slot *e*; the cause if that ends at once, or STILL."""
    pod, slot = pod_at(s, p), slot_at(s, e)
    slot.pod = p
    slot.version = pod.version
    if not (pod.listening and pod.reachable):
        if not pod.reachable:
            leave_hanging(s, e)
            return STILL
        return _TERMINATING if pod.terminating else _STARTING
    return accept(s, e, p, now)


@inlined
def accept(s: State, e: int, p: int, now: float) -> int:
    """The process of pod *p* has the attempt in slot *e*: it is served, waits, or is refused."""
    pod, slot = pod_at(s, p), slot_at(s, e)
    if pod.serving < pod.concurrency:
        start(s, e, p, now)
    elif pod.waiting < pod.queue_limit:
        _append(s, e, pod)
        slot.stage = WAITING
        schedule(s, e, slot.gives_up, _GIVE_UP)
    else:
        return _QUEUE_FULL
    return STILL


@compiled
def leave_hanging(s: State, e: int) -> None:
    """No answer will come: the client of slot *e* waits until its patience ends."""
    slot_at(s, e).stage = HANGING
    schedule(s, e, slot_at(s, e).gives_up, _GIVE_UP)


@inlined
def start(s: State, e: int, p: int, now: float) -> None:
    """A worker of pod *p* takes the attempt in slot *e*; its price is fixed now."""
    pod, slot = pod_at(s, p), slot_at(s, e)
    if s.flagged and pod.flags > 0 and slot.probe < 0:
        slot.version = find_path(s, slot, pod.flags - 1)
    row = version_at(s, _row_of(s, slot))
    add_up(pod, now)
    pod.serving += 1
    slot.stage = SERVING
    if slot.probe >= 0:
        computes = seconds = row.probe_seconds
    else:
        seconds = service_seconds(s, slot, row)
        if row.uneven or pod.slowdown != 1.0:
            seconds = paced(s, slot, row, pod, seconds, now)
        computes = seconds * row.cpu_share if seconds < INF else 0.0
    slot.ends = now + seconds
    slot.waits = seconds - computes
    if s.dependencies > 0:
        begin(s, e, row, now + computes)
    expect_end(s, e)
    if computes > 0.0:
        compute(s, e, pod, p, computes, now)


@inlined
def finish(s: State, e: int, well: int, now: float) -> int:
    """The worker of slot *e* is done with it; the cause, or STILL if its client has gone.

    Unless all its calls went *well*, that is the dependency's error.
    """
    slot = slot_at(s, e)
    pod = pod_at(s, slot.pod)
    row = version_at(s, _row_of(s, slot))
    if row.harmed and slot.probe < 0 and harm(s, e, row, well, now):
        return STILL
    add_up(pod, now)
    pod.serving -= 1
    slot.stage = OUT
    if slot.abandoned:
        give_back(s, e)
        return STILL
    if not well:
        return _DEPENDENCY
    return _verdict(s, slot, row.error_ratio)


@inlined
def _row_of(s: State, slot: Records) -> int:
    """Where the row is that says how the attempt in *slot* is served; a probe has no class."""
    if s.classes > 0 and slot.probe < 0:
        return place_of_row(s, slot)
    return slot.version


@inlined
def _verdict(s: State, slot: Records, ratio: float) -> int:
    """Whether the answer is the application's own error."""
    if ratio <= 0.0 or slot.probe >= 0:
        return _NONE
    return _BUG if uniform(s.bug_keys, slot.request, slot.attempt) < ratio else _NONE


@inlined
def give_up(s: State, e: int) -> int:
    """The client of slot *e* gives up; the cause."""
    slot = slot_at(s, e)
    if slot.stage == SERVING:
        slot.abandoned = 1
        expect_end(s, e)
        return _IN_SERVICE
    if slot.stage == HANGING:
        slot.stage = OUT
        return _UNREACHABLE
    slot.stage = OUT
    _leave_queue(s, e)
    return _WAITING


@inlined
def take_waiting(s: State, p: int, now: float) -> None:
    """Free workers of pod *p* take those that wait, first come, first served."""
    pod = pod_at(s, p)
    while pod.waiting > 0 and pod.serving < pod.concurrency:
        e = pod.first
        _leave_queue(s, e)
        withdraw(s, e)
        start(s, e, p, now)


@inlined
def tell_if_empty(s: State, p: int, now: float) -> None:
    """If the last attempt in flight has left pod *p*, a drain is over."""
    pod = pod_at(s, p)
    if pod.draining and pod.serving == 0 and pod.waiting == 0:
        schedule(s, pod.drained, now, _DRAINED)


@inlined
def add_up(pod: Records, now: float) -> None:
    """Take in the worker-seconds of service up to this moment."""
    pod.busy_seconds += pod.serving * (now - pod.busy_until)
    pod.busy_until = now


@inlined
def _append(s: State, e: int, pod: Records) -> None:
    slot = slot_at(s, e)
    slot.ahead, slot.behind = pod.last, NOBODY
    if pod.waiting > 0:
        slot_at(s, pod.last).behind = e
    else:
        slot.ahead = NOBODY
        pod.first = e
    pod.last = e
    pod.waiting += 1


@inlined
def _leave_queue(s: State, e: int) -> None:
    slot = slot_at(s, e)
    pod = pod_at(s, slot.pod)
    pod.waiting -= 1
    if slot.ahead >= 0:
        slot_at(s, slot.ahead).behind = slot.behind
    else:
        pod.first = slot.behind
    if slot.behind >= 0:
        slot_at(s, slot.behind).ahead = slot.ahead
    else:
        pod.last = slot.ahead


@compiled
def find_all(s: State, p: int) -> int:
    """Write the slots of all that is in flight at pod *p* to `doomed`; how many."""
    count = 0
    for e in range(s.slots):
        slot = slot_at(s, e)
        if slot.pod == p and (slot.stage == SERVING or slot.stage == WAITING):
            doomed_at(s, count).slot = e
            count += 1
    return count


@compiled
def clear(s: State, p: int, count: int, now: float) -> int:
    """Drop all *count* that were found; how many clients of them still wait, kept in `doomed`.

    Their calls leave, and those that wait there move up.
    """
    pod = pod_at(s, p)
    add_up(pod, now)
    pod.serving, pod.waiting, pod.first, pod.last = 0, 0, NOBODY, NOBODY
    kept = called = 0
    for place in range(count):
        e = doomed_at(s, place).slot
        slot = slot_at(s, e)
        withdraw(s, e)
        if s.dependencies > 0 and slot.stage == SERVING and caller_at(s, e).phase == _RETURN:
            leave(s, e, now)
            called += 1
        slot.stage, slot.computing = OUT, NOT_COMPUTING
        if slot.abandoned:
            give_back(s, e)
        else:
            doomed_at(s, kept).slot = e
            kept += 1
    for number in range(s.dependencies if called > 0 else 0):
        move_up(s, number, now)
    return kept
