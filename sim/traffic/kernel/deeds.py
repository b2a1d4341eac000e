"""What the control plane does to the arrays: one door for all deeds, for each door is compiled."""

from __future__ import annotations

from sim.traffic.kernel.access import doomed_at, node_at, probe_at, state_at
from sim.traffic.kernel.answering import settle_seldom
from sim.traffic.kernel.arrivals import draw_block, expect_arrival
from sim.traffic.kernel.asking import start_asking, stop_asking
from sim.traffic.kernel.calendar import enqueue_all, list_all
from sim.traffic.kernel.compiled import compiled, entered
from sim.traffic.kernel.cores import catch_up, count_afresh, drop_threads, share_out
from sim.traffic.kernel.dependency import leave_all, move_up
from sim.traffic.kernel.lists import hear_list
from sim.traffic.kernel.meter import employ
from sim.traffic.kernel.outage import fail_all
from sim.traffic.kernel.pod import change_version, drain, end_process, listen, set_listening
from sim.traffic.kernel.probing import start_quiet, stop_quiet
from sim.traffic.kernel.records import (
    INF,
    NO_LOG,
    NO_ROWS,
    QUIET,
    REACHED,
    State,
)
from sim.traffic.kernel.station import clear, find_all, leave_hanging
from sim.traffic.kernel.tally import leave_sparse

(
    BEGIN,
    CHANGE_VERSION,
    EMPLOY,
    LISTEN,
    CLOSE,
    DRAIN,
    DO_NOT_DRAIN,
    END_PROCESS,
    FIND_ALL,
    CLEAR,
    CUT,
    HANG,
    CATCH_UP,
    DROP_THREADS,
    RESIZE,
    START_PROBE,
    STOP_PROBE,
    HEAR_LIST,
    LEAVE_SPARSE,
    LIST_ALL,
    ENQUEUE_ALL,
    MOVE_UP,
    LEAVE_DEPENDENCY,
    FAIL_ALL,
) = range(24)


@entered(int, int, int, int, float)
def do(address: int, deed: int, whom: int, number: int, amount: float) -> int:
    """Do *deed* to *whom* (a pod, version, node, probe …), now; mostly answers 0."""
    s = state_at(address)
    now = s.now
    if deed <= EMPLOY:
        return _prepare(s, deed, whom, number, now)
    if deed <= END_PROCESS:
        return _treat(s, deed, whom, now)
    if deed <= HANG:
        return _cut_off(s, deed, whom, number, now)
    if deed <= RESIZE:
        return _compute(s, deed, whom, amount, now)
    if deed <= STOP_PROBE:
        return _probe(s, deed, whom, now)
    if deed <= ENQUEUE_ALL:
        return _keep(s, deed, whom, number, now)
    return _depend(s, deed, whom, number, now)


@compiled
def _prepare(s: State, deed: int, whom: int, number: int, now: float) -> int:
    """What comes before anything can happen, or changes how it happens."""
    if deed == BEGIN:
        draw_block(s, 0)
        expect_arrival(s)
    elif deed == CHANGE_VERSION:
        change_version(s, whom, number, now)
    else:
        employ(s, whom, now)
    return 0


@compiled
def _treat(s: State, deed: int, p: int, now: float) -> int:
    """What is done to a process."""
    if deed == LISTEN:
        listen(s, p, now)
    elif deed == CLOSE:
        set_listening(s, p, 0, 0, now)
    elif deed == END_PROCESS:
        end_process(s, p, now)
    else:
        drain(s, p, 1 if deed == DRAIN else 0, now)
    return 0


@compiled
def _cut_off(s: State, deed: int, p: int, number: int, now: float) -> int:
    """What is in flight at a pod: found, taken out, answered, or left without an answer."""
    if deed == FIND_ALL:
        return find_all(s, p)
    if deed == CLEAR:
        return clear(s, p, number, now)
    if deed == HANG:
        for place in range(number):
            leave_hanging(s, doomed_at(s, place).slot)
        return 0
    return _answer_all(s, p, number, now)


@compiled
def _answer_all(s: State, cause: int, count: int, now: float) -> int:
    """Answer *count* attempts with *cause*, in the order of `doomed`; REACHED, or what it lacks.

    Enter it again to go on.
    """
    while s.doomed < count:
        if s.rows == s.most_rows:
            return NO_ROWS
        if s.keep_log and s.logged == s.most_logged:
            return NO_LOG
        s.doomed += 1
        settle_seldom(s, doomed_at(s, s.doomed - 1).slot, cause, now)
    s.doomed = 0
    return REACHED


@compiled
def _compute(s: State, deed: int, whom: int, amount: float, now: float) -> int:
    """What concerns the cores of a node."""
    if deed == DROP_THREADS:
        drop_threads(s, whom, now)
        return 0
    catch_up(s, whom, now)
    if deed == RESIZE:
        node = node_at(s, whom)
        counted = node.cores < INF
        node.cores = amount
        if amount == INF:
            node.alone = 0
        elif not counted:
            count_afresh(s, whom, now)
        share_out(s, whom, now)
    return 0


@compiled
def _probe(s: State, deed: int, row: int, now: float) -> int:
    """Start or stop a probe whose record is filled in."""
    quiet = probe_at(s, row).sort == QUIET
    if deed == START_PROBE and quiet:
        start_quiet(s, row, now)
    elif deed == START_PROBE:
        start_asking(s, row)
    elif quiet:
        stop_quiet(s, row, now)
    else:
        stop_asking(s, row)
    return 0


@compiled
def _keep(s: State, deed: int, whom: int, number: int, now: float) -> int:
    """What keeps the arrays in order."""
    if deed == HEAR_LIST:
        for x in range(s.block * s.proxies, (s.block + 1) * s.proxies):
            hear_list(s, x, whom, number, now)
    elif deed == LEAVE_SPARSE:
        leave_sparse(s)
    elif deed == LIST_ALL:
        return list_all(s)
    else:
        enqueue_all(s, number)
    return 0


@compiled
def _depend(s: State, deed: int, dependency: int, number: int, now: float) -> int:
    """A dependency has changed."""
    if deed == LEAVE_DEPENDENCY:
        return leave_all(s, dependency, now)
    if deed == FAIL_ALL:
        return fail_all(s, number, now)
    move_up(s, dependency, now)
    return 0
