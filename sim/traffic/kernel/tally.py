"""How requests ended: counts, users, last answers, and the log if it is kept.

A row is the histogram of one (second, version, cause, class), dense while it is written to and left
sparse when the room is needed: integers add up in any order. See `sim.traffic.tally`.
"""

from __future__ import annotations

from math import floor

import numpy as np

from sim.model.causes import Cause
from sim.model.endpoint_class import MOST_CLASSES
from sim.model.latency import _OFFSET, BINS, STEPS_BITS
from sim.traffic.kernel.access import (
    bin_at,
    exposed_at,
    failed_at,
    logged_at,
    place_at,
    row_at,
    sparse_at,
    version_at,
)
from sim.traffic.kernel.classes import class_of
from sim.traffic.kernel.compiled import compiled, inlined
from sim.traffic.kernel.draws import bits_of
from sim.traffic.kernel.records import NOBODY, Records, State
from sim.traffic.kernel.story import offer

_NONE, _BUG = int(Cause.NONE), int(Cause.APPLICATION_BUG)
_DEPENDENCY = int(Cause.DEPENDENCY_ERROR)
_BIN_SHIFT = 52 - STEPS_BITS
# A key holds second, version + 1, cause, class and bin, and is sorted as they are.
KEY_VERSION, KEY_CAUSE, KEY_CLASS, KEY_BIN = 17, 5, 5, 12
assert BINS <= 1 << KEY_BIN and len(Cause) <= 1 << KEY_CAUSE and MOST_CLASSES <= 1 << KEY_CLASS


@inlined
def bin_of(seconds: float) -> int:
    """The latency bin of *seconds*."""
    return min(max((bits_of(seconds) >> _BIN_SHIFT) - _OFFSET, 0), BINS - 1)


@inlined
def add_user(members: Records, user: int) -> None:
    """*user* belongs to the set of which *members* is that part."""
    members.bits |= np.uint8(1 << (user & 7))


@inlined
def in_window(s: State, meant: float) -> bool:
    """Whether a request meant to be sent then counts for users."""
    return s.window_start <= meant and meant < s.window_end


@inlined
def record(s: State, slot: Records, cause: int, final: bool, now: float) -> None:
    """The attempt in *slot* ended with *cause*, and its request with it if that is *final*."""
    counts = in_window(s, slot.meant)
    if cause in (_NONE, _BUG, _DEPENDENCY):
        row = version_at(s, slot.version)
        row.last_answer = now
        row.has_answered = 1
        if counts:
            place = slot.version * s.user_bytes + (slot.user >> 3)
            add_user(exposed_at(s, place), slot.user)
    if final:
        s.ended += 1
        if cause != _NONE and counts:
            add_user(failed_at(s, slot.user >> 3), slot.user)
            offer(s, slot, cause, now)
        of = class_of(s, slot.request) if s.classes > 0 else 0
        _count(s, floor(slot.meant), slot.version, cause, of, bin_of(now - slot.meant))
    if s.keep_log:
        _write(s, slot, cause, final, now)


@inlined
def _count(s: State, second: int, version: int, cause: int, of: int, latency_bin: int) -> None:
    mask = s.row_mask
    key = (((((second << KEY_VERSION) + version + 1) << KEY_CAUSE) + cause) << KEY_CLASS) + of
    place = (second * 61 + version * 23 + cause + of * 7) & mask
    found = place_at(s, place).row
    while found >= 0:
        row = row_at(s, found)
        if row.key == key:
            break
        place = (place + 1) & mask
        found = place_at(s, place).row
    if found < 0:
        found = _open_row(s, key, place)
    row = row_at(s, found)
    row.low = min(row.low, latency_bin)
    row.high = max(row.high, latency_bin)
    bin_at(s, found * BINS + latency_bin).count += np.uint32(1)


@compiled
def _open_row(s: State, key: int, place: int) -> int:
    found = s.rows
    s.rows += 1
    s.lacks = 1
    place_at(s, place).row = found
    row = row_at(s, found)
    row.key, row.place = key, place
    row.low, row.high = BINS, -1
    return found


@compiled
def leave_sparse(s: State) -> None:
    """Move all rows to `sparse`, in the order in which they were opened."""
    for n in range(s.rows):
        row = row_at(s, n)
        _leave(s, row, n * BINS)
        place_at(s, row.place).row = NOBODY
    s.rows = 0


@inlined
def _leave(s: State, row: Records, start: int) -> None:
    """Move the counts of *row* from *start* on; each is written, and kept if it is not 0."""
    key = row.key << KEY_BIN
    entries = s.sparse
    for latency_bin in range(row.low, row.high + 1):
        found = bin_at(s, start + latency_bin)
        sparse_at(s, entries).key = key + latency_bin
        sparse_at(s, entries).count = found.count
        entries += 1 if found.count > 0 else 0
        found.count = 0
    s.sparse = entries


@compiled
def _write(s: State, slot: Records, cause: int, final: bool, now: float) -> None:
    entry = logged_at(s, s.logged)
    s.logged += 1
    s.lacks = 1
    entry.request, entry.attempt, entry.user = slot.request, slot.attempt, slot.user
    entry.proxy, entry.pod, entry.version = slot.proxy, slot.pod, slot.version
    entry.meant, entry.sent, entry.answered = slot.meant, slot.sent, now
    entry.cause, entry.final = cause, final
