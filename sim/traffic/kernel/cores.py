"""The cores of a node, and who computes on them. See `sim.traffic.cores`.

A thread with a core of its own is marked in its slot and needs nothing else. Only where cores are
counted, its node keeps it in a bag, and looks what is over only when the bag has more in it than
the node has cores. Pods that are followed are linked in the order in which they came.
"""

from __future__ import annotations

from sim.traffic.clock import Kind
from sim.traffic.kernel.access import caller_at, meter_at, node_at, pod_at, slot_at, thread_at
from sim.traffic.kernel.calendar import withdraw
from sim.traffic.kernel.compiled import compiled, inlined
from sim.traffic.kernel.ending import expect_end
from sim.traffic.kernel.meter import add_job, catch_up_meter, drop_jobs, run_at, turn
from sim.traffic.kernel.records import ALONE, INF, NOBODY, SERVING, Records, State

_CALL = int(Kind.CALL)


@inlined
def compute(s: State, e: int, pod: Records, p: int, seconds: float, now: float) -> None:
    """A thread of *pod* begins to compute *seconds* for the attempt in slot *e*."""
    node = node_at(s, pod.node)
    if node.followed > 0 or pod.limited:
        _compute_followed(s, e, p, seconds, now)
        return
    pod.spent_seconds += seconds
    slot_at(s, e).computing = ALONE
    slot_at(s, e).computed = now + seconds
    if node.cores < INF:
        _count_thread(s, e, pod.node, now)


@compiled
def _count_thread(s: State, e: int, n: int, now: float) -> None:
    """One more has a core of its own, if there is one."""
    node = node_at(s, n)
    if node.alone + 1 > node.cores or node.alone == s.bag_places:
        _forget_done(s, n, now)
    _put(s, e, n)
    if node.alone > node.cores:
        share_out(s, n, now)


@compiled
def _compute_followed(s: State, e: int, p: int, seconds: float, now: float) -> None:
    pod = pod_at(s, p)
    node = node_at(s, pod.node)
    catch_up(s, pod.node, now)
    if pod.limited or pod.followed:
        add_job(s, p, e, seconds, now)
        _follow(s, p)
        tell(s, e, INF)
    else:
        pod.spent_seconds += seconds
        slot_at(s, e).computing = ALONE
        slot_at(s, e).computed = now + seconds
        if node.cores < INF:
            _put(s, e, pod.node)
        if node.followed == 0 and node.alone <= node.cores:
            return
    share_out(s, pod.node, now)


@compiled
def tell(s: State, e: int, when: float) -> None:
    """The computing for the attempt in slot *e* ends at *when*, infinite while nobody knows."""
    slot = slot_at(s, e)
    slot.ends = when + slot.waits
    if s.dependencies > 0 and caller_at(s, e).phase == _CALL:
        slot.ends = when
    withdraw(s, e)
    expect_end(s, e)


@compiled
def turned(s: State, p: int, now: float) -> None:
    """Something happened to the computing of pod *p*: perhaps threads are done."""
    n = pod_at(s, p).node
    catch_up(s, n, now)
    e = meter_at(s, p).head
    done = turn(s, p, now)
    share_out(s, n, now)
    for _ in range(done):
        after = slot_at(s, e).behind
        tell(s, e, now)
        e = after


@compiled
def catch_up(s: State, n: int, now: float) -> None:
    """Take in what has been computed on node *n* up to this moment."""
    node = node_at(s, n)
    if node.cores < INF:
        _forget_done(s, n, now)
    p = node.head
    while p >= 0:
        catch_up_meter(s, p, now)
        p = meter_at(s, p).next


@compiled
def drop_threads(s: State, p: int, now: float) -> None:
    """The process of pod *p* is gone; what its threads still had to compute is subtracted."""
    n = pod_at(s, p).node
    node = node_at(s, n)
    kept = 0
    for place in range(node.alone):
        thread = thread_at(s, n, place)
        if slot_at(s, thread.slot).pod != p:
            kept_thread = thread_at(s, n, kept)
            kept_thread.computed, kept_thread.slot = thread.computed, thread.slot
            kept += 1
    node.alone = kept
    drop_jobs(s, p)
    share_out(s, n, now)


@compiled
def count_afresh(s: State, n: int, now: float) -> None:
    """Node *n* begins to count its cores: who has one of its own now?"""
    node_at(s, n).alone = 0
    for e in range(s.slots):
        slot = slot_at(s, e)
        alone = slot.stage == SERVING and slot.computing == ALONE and slot.computed > now
        if alone and pod_at(s, slot.pod).node == n:
            _put(s, e, n)


@compiled
def share_out(s: State, n: int, now: float) -> None:
    """Give every pod of node *n* its part of the cores."""
    node = node_at(s, n)
    threads = node.alone
    p = node.head
    while p >= 0:
        after = meter_at(s, p).next
        if meter_at(s, p).jobs == 0:
            run_at(s, p, 0.0, now)
            _let_go(s, p)
        elif not meter_at(s, p).throttled:
            threads += meter_at(s, p).jobs
        p = after
    if threads > node.cores:
        _follow_all(s, n, now)
        _share_fairly(s, n)
    else:
        _let_all_go(s, n, now)
    p = node.head
    while p >= 0:
        rate = 1.0
        if threads > node.cores:
            rate = _rate_of(s, p)
        run_at(s, p, rate, now)
        p = meter_at(s, p).next


