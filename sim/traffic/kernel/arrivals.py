"""When users mean to send, and what is drawn for each request, a block of requests at a time.

Draws of a block have nothing to do with each other, so the compiler does several at once; only the
cumulated rate goes from one request to the next. See `sim.traffic.arrivals` for what it means.
"""

from __future__ import annotations

from sim.traffic.kernel.access import drawn_at, piece_at
from sim.traffic.kernel.compiled import compiled, inlined
from sim.traffic.kernel.draws import log, uniform
from sim.traffic.kernel.records import BLOCK, INF, RANDOM, State


@inlined
def expect_arrival(s: State) -> None:
    """Know when the next request is meant to be sent."""
    if s.arrived - s.base == BLOCK:
        draw_block(s, s.arrived)
    s.arrival = drawn_at(s, s.arrived - s.base).time


@compiled
def draw_block(s: State, base: int) -> None:
    """Draw what belongs to the requests from *base* on."""
    s.base = base
    for n in range(BLOCK):
        drawn_at(s, n).share = -log(uniform(s.demand_keys, base + n, 0))
    for n in range(BLOCK):
        drawn_at(s, n).user = uniform(s.user_keys, base + n, 0) * s.population
    if s.proxies > 1:
        _draw_proxies(s, base)
    if s.balancer == RANDOM:
        for n in range(BLOCK):
            drawn_at(s, n).choice = uniform(s.choice_keys, base + n, 0)
    if s.poisson:
        for n in range(BLOCK):
            drawn_at(s, n).time = -log(uniform(s.arrival_keys, base + n, 0))
    _place_in_time(s, base)


@inlined
def _draw_proxies(s: State, base: int) -> None:
    """By user where it is the user's own; after the users, therefore."""
    if s.by_user:
        for n in range(BLOCK):
            user = int(drawn_at(s, n).user)
            drawn_at(s, n).proxy = uniform(s.proxy_keys, user, 0) * s.proxies
    else:
        for n in range(BLOCK):
            drawn_at(s, n).proxy = uniform(s.proxy_keys, base + n, 0) * s.proxies


@inlined
def _place_in_time(s: State, base: int) -> None:
    """Turn what each request adds to the cumulated rate into its moment."""
    for n in range(BLOCK):
        time = INF
        if not s.over:
            if s.poisson:
                s.cumulated += drawn_at(s, n).time
            else:
                s.cumulated = (base + n) + 0.5
            time = _when(s, s.cumulated)
        if time >= s.end:
            s.over = 1
            time = INF
        drawn_at(s, n).time = time


@inlined
def _when(s: State, cumulated: float) -> float:
    while s.piece_now + 1 < s.pieces:
        rate = piece_at(s, s.piece_now).rate
        seconds = piece_at(s, s.piece_now + 1).time - piece_at(s, s.piece_now).time
        if cumulated < s.at_piece_start + rate * seconds:
            break
        s.at_piece_start += rate * seconds
        s.piece_now += 1
    rate = piece_at(s, s.piece_now).rate
    if rate == 0.0:
        return INF
    return piece_at(s, s.piece_now).time + (cumulated - s.at_piece_start) / rate
