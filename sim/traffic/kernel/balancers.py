"""How a proxy picks an endpoint: a function here for each balancer, and a branch.

See `sim.traffic.balancers`. What is picked from is a list among all lists, or (its offset is
NOBODY) those of a list that are healthy.
"""

from __future__ import annotations

from sim.traffic.kernel.access import (
    listed_at,
    on_way_at,
    owed_at,
    pod_at,
    slot_at,
    trip_at,
    version_at,
)
from sim.traffic.kernel.compiled import called, inlined
from sim.traffic.kernel.draws import uniform
from sim.traffic.kernel.levels import least_busy
from sim.traffic.kernel.lists import candidate
from sim.traffic.kernel.records import (
    LEAST_CONNECTIONS,
    LEAST_REQUEST,
    NOBODY,
    RANDOM,
    RING_HASH,
    ROUND_ROBIN,
    WEIGHTED,
    Records,
    State,
)
from sim.traffic.kernel.ring import on_ring
from sim.traffic.pick import MOST_PICKS

# The balancers of `sim.traffic.balancers` that are compiled; others run on the reference.
COMPILED = {
    "random": RANDOM,
    "round_robin": ROUND_ROBIN,
    "least_request": LEAST_REQUEST,
    "least_connections": LEAST_CONNECTIONS,
    "ring_hash": RING_HASH,
    "weighted": WEIGHTED,
}


@inlined
def pick(s: State, proxy: Records, draw: float) -> int:
    """One of the endpoints that *proxy* believes in, of which there is at least one.

    For who has nothing to look at but its list: random, or in turns.
    """
    if s.balancer == RANDOM:
        return listed_at(s, proxy.offset + int(draw * proxy.count)).pod
    return listed_at(s, proxy.offset + _turn(proxy, proxy.count)).pod


@called
def pick_any(s: State, proxy: Records, e: int, offset: int, count: int) -> int:
    """One of *count* endpoints for the attempt in slot *e*, by any balancer."""
    slot = slot_at(s, e)
    again = trip_at(s, e).picks
    if s.balancer == ROUND_ROBIN:
        return candidate(s, offset, _turn(proxy, count))
    if s.balancer == LEAST_CONNECTIONS:
        own = offset >= 0 and trip_at(s, e).row == slot.proxy
        one = least_busy(s, slot.proxy) if own else NOBODY
        return one if one >= 0 else _least_busy_of(s, slot.proxy, offset, count)
    if s.balancer == RING_HASH:
        return on_ring(s, slot.user, offset, count)
    if s.balancer == WEIGHTED:
        return _by_weight(s, trip_at(s, e).row, offset, count)
    if again == 0:
        draw = uniform(s.choice_keys, slot.request, slot.attempt)
    else:
        draw = uniform(s.again_keys, slot.request * MOST_PICKS + again, slot.attempt)
    one = candidate(s, offset, int(draw * count))
    if s.balancer == RANDOM:
        return one
    draw = uniform(s.second_keys, slot.request * MOST_PICKS + again, slot.attempt)
    other = candidate(s, offset, int(draw * count))
    x = slot.proxy
    return other if on_way_at(s, x, other).count < on_way_at(s, x, one).count else one


@inlined
def _turn(proxy: Records, count: int) -> int:
    place = proxy.picks % count
    proxy.picks += 1
    return place


@inlined
def _least_busy_of(s: State, x: int, offset: int, count: int) -> int:
    """The first of those with the least on its way from proxy *x*."""
    found = candidate(s, offset, 0)
    least = on_way_at(s, x, found).count
    for place in range(1, count):
        if least == 0:
            break
        p = candidate(s, offset, place)
        if on_way_at(s, x, p).count < least:
            found, least = p, on_way_at(s, x, p).count
    return found


@called
def _by_weight(s: State, row: int, offset: int, count: int) -> int:
    """The one that is owed most, the first of equals. See `sim.traffic.balancers.weighted`."""
    chosen, total = candidate(s, offset, 0), 0
    for place in range(count):
        p = candidate(s, offset, place)
        weight = version_at(s, pod_at(s, p).version).weight
        owed_at(s, row, p).weight += weight
        total += weight
        if owed_at(s, row, p).weight > owed_at(s, row, chosen).weight:
            chosen = p
    owed_at(s, row, chosen).weight -= total
    return chosen
