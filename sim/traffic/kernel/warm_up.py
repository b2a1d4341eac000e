"""The first breath: everything compiled, before anybody needs it."""

from __future__ import annotations

from sim.model.behaviour import Clients, RateCurve, Workload
from sim.traffic.kernel import cache
from sim.traffic.kernel.plane import KernelPlane


def compile_all() -> None:
    """Compile all that there is, and note that it is on disk; some 20 seconds."""
    nobody = Workload(
        arrivals=RateCurve(times=(0.0,), rates=(0.0,), end=1.0),
        clients=Clients(),
        population=1,
        proxies=1,
        balancer="random",
        window_start=0.0,
        window_end=1.0,
    )
    KernelPlane(nobody, 0, start=0.0).advance(1.0)
    cache.note_ready()
