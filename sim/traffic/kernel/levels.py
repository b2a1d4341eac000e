"""Least connections without looking at every pod: how much is on its way to which, as bits.

Each place of a proxy's own list is a bit in one of `LEVELS` rows: the first row is of the pods to
which nothing is on its way, the next of those with one, the last of those with as many or more.
The first bit of the first row that is not empty is the first of the least busy, however many pods
there are. What is on its way to a pod changes by one at a time, and two bits with it; the rows are
written anew for the first pick from another list.
"""

from __future__ import annotations

import numpy as np

from sim.traffic.kernel.access import (
    held_at,
    level_at,
    list_place_at,
    listed_at,
    on_way_at,
    proxy_at,
)
from sim.traffic.kernel.calendar import lowest
from sim.traffic.kernel.compiled import called, compiled, inlined
from sim.traffic.kernel.proxy_records import LEVELS
from sim.traffic.kernel.records import NOBODY, State

_LAST = LEVELS - 1
_WORD, _IN_WORD = 6, 63  # Places of a word of bits, as a power of two.
_ONE, _NONE = np.uint64(1), np.uint64(0)


@called
def least_busy(s: State, x: int) -> int:
    """The first of the least busy pods in the own list of proxy *x*, which is not empty.

    NOBODY if all of them have so many on their way that they are in the last row.
    """
    proxy = proxy_at(s, x)
    if not proxy.levelled:
        _write_down(s, x)
    level = 0
    while level < _LAST and held_at(s, x, level).pods == 0:
        level += 1
    if level == _LAST:
        return NOBODY
    word = 0
    while level_at(s, x, level, word).bits == _NONE:
        word += 1
    place = (word << _WORD) + lowest(level_at(s, x, level, word).bits)
    return listed_at(s, proxy.offset + place).pod


@called
def note_sent(s: State, x: int, p: int) -> None:
    """Proxy *x* has sent one more to pod *p*, as its count says."""
    after = on_way_at(s, x, p).count
    _move(s, x, p, after - 1, after)


@called
def note_heard(s: State, x: int, p: int) -> None:
    """Proxy *x* has heard of one of those that it had sent to pod *p*, as its count says."""
    after = on_way_at(s, x, p).count
    _move(s, x, p, after + 1, after)


@inlined
def _move(s: State, x: int, p: int, before: int, after: int) -> None:
    """From the row of one count to that of another, if *p* is in what is written down."""
    place = list_place_at(s, x, p).number - 1
    before, after = min(before, _LAST), min(after, _LAST)
    if place < 0 or before == after or not proxy_at(s, x).levelled:
        return
    bit = _ONE << np.uint64(place & _IN_WORD)
    level_at(s, x, before, place >> _WORD).bits &= ~bit
    level_at(s, x, after, place >> _WORD).bits |= bit
    held_at(s, x, before).pods -= 1
    held_at(s, x, after).pods += 1


@compiled
def _write_down(s: State, x: int) -> None:
    """All rows of proxy *x*, of the list that it believes in now."""
    proxy = proxy_at(s, x)
    for level in range(LEVELS):
        held_at(s, x, level).pods = 0
        for word in range(s.level_words):
            level_at(s, x, level, word).bits = _NONE
    for p in range(s.on_way_places):
        list_place_at(s, x, p).number = 0
    for place in range(proxy.count):
        p = listed_at(s, proxy.offset + place).pod
        level = min(on_way_at(s, x, p).count, _LAST)
        list_place_at(s, x, p).number = place + 1
        held_at(s, x, level).pods += 1
        level_at(s, x, level, place >> _WORD).bits |= _ONE << np.uint64(place & _IN_WORD)
    proxy.levelled = 1
