"""Resource cost: pods and what they request, summed over the window; money only at given prices.

A pod that no node has accepted yet requests nothing from anyone. From then until it is gone it
holds its request, while it pulls, starts, serves or terminates.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Protocol

from sim.analysis.units import GIB
from sim.model.run import PodPhase, PodSpan, Run

PENDING = (PodPhase.PENDING,)
RUNNING = (PodPhase.STARTING, PodPhase.READY, PodPhase.UNREADY)
TERMINATING = (PodPhase.TERMINATING,)

HOUR = 3600.0


class Prices(Protocol):
    """What a core and a GiB cost for an hour, in one currency."""

    @property
    def core_hour(self) -> float:
        """Price of one core for an hour."""
        ...

    @property
    def gib_hour(self) -> float:
        """Price of one GiB of memory for an hour."""
        ...


def _inside(run: Run) -> Iterator[tuple[PodSpan, float, float]]:
    """Every span that reaches into the window, with its bounds clipped to it."""
    for span in run.pods:
        start, end = max(span.start, run.window.start), min(span.end, run.window.end)
        if start < end:
            yield span, start, end


def pod_seconds(run: Run, phases: Collection[PodPhase]) -> float:
    """Time that pods spent in *phases*, summed over pods."""
    return sum((end - start for span, start, end in _inside(run) if span.phase in phases), 0.0)


def held_pod_seconds(run: Run) -> float:
    """Time that pods held a place on a node, summed over pods, terminating ones included."""
    return sum((end - start for span, start, end in _inside(run) if span.node), 0.0)


def core_seconds(run: Run) -> float:
    """Requested cores times seconds, of all pods that a node has accepted."""
    return sum((s.cpu_cores * (end - start) for s, start, end in _inside(run) if s.node), 0.0)


def byte_seconds(run: Run) -> float:
    """Requested bytes times seconds, of all pods that a node has accepted."""
    return sum((s.memory_bytes * (end - start) for s, start, end in _inside(run) if s.node), 0.0)


def peak_pods(run: Run) -> int:
    """The most pods that existed at one moment, in whatever phase."""
    steps = sorted(
        step for _, start, end in _inside(run) for step in ((start, 1), (end, -1))
    )  # At one moment what ends (-1) sorts before what begins, so that a change is no overlap.
    peak = present = 0
    for _, step in steps:
        present += step
        peak = max(peak, present)
    return peak


def money(run: Run, prices: Prices | None) -> float | None:
    """What the requested resources cost at *prices*; no price, no money."""
    if prices is None:
        return None
    cores = core_seconds(run) / HOUR * prices.core_hour
    memory = byte_seconds(run) / GIB / HOUR * prices.gib_hour
    return cores + memory
