"""Which of its client's attempts a slot holds."""

from __future__ import annotations

from sim.traffic.attempt import FIRST_HEDGE
from sim.traffic.kernel.compiled import inlined
from sim.traffic.kernel.records import INF, Records, State


@inlined
def turn_of(s: State, slot: Records) -> int:
    """The number of the attempt in *slot*, or of the one that it is a hedge of."""
    return slot.attempt & (FIRST_HEDGE - 1) if s.hedge_after < INF else slot.attempt
