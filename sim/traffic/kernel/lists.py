"""Endpoint lists: heard, and taken up when a request looks. See `sim.traffic.proxy`."""

from __future__ import annotations

from sim.traffic.kernel.access import coming_at, healthy_at, listed_at, proxy_at
from sim.traffic.kernel.compiled import compiled, inlined
from sim.traffic.kernel.records import INF, Records, State


@inlined
def candidate(s: State, offset: int, place: int) -> int:
    """The pod at *place* of a list."""
    if offset < 0:
        return healthy_at(s, place).pod
    return listed_at(s, offset + place).pod


@compiled
def take_up(s: State, x: int, now: float) -> None:
    """Believe in the last list that has come to proxy *x*."""
    proxy = proxy_at(s, x)
    places = s.list_places
    while proxy.coming > 0 and coming_at(s, x, proxy.first).time <= now:
        news = coming_at(s, x, proxy.first)
        proxy.offset, proxy.count = news.offset, news.count
        proxy.heard = news.time
        proxy.first = (proxy.first + 1) % places
        proxy.coming -= 1
    proxy.next_change = coming_at(s, x, proxy.first).time if proxy.coming > 0 else INF
    proxy.levelled = 0


@compiled
def hear_list(s: State, x: int, offset: int, count: int, now: float) -> None:
    """Proxy *x* believes in that list from its `apply_at` on, and in no older one after that."""
    take_up(s, x, now)
    proxy = proxy_at(s, x)
    time = proxy.apply_at
    places = s.list_places
    while proxy.coming > 0:
        if coming_at(s, x, (proxy.first + proxy.coming - 1) % places).time < time:
            break
        proxy.coming -= 1
    news = coming_at(s, x, (proxy.first + proxy.coming) % places)
    news.time, news.offset, news.count = time, offset, count
    proxy.coming += 1
    proxy.next_change = coming_at(s, x, proxy.first).time


@inlined
def note_belief(s: State, slot: Records, row: int, now: float) -> None:
    """Write down what the proxy of *slot* believes, by that *row*, as it sends the attempt."""
    proxy = proxy_at(s, row)
    if proxy.next_change <= now:
        take_up(s, row, now)
    slot.listed, slot.heard = proxy.count, proxy.heard
    slot.tried_at = now
