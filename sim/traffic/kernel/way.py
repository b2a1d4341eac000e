"""The way of an attempt where proxies keep connections, protect, compare pods, or try others.

Where they do nothing of that, `sending` has it in a few lines. See `sim.traffic.way`.
"""

from __future__ import annotations

from sim.model.causes import ANSWERS, Cause
from sim.model.failed import NOT_ASKED
from sim.traffic.clock import Kind
from sim.traffic.kernel.access import (
    connection_at,
    endpoint_class_at,
    guard_at,
    on_way_at,
    pod_at,
    proxy_at,
    remembered_at,
    slot_at,
    tried_at,
    trip_at,
)
from sim.traffic.kernel.balancers import pick_any
from sim.traffic.kernel.calendar import schedule
from sim.traffic.kernel.class_records import BY_LOT
from sim.traffic.kernel.classes import class_of
from sim.traffic.kernel.compiled import called, inlined
from sim.traffic.kernel.connections import (
    closed_at,
    connect,
    disconnect,
    give_connection_back,
    owner_of,
    take_idle,
)
from sim.traffic.kernel.draws import uniform
from sim.traffic.kernel.guard import begin_attempt, find_healthy, judge_pod, pass_gate
from sim.traffic.kernel.levels import note_heard, note_sent
from sim.traffic.kernel.lists import candidate, note_belief, take_up
from sim.traffic.kernel.records import (
    ALL_OUT,
    HANGING,
    INF,
    LEAST_CONNECTIONS,
    MIRRORED,
    NOBODY,
    STILL,
    State,
)
from sim.traffic.kernel.route_records import NO_ROW
from sim.traffic.kernel.routing import find_row
from sim.traffic.kernel.station import accept, leave_hanging

_NONE, _RESET = int(Cause.NONE), int(Cause.IDLE_RESET)
_NO_ROUTE = int(Cause.NO_ROUTE)
_NO_ENDPOINT, _ALL_EJECTED = int(Cause.NO_ENDPOINT), int(Cause.ALL_EJECTED)
_STARTING, _TERMINATING = int(Cause.REFUSED_STARTING), int(Cause.REFUSED_TERMINATING)
_CONNECT, _UNREACHABLE = int(Kind.CONNECT), int(Cause.NODE_UNREACHABLE)
_ANSWERS = sum(1 << int(cause) for cause in ANSWERS)
# The client left; to a proxy that is no failure of the pod.
_LEFT = (1 << int(Cause.TIMED_OUT_WAITING)) | (1 << int(Cause.TIMED_OUT_IN_SERVICE))


@called
def enter(s: State, e: int, now: float) -> int:
    """Let a new attempt in slot *e* through the gate and on; its cause if it ends at once."""
    slot, trip = slot_at(s, e), trip_at(s, e)
    slot.pod, slot.version = NOBODY, NOBODY
    trip.connection, trip.picks, trip.tried, trip.admitted = NOBODY, 0, 0, 0
    if slot.probe == MIRRORED:
        return _to_a_pod(s, e, now)
    if s.budget >= 0.0:
        begin_attempt(s, slot.proxy)
    trip.row = slot.proxy
    if s.routed:
        trip.row = find_row(s, e, now)
        if trip.row == NO_ROW:
            slot.listed, slot.heard, slot.tried_at = 0, -INF, now
            return _NO_ROUTE
    if s.gated:
        note_belief(s, slot, trip.row, now)
        refused = pass_gate(s, slot.proxy, now)
        if refused != _NONE:
            return refused
        trip.admitted = 1
    return _to_a_pod(s, e, now)


@called
def come_back(s: State, e: int, cause: int, now: float) -> int:
    """The try in slot *e* ended with *cause*; the cause that the client gets.

    STILL if its proxy tries it on another pod, without the client's knowing.
    """
    slot, trip = slot_at(s, e), trip_at(s, e)
    while slot.pod >= 0:
        _note(s, e, cause, now)
        if not _is_tried_again(s, e, cause, now):
            break
        if s.avoid > 0:
            tried_at(s, e, trip.tried).pod = slot.pod
        trip.tried += 1
        cause = _to_a_pod(s, e, now)
        if cause == STILL:
            return STILL
    if trip.admitted:
        guard_at(s, slot.proxy).in_flight -= 1
        trip.admitted = 0
    return cause


@called
def _to_a_pod(s: State, e: int, now: float) -> int:
    """Find a connection and a pod for the attempt in slot *e*; its cause if it ends at once."""
    slot, trip = slot_at(s, e), trip_at(s, e)
    note_belief(s, slot, trip.row, now)
    c = NOBODY
    if s.keeps and not s.per_request:
        c = take_idle(s, slot.user, now)
    if c >= 0:
        p = connection_at(s, c).pod
        slot.listed = NOT_ASKED
    else:
        p = _choose(s, e, now)
        if p < 0:
            slot.pod, slot.version = NOBODY, NOBODY
            return _ALL_EJECTED if p == ALL_OUT else _NO_ENDPOINT
        if s.keeps:
            if s.per_request:
                c = take_idle(s, owner_of(s, slot, p), now)
            if c < 0:
                c = connect(s, p, now)
    trip.connection = c
    if s.counts_links:
        on_way_at(s, slot.proxy, p).count += 1
        if s.balancer == LEAST_CONNECTIONS:
            note_sent(s, slot.proxy, p)
    return _send_on(s, e, p, c, now)


