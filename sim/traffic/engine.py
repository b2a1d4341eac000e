"""Which data plane carries the requests: the compiled kernel, or the reference that it equals."""

from __future__ import annotations

from sim.errors import ScenarioError
from sim.model.attempts import Log
from sim.model.behaviour import Workload
from sim.ports import DataPlane
from sim.traffic import PLANES

DEFAULT = "kernel"


def new_plane(
    engine: str, workload: Workload, seed: int, *, start: float, log: Log | None = None
) -> DataPlane:
    """An empty plane of the *engine* for *workload* under *seed*, standing at time *start*.

    It tells *log* every attempt, in bounded chunks.

    What is not compiled runs on the reference, with the same results. Raise a `ScenarioError` for
    an engine that does not exist.
    """
    if engine == "kernel" and not is_compiled(workload):
        engine = "reference"
    plane: DataPlane = PLANES[engine](workload, seed, start=start, log=log)
    return plane


def is_compiled(workload: Workload) -> bool:
    """Whether the kernel has all that *workload* asks for; not a balancer of somebody else's."""
    from sim.traffic.kernel.balancers import COMPILED

    return workload.balancer in COMPILED


def is_ready(engine: str) -> bool:
    """Whether *engine* can begin at once; the kernel must be compiled once on each machine."""
    if engine != "kernel":
        return True
    from sim.traffic.kernel import cache

    return cache.is_ready()


def make_ready(engine: str) -> None:
    """Compile what *engine* needs, here and not in each of several processes.

    Raise a `ScenarioError` with the known names if there is no such engine.
    """
    if engine not in PLANES:
        raise ScenarioError([PLANES.unknown(engine)])
    if not is_ready(engine):
        from sim.traffic.kernel.warm_up import compile_all

        compile_all()
