"""When users mean to send, and what is drawn for each request, a block of requests at a time.

Draws of a block have nothing to do with each other, so the compiler does several at once; only the
cumulated rate goes from one request to the next. See `sim.traffic.arrivals` for what it means.
"""

from __future__ import annotations

from sim.traffic.kernel.access import (
    drawn_choice_at,
    drawn_proxy_at,
    drawn_share_at,
    drawn_time_at,
    drawn_user_at,
    piece_at,
)
from sim.traffic.kernel.calendar import bucket_of
from sim.traffic.kernel.compiled import called, inlined
from sim.traffic.kernel.draws import log, uniform
from sim.traffic.kernel.records import BLOCK, INF, RANDOM, State


@inlined
def expect_arrival(s: State) -> None:
    """Know when the next request is meant to be sent."""
    if s.arrived - s.base == BLOCK:
        draw_block(s, s.arrived)
    s.arrival = drawn_time_at(s, s.arrived - s.base).drawn
    s.arrival_bucket = bucket_of(s, s.arrival)


@called
def draw_block(s: State, base: int) -> None:
    """Draw what belongs to the requests from *base* on."""
    s.base = base
    for n in range(BLOCK):
        drawn_share_at(s, n).drawn = -log(uniform(s.demand_keys, base + n, 0))
    for n in range(BLOCK):
        drawn_user_at(s, n).drawn = uniform(s.user_keys, base + n, 0) * s.population
    if s.proxies > 1:
        _draw_proxies(s, base)
    if s.balancer == RANDOM:
        for n in range(BLOCK):
            drawn_choice_at(s, n).drawn = uniform(s.choice_keys, base + n, 0)
    if s.poisson:
        for n in range(BLOCK):
            drawn_time_at(s, n).drawn = -log(uniform(s.arrival_keys, base + n, 0))
    _place_in_time(s, base)


@inlined
def _draw_proxies(s: State, base: int) -> None:
    """By user where it is the user's own; after the users, therefore."""
    if s.by_user:
        for n in range(BLOCK):
            user = int(drawn_user_at(s, n).drawn)
            drawn_proxy_at(s, n).drawn = uniform(s.proxy_keys, user, 0) * s.proxies
    else:
        for n in range(BLOCK):
            drawn_proxy_at(s, n).drawn = uniform(s.proxy_keys, base + n, 0) * s.proxies


@inlined
def _place_in_time(s: State, base: int) -> None:
    """Turn what each request adds to the cumulated rate into its moment."""
    _cumulate(s, base)
    if _is_of_one_piece(s):
        piece = piece_at(s, s.piece_now)
        began, rate, before = piece.time, piece.rate, s.at_piece_start
        for n in range(BLOCK):
            drawn_time_at(s, n).drawn = began + (drawn_time_at(s, n).drawn - before) / rate
        if drawn_time_at(s, BLOCK - 1).drawn < s.end:
            return
    else:
        for n in range(BLOCK):
            drawn_time_at(s, n).drawn = _when(s, drawn_time_at(s, n).drawn)
    for n in range(BLOCK):
        if s.over or drawn_time_at(s, n).drawn >= s.end:
            s.over = 1
            drawn_time_at(s, n).drawn = INF


@inlined
def _cumulate(s: State, base: int) -> None:
    """The cumulated rate at which each request comes."""
    if s.poisson:
        cumulated = s.cumulated
        for n in range(BLOCK):
            cumulated += drawn_time_at(s, n).drawn
            drawn_time_at(s, n).drawn = cumulated
        s.cumulated = cumulated
    else:
        for n in range(BLOCK):
            drawn_time_at(s, n).drawn = (base + n) + 0.5


@inlined
def _is_of_one_piece(s: State) -> bool:
    """Whether all of the block comes while the rate is what it is now, and that is not 0."""
    if s.over or piece_at(s, s.piece_now).rate == 0.0:
        return False
    if s.piece_now + 1 == s.pieces:
        return True
    seconds = piece_at(s, s.piece_now + 1).time - piece_at(s, s.piece_now).time
    ends = s.at_piece_start + piece_at(s, s.piece_now).rate * seconds
    return drawn_time_at(s, BLOCK - 1).drawn < ends


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
