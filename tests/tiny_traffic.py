"""Tiny worlds for the traffic's tests: constant arrivals and constant service unless told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sim.model.behaviour import Behaviour, Clients, Demand, RateCurve, Workload
from sim.model.causes import Cause
from sim.model.dependency import Dependency
from sim.model.endpoint_class import EndpointClass
from sim.model.network import Connections
from sim.model.protection import Protection
from sim.model.routing import Attribute
from sim.model.visit import Visits
from sim.ports import DataPlane, RequestRecord, Signal, SignalKind
from sim.traffic import PLANES
from sim.traffic.engine import is_compiled

Action = Callable[[DataPlane], object]
ENGINES = ("reference", "kernel")
_engine = ["reference"]
PATIENT = Clients(attempt_timeout_seconds=1e6, deadline_seconds=1e6)


def use(engine: str) -> None:
    """Let planes be made by *engine* from now on."""
    _engine[0] = engine


def new_plane(workload: Workload, seed: int, **fields) -> DataPlane:
    """An empty plane of the engine in use, or the reference where that one does not have it all."""
    engine = _engine[0] if is_compiled(workload) else "reference"
    return PLANES[engine](workload, seed, **fields)


def serving(seconds: float, **fields) -> Behaviour:
    """A behaviour whose every request takes *seconds* of one worker."""
    fields = {"demand": Demand.CONSTANT, "cpu_seconds": 0.0, "wait_seconds": seconds} | fields
    return Behaviour(**fields)


def plane_of(
    *,
    rate: float = 1.0,
    end: float = 10.0,
    behaviour: Behaviour | None = None,
    clients: Clients = PATIENT,
    pods: int = 1,
    proxies: int = 1,
    balancer: str = "round_robin",
    poisson: bool = False,
    population: int = 1000,
    memory_limit: float = float("inf"),
    window: tuple[float, float] = (0.0, 1e9),
    seed: int = 1,
    start: float = 0.0,
    connections: Connections | None = None,
    protection: Protection | None = None,
    dependencies: tuple[Dependency, ...] = (),
    visits: Visits | None = None,
    attributes: tuple[Attribute, ...] = (),
    classes: tuple[EndpointClass, ...] = (),
) -> DataPlane:
    """A plane with *pods* of version 0 that listen and are known to every proxy from the start.

    Constant arrivals at *rate* 1 are meant to be sent at 0.5, 1.5, 2.5 …
    """
    workload = Workload(
        arrivals=RateCurve(times=(start,), rates=(rate,), end=end, poisson=poisson),
        clients=clients,
        population=population,
        proxies=proxies,
        balancer=balancer,
        window_start=window[0],
        window_end=window[1],
        connections=connections or Connections(),
        protection=protection or Protection(),
        dependencies=dependencies,
        visits=visits,
        attributes=attributes,
        classes=classes,
    )
    plane = new_plane(workload, seed, start=start, keep_log=True)
    plane.set_behaviour(0, behaviour or serving(0.25))
    numbers = [plane.add_pod(0, memory_limit, "node-0") for _ in range(pods)]
    for number in numbers:
        plane.set_pod(number, listening=True)
    plane.publish(numbers, [start] * proxies)
    return plane


@dataclass(frozen=True)
class History:
    """What a plane showed while it was played: every attempt, every signal, the last state."""

    log: tuple[RequestRecord, ...]
    signals: tuple[Signal, ...]
    state: tuple[object, ...]


def play(
    plane: DataPlane,
    until: float,
    script: Iterable[tuple[float, Action]] = (),
    cuts: Iterable[float] = (),
) -> History:
    """Advance to *until*, stopping at all *cuts*, and do what the *script* says at its times.

    As the kernel of a node would, kill a process at its OOM signal.
    """
    actions: dict[float, list[Action]] = {}
    for time, action in script:
        actions.setdefault(time, []).append(action)
    signals = []
    for stop in sorted({*actions, *cuts, until}):
        while (signal := plane.advance(stop)) is not None:
            signals.append(signal)
            if signal.kind in (SignalKind.OOM, SignalKind.CRASH):
                plane.kill(signal.pod, Cause.CUT_BY_CRASH_OR_OOM)
        for action in actions.get(stop, ()):
            action(plane)
    return History(tuple(plane.take_log()), tuple(signals), state_of(plane))


def state_of(plane: DataPlane) -> tuple[object, ...]:
    """Everything that can be read of *plane*, in a form that can be compared."""
    counts, users = plane.counts(), plane.users()
    columns = [counts.second, counts.version, counts.cause, counts.bin, counts.count]
    columns += [] if counts.endpoint_class is None else [counts.endpoint_class]
    return (
        tuple(column.tobytes() for column in columns),
        users.sent.tobytes(),
        users.failed.tobytes(),
        tuple((version, users.exposed[version].tobytes()) for version in users.exposed),
        tuple(plane.last_answers().items()),
        plane.arrived(),
        plane.in_flight(),
        tuple(plane.stories()),
        tuple(plane.pods().items()),
        plane.dependencies(),
        tuple(plane.copies().items()),
    )


def endings(log: Iterable[RequestRecord]) -> list[tuple[int, int, float, Cause]]:
    """The story in short: (request, attempt, when it ended, how)."""
    return [(entry.request, entry.attempt, entry.answered, entry.cause) for entry in log]
