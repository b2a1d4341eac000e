"""The calendar: which slot's event comes first, by (time, request, attempt, kind).

A wheel of sorted buckets holds the present year, with a bit for each bucket that has something in
it, so that empty ones cost next to nothing; a second wheel whole years of the present decade
(unsorted), one list what lies beyond. A year's slots are sorted into buckets when it begins.
Inserting and withdrawing cost the same however many events are pending, as long as few share a
bucket. How wide a bucket is changes the speed and never the order: equal names keep the order of
their making, for both would be sorted into one bucket, the later behind the earlier.
"""

from __future__ import annotations

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from sim.traffic.kernel.access import doomed_at, head_at, slot_at, taken_at
from sim.traffic.kernel.compiled import compiled, inlined
from sim.traffic.kernel.records import FREE, INF, NOBODY, SPARE_SLOTS, State

YEARS = 256  # In a decade.
WORD = 6  # Buckets of a word of marks, as a power of two.
_IN_WORD = (1 << WORD) - 1
_ONE, _ALL = np.uint64(1), np.uint64(0xFFFFFFFFFFFFFFFF)
_NEVER = 1 << 61
_NEVER_AS_FLOAT = float(_NEVER)


@intrinsic
def lowest(context, marks):  # type: ignore[no-untyped-def]
    """The place of the lowest bit that is set; there is one."""

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.uint64), generate


@inlined
def bucket_of(s: State, time: float) -> int:
    """The number of the bucket in which *time* lies, counted from the origin."""
    place = (time - s.origin) * s.buckets_per_second
    if place >= _NEVER_AS_FLOAT:
        return _NEVER
    return int(place)


@inlined
def not_after(s: State, one: int, other: int) -> bool:
    """Whether slot *one* stays before *other*, which comes to the bucket now."""
    a, b = slot_at(s, one), slot_at(s, other)
    if a.time != b.time:
        return a.time < b.time
    if a.request != b.request:
        return a.request < b.request
    if a.attempt != b.attempt:
        return a.attempt < b.attempt
    return a.kind <= b.kind


@inlined
def schedule(s: State, e: int, time: float, kind: int) -> None:
    """Slot *e*, for which nothing is pending, has an event of *kind* at *time*; none if never."""
    slot = slot_at(s, e)
    slot.time = time
    slot.kind = kind
    if time < INF:
        enqueue(s, e)


@inlined
def enqueue(s: State, e: int) -> None:
    """Put slot *e* where its time belongs."""
    slot = slot_at(s, e)
    number = bucket_of(s, slot.time)
    year = number >> s.bits
    before = -1
    if year == s.year:
        bucket = number & s.mask
        after = head_at(s, bucket).slot
        while after >= 0 and not_after(s, after, e):
            before = after
            after = slot_at(s, after).next
            s.walked += 1
        if before < 0:
            mark = taken_at(s, bucket >> WORD)
            mark.bits |= _ONE << np.uint64(bucket & _IN_WORD)
    else:
        bucket = s.mask + 1 + YEARS
        if year < s.decade + YEARS:
            bucket = s.mask + 1 + (year & (YEARS - 1))
            s.far += 1
        else:
            s.beyond += 1
        after = head_at(s, bucket).slot
    slot.bucket = bucket
    slot.next = after
    slot.previous = before
    if after >= 0:
        slot_at(s, after).previous = e
    if before >= 0:
        slot_at(s, before).next = e
    else:
        head_at(s, bucket).slot = e


@inlined
def withdraw(s: State, e: int) -> None:
    """What was pending for slot *e*, if anything, does not happen."""
    slot = slot_at(s, e)
    bucket = slot.bucket
    if bucket < 0:
        return
    after, before = slot.next, slot.previous
    if after >= 0:
        slot_at(s, after).previous = before
    if before >= 0:
        slot_at(s, before).next = after
    else:
        head_at(s, bucket).slot = after
    slot.bucket = NOBODY
    if bucket <= s.mask:
        if after < 0 and before < 0:
            mark = taken_at(s, bucket >> WORD)
            mark.bits ^= _ONE << np.uint64(bucket & _IN_WORD)
    elif bucket <= s.mask + YEARS:
        s.far -= 1
    else:
        s.beyond -= 1


