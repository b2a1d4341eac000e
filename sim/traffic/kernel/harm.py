"""What a request does to its process: it leaks, or ends it. See `sim.traffic.station`."""

from __future__ import annotations

from sim.traffic.kernel.access import slot_at
from sim.traffic.kernel.compiled import called
from sim.traffic.kernel.draws import uniform
from sim.traffic.kernel.ending import expect_end
from sim.traffic.kernel.judgement import signal
from sim.traffic.kernel.memory import grow
from sim.traffic.kernel.records import INF, SIGNAL_CRASH, Records, State


@called
def harm(s: State, e: int, row: Records, well: int, now: float) -> bool:
    """The worker of slot *e*, by the version's *row*, is done; whether that ends the process."""
    slot = slot_at(s, e)
    if well and row.crash_ratio > 0.0 and uniform(s.crash_keys, slot.request, 0) < row.crash_ratio:
        slot.ends = INF
        expect_end(s, e)
        signal(s, SIGNAL_CRASH, slot.pod, now, 0, 0)
        return True
    if row.leak_each > 0.0:
        grow(s, slot.pod, row.leak_each, now)
    return False