@inlined
def _send_on(s: State, e: int, p: int, c: int, now: float) -> int:
    """Send the attempt in slot *e* to pod *p* on connection *c*, if it is on one that is kept."""
    slot, pod = slot_at(s, e), pod_at(s, p)
    slot.pod, slot.version = p, pod.version
    is_open = False
    if c >= 0:
        connection = connection_at(s, c)
        is_open = connection.served > 0
        connection.served += 1
        if is_open and now >= closed_at(s, c):
            return _RESET
    if not pod.reachable:
        if not is_open and now + s.connect_timeout < slot.gives_up:
            slot.stage = HANGING
            schedule(s, e, now + s.connect_timeout, _CONNECT)
        else:
            leave_hanging(s, e)
        return STILL
    if not pod.listening and not is_open:
        return _TERMINATING if pod.terminating else _STARTING
    return accept(s, e, p, now)


@called
def _note(s: State, e: int, cause: int, now: float) -> None:
    """A pod gave *cause* to the attempt in slot *e*."""
    slot, trip = slot_at(s, e), trip_at(s, e)
    pod = pod_at(s, slot.pod)
    if cause == _NONE:
        pod.answered += 1
    else:
        pod.failed += 1
    if s.counts_links:
        on_way_at(s, slot.proxy, slot.pod).count -= 1
        if s.balancer == LEAST_CONNECTIONS:
            note_heard(s, slot.proxy, slot.pod)
    left = (_LEFT >> cause) & 1 or (cause == _UNREACHABLE and now >= slot.gives_up)
    if s.ejects and not left:
        judge_pod(s, slot.proxy, trip.row, slot.pod, 1 if cause != _NONE else 0, now)
    c = trip.connection
    if c >= 0:
        trip.connection = NOBODY
        if (_ANSWERS >> cause) & 1:
            give_connection_back(s, owner_of(s, slot, slot.pod), c, now)
        else:
            disconnect(s, c)


@inlined
def _is_tried_again(s: State, e: int, cause: int, now: float) -> bool:
    slot = slot_at(s, e)
    if slot.probe == MIRRORED or trip_at(s, e).tried + 1 >= s.tries or now >= slot.gives_up:
        return False
    if (s.elsewhere >> cause) & 1:
        return True
    if not (s.elsewhere_twice >> cause) & 1:
        return False
    if s.classes > 0:
        twice = endpoint_class_at(s, class_of(s, slot.request)).idempotent
        if twice != BY_LOT:
            return twice == 1
    return uniform(s.method_keys, slot.request, 0) < s.idempotent_share


@inlined
def _choose(s: State, e: int, now: float) -> int:
    """The pod to send the attempt in slot *e* to; NOBODY, or ALL_OUT if all are ejected."""
    slot = slot_at(s, e)
    x, row = slot.proxy, trip_at(s, e).row
    proxy = proxy_at(s, row)
    if proxy.next_change <= now:
        take_up(s, row, now)
    if proxy.count == 0:
        return NOBODY
    offset, count = proxy.offset, proxy.count
    if s.ejects and now < guard_at(s, x).latest:
        offset, count = NOBODY, find_healthy(s, x, row, now)
        if count == 0:
            return ALL_OUT
    if s.affinity < 0.0:
        return _pick(s, e, offset, count)
    return _faithful_pick(s, e, offset, count, now)


@called
def _pick(s: State, e: int, offset: int, count: int) -> int:
    """Pick, and again rather than take a pod that has failed this attempt already."""
    trip = trip_at(s, e)
    proxy = proxy_at(s, trip.row)
    p = NOBODY
    for _ in range(s.avoid + 1):
        p = pick_any(s, proxy, e, offset, count)
        trip.picks += 1
        again = False
        if s.avoid > 0:
            for place in range(trip.tried):
                again = again or tried_at(s, e, place).pod == p
        if not again:
            break
    return p


@called
def _faithful_pick(s: State, e: int, offset: int, count: int, now: float) -> int:
    """The pod that the user had last, unless that was too long ago or it is in the list no more."""
    remembered = remembered_at(s, slot_at(s, e).user)
    p = remembered.pod - 1
    known = False
    if p >= 0 and now - remembered.last <= s.affinity:
        for place in range(count):
            known = known or candidate(s, offset, place) == p
    if not known:
        p = _pick(s, e, offset, count)
    remembered.pod, remembered.last = p + 1, now
    return p
