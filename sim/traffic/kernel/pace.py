"""The pace of one process. See `sim.traffic.pace`."""

from __future__ import annotations

from sim.traffic.kernel.compiled import compiled
from sim.traffic.kernel.draws import uniform
from sim.traffic.kernel.records import INF, Records, State


@compiled
def paced(s: State, slot: Records, row: Records, pod: Records, seconds: float, now: float) -> float:
    """How long the attempt in *slot* occupies its worker, if at an even pace it were *seconds*."""
    if row.hang_ratio > 0.0 and uniform(s.hang_keys, slot.request, slot.attempt) < row.hang_ratio:
        return INF
    age = now - pod.began
    if age < row.warm_up:
        seconds *= 1.0 + (row.slowdown - 1.0) * (1.0 - age / row.warm_up)
    return seconds * pod.slowdown