@inlined
def first(s: State, last: int) -> int:
    """The slot whose event is the earliest; NOBODY if none is as early as the bucket *last*.

    Time passes: nothing may be scheduled before that bucket after NOBODY, or before what was found.
    """
    while True:
        began = s.year << s.bits
        stop = min(last - began, s.mask)
        bucket = _next_taken(s, s.current - began, stop)
        if bucket <= stop:
            s.current = began + bucket
            return head_at(s, bucket).slot
        s.current = began + stop
        if s.current == last or s.far + s.beyond == 0:
            return NOBODY
        turn_year(s, last >> s.bits)


@inlined
def _next_taken(s: State, bucket: int, stop: int) -> int:
    """The first bucket from *bucket* on with a slot in it; one after *stop* if there is none."""
    word = bucket >> WORD
    marks = taken_at(s, word).bits & (_ALL << np.uint64(bucket & _IN_WORD))
    while marks == 0:
        word += 1
        if word > stop >> WORD:
            return stop + 1
        marks = taken_at(s, word).bits
    return (word << WORD) + lowest(marks)


@compiled
def turn_year(s: State, last: int) -> None:
    """The next year begins; an empty decade is left out, up to the year *last*."""
    if s.walked > s.patience:
        s.lacks = 1
    s.year += 1
    if s.far == 0:
        year = last
        e = head_at(s, s.mask + 1 + YEARS).slot
        while e >= 0:
            year = min(year, bucket_of(s, slot_at(s, e).time) >> s.bits)
            e = slot_at(s, e).next
        s.year = max(s.year, year)
    s.current = s.year << s.bits
    if s.year >= s.decade + YEARS:
        s.decade = s.year - (s.year & (YEARS - 1))
        _sort(s, s.mask + 1 + YEARS)
    _sort(s, s.mask + 1 + (s.year & (YEARS - 1)))


@compiled
def _sort(s: State, bucket: int) -> None:
    """Put each slot of *bucket* where its time belongs now."""
    e = head_at(s, bucket).slot
    while e >= 0:
        after = slot_at(s, e).next
        withdraw(s, e)
        enqueue(s, e)
        e = after


@inlined
def take_slot(s: State) -> int:
    """A free slot; there is one, for the loop looks after that."""
    e = s.free
    s.free = slot_at(s, e).next
    s.free_slots -= 1
    if s.free_slots < SPARE_SLOTS:
        s.lacks = 1
    return e


@inlined
def give_back(s: State, e: int) -> None:
    """Slot *e* is not needed any more; nothing is pending for it."""
    slot = slot_at(s, e)
    slot.stage = FREE
    slot.next = s.free
    s.free = e
    s.free_slots += 1


@compiled
def list_all(s: State) -> int:
    """Write all slots with pending events to `doomed`, and empty the calendar; how many."""
    count = 0
    for bucket in range(s.mask + 2 + YEARS):
        e = head_at(s, bucket).slot
        while e >= 0:
            doomed_at(s, count).slot = e
            count += 1
            e = slot_at(s, e).next
        head_at(s, bucket).slot = NOBODY
    for word in range((s.mask + 1) >> WORD):
        taken_at(s, word).bits = np.uint64(0)
    s.far, s.beyond = 0, 0
    return count


@compiled
def enqueue_all(s: State, count: int) -> None:
    """Fill the calendar with the first *count* slots of `doomed`, from the present moment on."""
    s.arrival_bucket = bucket_of(s, s.arrival)
    s.current = bucket_of(s, s.now)
    s.year = s.current >> s.bits
    s.decade = s.year - (s.year & (YEARS - 1))
    for place in range(count):
        enqueue(s, doomed_at(s, place).slot)
    s.walked = 0
