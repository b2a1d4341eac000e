"""Which comes first for an attempt in service: the end of its phase, or of its client's patience.

If they are one moment, the answer counts. See `sim.traffic.station`.
"""

from __future__ import annotations

from sim.traffic.clock import Kind
from sim.traffic.kernel.access import caller_at, slot_at
from sim.traffic.kernel.calendar import schedule
from sim.traffic.kernel.compiled import inlined
from sim.traffic.kernel.records import State

_FINISH, _GIVE_UP = int(Kind.FINISH), int(Kind.GIVE_UP)


@inlined
def expect_end(s: State, e: int) -> None:
    """Schedule it for the attempt in slot *e*, for which nothing is pending."""
    slot = slot_at(s, e)
    time, kind = slot.ends, _FINISH
    if s.dependencies > 0:
        kind = caller_at(s, e).phase
    if slot.ends > slot.gives_up and not slot.abandoned:
        time, kind = slot.gives_up, _GIVE_UP
    schedule(s, e, time, kind)