@inlined
def _rate_of(s: State, p: int) -> float:
    meter = meter_at(s, p)
    return 0.0 if meter.throttled else meter.share / meter.jobs


@compiled
def _share_fairly(s: State, n: int) -> None:
    """How many cores each pod gets, as `sim.model.cfs.fair_shares` says."""
    cores = node_at(s, n).cores
    total = 0.0
    hungry = 0
    p = node_at(s, n).head
    while p >= 0:
        meter = meter_at(s, p)
        meter.share = 0.0
        meter.hungry = 0 if meter.throttled else 1
        hungry += meter.hungry
        p = meter.next
    while hungry > 0:
        total = _hungry_weight(s, n)
        used, content = 0.0, 0
        p = node_at(s, n).head
        while p >= 0:
            meter = meter_at(s, p)
            if meter.hungry:
                meter.share = cores * meter.weight / total
                if meter.jobs <= meter.share:
                    meter.share = float(meter.jobs)
                    meter.hungry = 0
                    used += meter.share
                    content += 1
            p = meter.next
        if content == 0:
            return
        cores -= used
        hungry -= content


@inlined
def _hungry_weight(s: State, n: int) -> float:
    total = 0.0
    p = node_at(s, n).head
    while p >= 0:
        if meter_at(s, p).hungry:
            total += meter_at(s, p).weight
        p = meter_at(s, p).next
    return total


@compiled
def _follow_all(s: State, n: int, now: float) -> None:
    """Threads are more than cores: nobody's end is known any more."""
    node = node_at(s, n)
    _sort_bag(s, n)
    for place in range(node.alone):
        thread = thread_at(s, n, place)
        p = slot_at(s, thread.slot).pod
        pod_at(s, p).spent_seconds -= thread.computed - now
        add_job(s, p, thread.slot, thread.computed - now, now)
        _follow(s, p)
        tell(s, thread.slot, INF)
    node.alone = 0


@compiled
def _let_all_go(s: State, n: int, now: float) -> None:
    """There is a core for every thread: only a quota must still be followed."""
    p = node_at(s, n).head
    while p >= 0:
        meter = meter_at(s, p)
        after = meter.next
        if not pod_at(s, p).limited:
            e, work = meter.head, meter.work
            count = meter.jobs
            drop_jobs(s, p)
            for _ in range(count):
                slot = slot_at(s, e)
                seconds = slot.computed - work
                pod_at(s, p).spent_seconds += seconds
                slot.computing = ALONE
                slot.computed = now + seconds
                if node_at(s, n).cores < INF:
                    _put(s, e, n)
                tell(s, e, now + seconds)
                e = slot.behind
            run_at(s, p, 0.0, now)
            _let_go(s, p)
        p = after


@compiled
def _follow(s: State, p: int) -> None:
    """The meter of pod *p* is among those that its node follows."""
    pod = pod_at(s, p)
    if pod.followed:
        return
    node, meter = node_at(s, pod.node), meter_at(s, p)
    pod.followed = 1
    node.followed += 1
    meter.previous, meter.next = node.tail, NOBODY
    if node.tail >= 0:
        meter_at(s, node.tail).next = p
    else:
        node.head = p
    node.tail = p


@compiled
def _let_go(s: State, p: int) -> None:
    pod, meter = pod_at(s, p), meter_at(s, p)
    node = node_at(s, pod.node)
    pod.followed = 0
    node.followed -= 1
    if meter.previous >= 0:
        meter_at(s, meter.previous).next = meter.next
    else:
        node.head = meter.next
    if meter.next >= 0:
        meter_at(s, meter.next).previous = meter.previous
    else:
        node.tail = meter.previous


@compiled
def _put(s: State, e: int, n: int) -> None:
    node = node_at(s, n)
    thread = thread_at(s, n, node.alone)
    thread.computed, thread.slot = slot_at(s, e).computed, e
    node.alone += 1


@compiled
def _forget_done(s: State, n: int, now: float) -> None:
    node = node_at(s, n)
    kept = 0
    for place in range(node.alone):
        thread = thread_at(s, n, place)
        if thread.computed > now:
            kept_thread = thread_at(s, n, kept)
            kept_thread.computed, kept_thread.slot = thread.computed, thread.slot
            kept += 1
    node.alone = kept


@compiled
def _sort_bag(s: State, n: int) -> None:
    """By (moment, request, attempt, sent); a bag is small when its threads begin to be followed."""
    for place in range(1, node_at(s, n).alone):
        computed, e = thread_at(s, n, place).computed, thread_at(s, n, place).slot
        hole = place
        while hole > 0 and _later(s, thread_at(s, n, hole - 1), computed, e):
            thread_at(s, n, hole).computed = thread_at(s, n, hole - 1).computed
            thread_at(s, n, hole).slot = thread_at(s, n, hole - 1).slot
            hole -= 1
        thread_at(s, n, hole).computed = computed
        thread_at(s, n, hole).slot = e


@inlined
def _later(s: State, thread: Records, computed: float, e: int) -> bool:
    if thread.computed != computed:
        return thread.computed > computed
    a, b = slot_at(s, thread.slot), slot_at(s, e)
    if a.request != b.request:
        return a.request > b.request
    if a.attempt != b.attempt:
        return a.attempt > b.attempt
    return a.sent > b.sent
