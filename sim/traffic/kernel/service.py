"""What a request goes through on its worker, where workers call: it computes, calls, and rests.

See `sim.traffic.service`. Where a workload has no dependencies all of this is one phase, and
nothing here is used.
"""

from __future__ import annotations

from sim.traffic.clock import Kind
from sim.traffic.kernel.access import caller_at, slot_at
from sim.traffic.kernel.compiled import called
from sim.traffic.kernel.dependency import end_call, make_call, next_made
from sim.traffic.kernel.ending import expect_end
from sim.traffic.kernel.records import INF, Records, State

_FINISH, _CALL, _RETURN = int(Kind.FINISH), int(Kind.CALL), int(Kind.RETURN)


@called
def begin(s: State, e: int, row: Records, computed: float) -> None:
    """A worker has slot *e*, by the version's *row*; its computing ends at *computed*.

    Which calls it makes is settled now.
    """
    slot, caller = slot_at(s, e), caller_at(s, e)
    caller.phase = _FINISH
    caller.next_call, caller.calls_end = row.calls, row.calls_end
    if slot.probe >= 0 or slot.ends == INF:
        caller.calls_end = row.calls
    caller.next_call = next_made(s, slot.request, caller.next_call, caller.calls_end)
    if caller.next_call < caller.calls_end:
        caller.phase = _CALL
        slot.ends = computed


@called
def go_on(s: State, e: int, kind: int, now: float) -> int:
    """A phase of slot *e* has ended: make the next call, or rest; 0 if a call has failed."""
    if kind == _RETURN and not end_call(s, e, now):
        return 0
    slot, caller = slot_at(s, e), caller_at(s, e)
    place, end = caller.next_call, caller.calls_end
    if place < end:
        caller.next_call = next_made(s, slot.request, place + 1, end)
        return make_call(s, e, place, now)
    caller.phase = _FINISH
    slot.ends = now + slot.waits
    expect_end(s, e)
    return 1
