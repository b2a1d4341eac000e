"""Where an attempt is routed. See `sim.traffic.routing`.

What a proxy knows of a backend is a row of its own among the proxies: block 0 holds what each knows
of backend 0, block 1 the table of each (a list of one number), block b + 1 backend b.
"""

from __future__ import annotations

from sim.model.causes import Cause
from sim.model.routing import OF_CLASS
from sim.traffic.clock import Kind
from sim.traffic.kernel.access import (
    attribute_at,
    condition_at,
    destination_at,
    listed_at,
    match_at,
    proxy_at,
    route_at,
    slot_at,
    table_at,
    trip_at,
    value_at,
    version_at,
)
from sim.traffic.kernel.calendar import schedule, take_slot
from sim.traffic.kernel.classes import class_of
from sim.traffic.kernel.compiled import compiled, inlined
from sim.traffic.kernel.draws import uniform
from sim.traffic.kernel.lists import take_up
from sim.traffic.kernel.records import INF, MIRRORED, RETRYING, Records, State
from sim.traffic.kernel.route_records import NO_ROW
from sim.traffic.routing import SALT_PLACE

_NONE, _SEND = int(Cause.NONE), int(Kind.SEND)
FIRST_COPY = 128  # As `sim.traffic.sending.MIRRORED`.


@compiled
def find_row(s: State, e: int, now: float) -> int:
    """The row from which the attempt in slot *e* gets its pod; NO_ROW if there is no route."""
    slot = slot_at(s, e)
    x = slot.proxy
    tables = proxy_at(s, s.proxies + x)
    if tables.next_change <= now:
        take_up(s, s.proxies + x, now)
    if tables.count == 0:
        return x
    n = _find_route(s, listed_at(s, tables.offset).pod, slot)
    if n < 0:
        return NO_ROW
    route = route_at(s, n)
    block = _draw(s, route, slot, False)
    if block == NO_ROW:
        return NO_ROW
    row = block * s.proxies + x
    if route.falls_to >= 0:
        if proxy_at(s, row).next_change <= now:
            take_up(s, row, now)
        if proxy_at(s, row).count == 0:
            row = route.falls_to * s.proxies + x
    if route.mirror >= 0 and uniform(s.mirror_keys, slot.request, slot.attempt) < route.share:
        _send_copy(s, e, route.mirror * s.proxies + x, now)
    return row


@compiled
def find_path(s: State, slot: Records, table: int) -> int:
    """The version whose code path the attempt in *slot* takes by that *table* of flags."""
    n = _find_route(s, table, slot)
    if n < 0:
        return slot.version
    return _draw(s, route_at(s, n), slot, True)


@inlined
def _find_route(s: State, table: int, slot: Records) -> int:
    """The first route for the attempt in *slot* that leads somewhere; below 0 if there is none."""
    n, end = table_at(s, table).first, table_at(s, table).end
    while n < end and not _matches(s, route_at(s, n), slot):
        n += 1
    if n == end or route_at(s, n).total == 0:
        return NO_ROW
    return n


@inlined
def _draw(s: State, route: Records, slot: Records, flag: bool) -> int:
    """The place that the lot decides on: a backend's block, or a version."""
    if route.salt >= 0:
        draw = uniform(s.sticky_keys, route.salt << SALT_PLACE | slot.user, 0)
    elif flag:
        draw = uniform(s.flag_keys, slot.request, slot.attempt)
    else:
        draw = uniform(s.route_keys, slot.request, slot.attempt)
    drawn = draw * route.total
    n = route.destination
    while drawn >= destination_at(s, n).reached:
        n += 1
    return destination_at(s, n).place


@inlined
def _matches(s: State, route: Records, slot: Records) -> bool:
    if route.match == route.matches_end:
        return True
    for m in range(route.match, route.matches_end):
        match = match_at(s, m)
        holds = True
        for c in range(match.condition, match.conditions_end):
            condition = condition_at(s, c)
            value = _value(s, condition.attribute, slot)
            holds = holds and (condition.values >> value) & 1 == 1
        if holds:
            return True
    return False


@inlined
def _value(s: State, number: int, slot: Records) -> int:
    """The number of the value that the user of *slot* has of that attribute, or its class."""
    if number == OF_CLASS:
        return class_of(s, slot.request)
    attribute = attribute_at(s, number)
    drawn = uniform(s.attribute_keys, attribute.salted | slot.user, number)
    n = attribute.value
    while drawn >= value_at(s, n).reached:
        n += 1
    return n - attribute.value


@inlined
def _send_copy(s: State, e: int, row: int, now: float) -> None:
    """Let a copy of the attempt in slot *e* go out; nobody waits for its answer."""
    m = take_slot(s)
    slot, copy = slot_at(s, e), slot_at(s, m)
    copy.request, copy.attempt = slot.request, FIRST_COPY + slot.attempt
    copy.user, copy.proxy, copy.meant = slot.user, slot.proxy, slot.meant
    copy.share, copy.probe, copy.stage = slot.share, MIRRORED, RETRYING
    copy.gives_up = slot.gives_up  # Which a hedge has from its first try, not from its own start.
    trip_at(s, m).row = row
    schedule(s, m, now, _SEND)


@compiled
def count_copy(s: State, slot: Records, cause: int) -> float:
    """The copy in *slot* ended with *cause*, which nobody hears; it is never tried again."""
    if slot.version < 0:
        s.lost_bad += 1
    elif cause == _NONE:
        version_at(s, slot.version).copies_good += 1
    else:
        version_at(s, slot.version).copies_bad += 1
    return INF
