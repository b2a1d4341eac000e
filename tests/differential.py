"""Random regimes under random control, and two planes that must not differ in a single bit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from tiny_traffic import state_of

from sim.model.behaviour import Behaviour, Clients, CpuShare, Demand, RateCurve, Workload
from sim.model.causes import Cause
from sim.model.dependency import Call, Dependency
from sim.model.endpoint_class import ClassBehaviour, EndpointClass, Work
from sim.model.network import Connections, ProxyKind
from sim.model.protection import OutlierDetection, Protection
from sim.model.retry import EVERY_FAILURE
from sim.model.routing import OF_CLASS, Attribute, Condition, Destination, Mirror, Route
from sim.model.visit import Visits
from sim.model.warm_up import WarmUp
from sim.ports import DataPlane, ProbeKind, RequestRecord, Signal, SignalKind
from sim.traffic.kernel.plane import KernelPlane
from sim.traffic.reference import ReferencePlane

MIB = 2.0**20
QUANTILES = ((), (), (0.0, 0.5, 1.0), (0.3, 0.9, 0.999))
MEASURED = ((0.004, 0.02, 0.005), (1.0,), (0.001, 0.5, 0.002, 0.001, 7.0))
FOLLOW = 40.0  # Seconds after the last arrival, in which everything comes to an end.


@dataclass(frozen=True, kw_only=True)
class Regime:
    """What kind of world it is, and how often which deed is done to it."""

    rate: tuple[float, float] = (20.0, 200.0)
    pods: tuple[int, int] = (2, 8)
    workers: tuple[int, int] = (1, 8)
    load: tuple[float, float] = (0.3, 0.8)
    queue: tuple[int, int] = (0, 40)
    proxies: tuple[int, int] = (1, 6)
    attempts: tuple[int, int] = (1, 4)
    timeouts: tuple[float, ...] = (0.2, 1.0, 5.0)
    cores: tuple[float, ...] = (float("inf"),)
    limits: tuple[float, ...] = (float("inf"),)
    cpu_share: float = 0.1
    leaks: bool = False
    harms: bool = False  # Requests leak, and some end the process.
    uneven: bool = False  # Processes warm up, and requests hang.
    dependencies: tuple[int, int] = (0, 0)
    capacities: tuple[int, ...] = (0, 1, 3, 10, 30, 1000)  # From a lock to more than all workers.
    deeds: dict[str, float] = field(default_factory=dict)  # Times a second.
    balancers: tuple[str, ...] = ("random", "round_robin")
    ways: bool = False  # Connections are kept, or proxies work per request; at random.
    kinds: tuple[ProxyKind, ...] = tuple(ProxyKind)
    tries: tuple[int, ...] = (1, 2, 3, 10)
    guards: bool = False  # Proxies protect, and clients retry with conditions or a budget.
    routes: bool = False  # Tables come and change; some at once, some late.
    classes: bool = False  # Requests differ in what they ask for.
    hedges: bool = False  # Clients send a second try beside one that takes long.
    visits: bool = False  # Users send more than one request, and think in between.
    grid: float = 0.0  # Everything is a multiple of this, if it is not 0.


BALANCERS = (
    *("random", "round_robin", "least_request", "least_connections", "ring_hash"),
    "weighted",
)
ROLLING = {"add": 0.3, "listen": 0.4, "drain": 0.3, "kill": 0.2, "publish": 0.8, "forget": 0.2}
REGIMES = {
    "calm": Regime(deeds={"publish": 0.05}),
    "rolling update": Regime(leaks=True, deeds=ROLLING | {"probe": 0.5, "behave": 0.1}),
    "retry storm": Regime(load=(0.7, 1.0), timeouts=(0.02, 0.05), attempts=(3, 8)),
    "overload": Regime(load=(1.1, 2.5), timeouts=(0.3, 2.0), queue=(5, 400), attempts=(1, 5)),
    "no endpoints": Regime(deeds={"publish nothing": 0.5, "publish": 0.5}, attempts=(2, 5)),
    "stale proxies": Regime(proxies=(4, 40), deeds={"publish late": 2.0, "kill": 0.3, "listen": 1}),
    "quota": Regime(
        limits=(0.1, 0.5, 1.0, 2.5, float("inf")),
        cpu_share=0.7,
        load=(0.3, 0.9),
        deeds={"kill": 0.1, "listen": 0.3, "behave": 0.1},
    ),
    "crowded nodes": Regime(
        cores=(0.5, 1.0, 2.0, 4.0),
        limits=(0.5, 1.5, float("inf"), float("inf")),
        cpu_share=0.8,
        deeds={"kill": 0.1, "listen": 0.3, "resize": 0.1, "behave": 0.1, "add": 0.05},
    ),
    "asking probes": Regime(
        load=(0.5, 1.3),
        workers=(1, 3),
        deeds={"ask": 1.0, "unprobe": 0.3, "kill": 0.3, "listen": 0.4, "drain": 0.1},
    ),
    "lost nodes": Regime(
        deeds={"lose": 0.3, "return": 0.3, "kill": 0.1, "listen": 0.2, "ask": 0.3}
    ),
    "everything at once": Regime(
        leaks=True,
        cores=(1.0, 4.0, float("inf")),
        limits=(0.5, 1.0, float("inf")),
        cpu_share=0.5,
        load=(0.4, 1.4),
        deeds=ROLLING
        | {"probe": 0.5, "ask": 0.5, "unprobe": 0.2, "lose": 0.1, "return": 0.2, "behave": 0.2}
        | {"resize": 0.05, "publish nothing": 0.05, "publish late": 0.2, "close": 0.1},
    ),
    "balancers": Regime(load=(0.5, 1.1), balancers=BALANCERS[2:], deeds=ROLLING, attempts=(1, 3)),
    "kept connections": Regime(
        ways=True, deeds=ROLLING | {"lose": 0.1, "return": 0.2, "behave": 0.1, "close": 0.2}
    ),
    "mesh": Regime(  # Which picks again to avoid the pods that have failed an attempt.
        pods=(2, 4),
        ways=True,
        kinds=(ProxyKind.ISTIO,),
        tries=(3, 10),
        balancers=("random", "least_request", "ring_hash"),
        deeds=ROLLING | {"close": 1.0, "kill": 0.4},
    ),
    "protected pods": Regime(
        load=(0.4, 1.3),
        guards=True,
        ways=True,
        balancers=BALANCERS,
        attempts=(1, 5),
        timeouts=(0.1, 0.5, 2.0),
        deeds=ROLLING | {"behave": 0.1},
    ),
    "everything on the way": Regime(
        leaks=True,
        cores=(1.0, 4.0, float("inf")),
        limits=(0.5, float("inf")),
        cpu_share=0.4,
        load=(0.3, 1.4),
        ways=True,
        guards=True,
        balancers=BALANCERS,
        dependencies=(1, 2),
        deeds=ROLLING
        | {
            "alter": 0.5,
            "probe": 0.3,
            "ask": 0.5,
            "unprobe": 0.2,
            "lose": 0.2,
            "return": 0.4,
            "behave": 0.3,
        }
        | {
            "resize": 0.05,
            "publish nothing": 0.05,
            "publish late": 0.3,
            "close": 0.3,
            "alter": 0.5,
        },
    ),
    "tied on the way": Regime(
        rate=(128.0, 512.0),
        timeouts=(0.125, 0.25, 1.0),
        grid=1 / 64,
        ways=True,
        guards=True,
        balancers=BALANCERS,
        dependencies=(1, 2),
        deeds=ROLLING
        | {"alter": 0.5, "ask": 0.5, "unprobe": 0.2, "lose": 0.3, "return": 0.6, "close": 0.3},
    ),
    "dependencies": Regime(
        dependencies=(1, 3),
        deeds={"alter": 0.5, "behave": 0.1, "kill": 0.2, "listen": 0.4, "ask": 0.2},
    ),
    "outages and locks": Regime(
        dependencies=(1, 2),
        load=(0.5, 1.2),
        timeouts=(0.1, 0.5, 2.0),
        attempts=(2, 5),
        deeds={"alter": 3.0, "lose": 0.2, "return": 0.4, "kill": 0.3, "listen": 0.6, "drain": 0.1},
    ),
    "kills among those that wait for a dependency": Regime(
        dependencies=(1, 2),
        capacities=(1, 2, 4),
        timeouts=(0.5, 5.0),
        deeds={"kill": 0.7, "listen": 3.0, "lose": 0.3, "return": 1.0, "behave": 0.1},
    ),
    "dependencies in a crowd": Regime(
        dependencies=(1, 3),
        cores=(0.5, 1.0, 2.0, 4.0),
        limits=(0.5, 1.5, float("inf"), float("inf")),
        cpu_share=0.5,
        leaks=True,
        deeds=ROLLING | {"alter": 0.5, "resize": 0.1, "behave": 0.1, "lose": 0.1, "return": 0.2},
    ),
    "routes": Regime(
        routes=True,
        balancers=BALANCERS,
        attempts=(1, 4),
        load=(0.3, 0.9),
        deeds=ROLLING | {"publish elsewhere": 0.8, "route": 0.3, "flag": 0.3, "behave": 0.1},
    ),
    "routes through guarded proxies": Regime(
        routes=True,
        ways=True,
        guards=True,
        visits=True,
        rate=(20.0, 80.0),
        balancers=BALANCERS,
        attempts=(1, 3),
        dependencies=(1, 2),
        deeds=ROLLING
        | {"publish elsewhere": 0.8, "route": 0.3, "publish nothing": 0.1, "lose": 0.1}
        | {"return": 0.3, "close": 0.2, "ask": 0.2, "alter": 0.3, "flag": 0.3, "behave": 0.1},
    ),
    "tied routes": Regime(
        rate=(128.0, 512.0),
        timeouts=(0.125, 0.25, 1.0),
        grid=1 / 64,
        routes=True,
        ways=True,
        balancers=BALANCERS,
        deeds=ROLLING | {"publish elsewhere": 0.8, "route": 0.3, "lose": 0.1, "return": 0.2},
    ),
    "hedges": Regime(
        hedges=True,
        load=(0.3, 1.1),
        attempts=(1, 4),
        dependencies=(0, 2),
        cores=(2.0, float("inf")),
        uneven=True,
        deeds=ROLLING
        | {"lose": 0.2, "return": 0.4, "behave": 0.2, "ask": 0.2, "kill": 0.5, "listen": 1.5},
    ),
    "hedges on the way": Regime(
        hedges=True,
        classes=True,
        routes=True,
        ways=True,
        guards=True,
        visits=True,
        rate=(20.0, 80.0),
        load=(0.3, 1.0),
        balancers=BALANCERS,
        attempts=(1, 3),
        deeds=ROLLING
        | {"publish elsewhere": 0.8, "route": 0.3, "flag": 0.3, "behave": 0.3, "close": 0.3}
        | {"lose": 0.2, "return": 0.4, "kill": 0.5, "listen": 1.5},
    ),
    "tied hedges": Regime(
        hedges=True,
        rate=(128.0, 512.0),
        timeouts=(0.125, 0.25, 1.0),
        grid=1 / 64,
        visits=True,
        guards=True,
        dependencies=(0, 2),
        deeds=ROLLING | {"lose": 0.2, "return": 0.4, "ask": 0.3, "kill": 0.5, "listen": 1.5},
    ),
    "harmful requests": Regime(
        harms=True,
        leaks=True,
        classes=True,
        load=(0.3, 1.2),
        attempts=(1, 4),
        dependencies=(0, 2),
        cores=(2.0, float("inf")),
        deeds=ROLLING | {"listen": 1.5, "behave": 0.3, "ask": 0.3, "lose": 0.1, "return": 0.2},
    ),
    "tied harmful requests": Regime(
        harms=True,
        hedges=True,
        rate=(128.0, 512.0),
        timeouts=(0.125, 0.25, 1.0),
        grid=1 / 64,
        ways=True,
        deeds=ROLLING | {"listen": 1.5, "ask": 0.3},
    ),
    "classes": Regime(
        classes=True,
        uneven=True,
        load=(0.3, 1.1),
        attempts=(1, 3),
        dependencies=(0, 2),
        cores=(2.0, float("inf")),
        deeds=ROLLING | {"behave": 0.5, "ask": 0.3, "lose": 0.1, "return": 0.2},
    ),
    "classes on the way": Regime(
        classes=True,
        routes=True,
        ways=True,
        kinds=(ProxyKind.INGRESS_NGINX, ProxyKind.ISTIO),
        tries=(2, 3, 10),
        guards=True,
        visits=True,
        rate=(20.0, 80.0),
        balancers=BALANCERS,
        attempts=(1, 3),
        deeds=ROLLING
        | {"publish elsewhere": 0.8, "route": 0.5, "flag": 0.3, "behave": 0.3, "close": 0.3}
        | {"kill": 0.6, "listen": 1.2},
    ),
    "tied classes": Regime(
        classes=True,
        routes=True,
        rate=(128.0, 512.0),
        timeouts=(0.125, 0.25, 1.0),
        grid=1 / 64,
        deeds=ROLLING | {"behave": 0.3, "route": 0.3, "publish elsewhere": 0.8},
    ),
    "uneven pace": Regime(
        uneven=True,
        load=(0.2, 0.6),
        timeouts=(0.2, 1.0),
        cores=(2.0, float("inf")),
        limits=(0.5, float("inf")),
        deeds=ROLLING | {"slow": 0.5, "ask": 0.5, "lose": 0.1, "return": 0.2, "behave": 0.2},
    ),
    "uneven pace with dependencies": Regime(
        uneven=True,
        load=(0.2, 0.6),
        dependencies=(1, 2),
        timeouts=(0.2, 1.0),
        deeds=ROLLING | {"slow": 0.5, "alter": 0.5, "behave": 0.2, "lose": 0.1, "return": 0.2},
    ),
    "tied uneven pace": Regime(
        uneven=True,
        rate=(128.0, 512.0),
        timeouts=(0.125, 0.25, 1.0),
        grid=1 / 64,
        deeds=ROLLING | {"slow": 0.5, "ask": 0.5},
    ),
    "visits": Regime(
        rate=(10.0, 60.0),
        visits=True,
        ways=True,
        load=(0.2, 0.7),
        timeouts=(0.05, 0.3, 2.0),
        deeds=ROLLING | {"behave": 0.1, "lose": 0.1, "return": 0.2},
    ),
    "tied visits": Regime(
        rate=(32.0, 128.0),
        load=(0.2, 0.7),
        timeouts=(0.125, 0.25, 1.0),
        grid=1 / 64,
        visits=True,
        deeds=ROLLING | {"lose": 0.1, "return": 0.2},
    ),
    "tied": Regime(
        rate=(128.0, 512.0),
        timeouts=(0.125, 0.25, 1.0),
        grid=1 / 64,
        deeds=ROLLING | {"probe": 0.5, "ask": 0.5, "unprobe": 0.2, "lose": 0.2, "return": 0.4},
    ),
    "tied computing": Regime(
        rate=(128.0, 512.0),
        timeouts=(0.125, 0.25, 1.0),
        grid=1 / 64,
        cores=(1.0, 2.0, 4.0),
        limits=(0.5, 1.0, float("inf")),
        cpu_share=0.5,
        deeds=ROLLING | {"resize": 0.2, "ask": 0.2},
    ),
    "tied dependencies": Regime(
        rate=(128.0, 512.0),
        timeouts=(0.125, 0.25, 1.0),
        grid=1 / 64,
        cores=(2.0, 4.0, float("inf"), float("inf")),
        limits=(1.0, float("inf"), float("inf")),
        cpu_share=0.5,
        dependencies=(1, 3),
        deeds=ROLLING | {"alter": 2.0, "behave": 0.2, "ask": 0.2, "lose": 0.2, "return": 0.4},
    ),
}


class Both:
    """A reference and a kernel that are told the same and must answer the same."""

    def __init__(self, workload: Workload, seed: int, ask_always: bool) -> None:
        made = {"start": -3.0, "keep_log": True, "ask_always": ask_always}
        self.reference: DataPlane = ReferencePlane(workload, seed, **made)
        self.kernel: DataPlane = KernelPlane(workload, seed, **made)
        self.attempts = 0

    def ask(self, question: Callable[[DataPlane], Any], what: str) -> Any:
        """The one answer of both; an error is an answer too."""
        expected, found = (_answer(question, plane) for plane in (self.reference, self.kernel))
        assert expected == found, f"{what}: {_first_difference(expected, found)}"
        return expected

    def compare_logs(self) -> None:
        """What has ended since the last time, attempt by attempt."""
        log: tuple[RequestRecord, ...] = self.ask(lambda plane: plane.take_log(), "the log")
        self.attempts += len(log)


def _answer(question: Callable[[DataPlane], Any], plane: DataPlane) -> Any:
    try:
        return question(plane)
    except (ValueError, ArithmeticError) as error:
        return type(error), str(error)


def _first_difference(expected: Any, found: Any) -> str:
    if isinstance(expected, tuple) and isinstance(found, tuple) and len(expected) == len(found):
        pairs = zip(expected, found, strict=True)
        place = next(n for n, (one, other) in enumerate(pairs) if one != other)
        return f"[{place}] {_first_difference(expected[place], found[place])}"
    return f"{expected} is not {found}"


class Story:
    """One random history of a *regime* under *seed*, of about so many *requests*."""

    def __init__(self, regime: Regime, seed: int, requests: int = 2000) -> None:
        self.regime = regime
        self.random = np.random.default_rng(seed)
        rate = self._between(regime.rate)
        self.end = self._on_grid(requests / rate)
        self.workers = self._one_of(*regime.workers)
        pods = self._one_of(*regime.pods)
        self.mean = self._between(regime.load) * self.workers * pods / rate
        self.versions = 2
        self.classes = self._classes() if regime.classes else ()
        self.proxies = self._one_of(*regime.proxies)
        most = regime.dependencies[1]
        self.dependencies = self._one_of(*regime.dependencies) if most else 0
        self.both = Both(self._workload(rate), seed, ask_always=bool(self.random.integers(2)))
        self.nodes = [f"node-{n}" for n in range(self._one_of(1, 3))]
        self.restarts: list[tuple[float, int]] = []
        self.known: list[int] = []  # Pods that are not forgotten.
        self._begin(pods)

    # Numbers.

    def _between(self, bounds: tuple[float, float]) -> float:
        return float(self.random.uniform(*bounds))

    def _one_of(self, low: int, high: int) -> int:
        return int(self.random.integers(low, high + 1))

    def _pick(self, values: Any) -> Any:
        return values[int(self.random.integers(len(values)))]

    def _on_grid(self, time: float) -> float:
        grid = self.regime.grid
        return round(time / grid) * grid if grid else time

    # The world.

    def _workload(self, rate: float) -> Workload:
        grid, timeout = self.regime.grid, float(self._pick(self.regime.timeouts))
        pieces = 1 if grid else self._one_of(1, 4)
        times = sorted({-2.0, *(self._between((0.0, self.end)) for _ in range(pieces - 1))})
        if grid:
            rate = 2.0 ** round(np.log2(rate))
        rates = tuple(rate * (1.0 if grid else self._between((0.0, 2.0))) for _ in times)
        clients = Clients(
            attempt_timeout_seconds=timeout,
            deadline_seconds=timeout * self._pick((1.0, 2.0, 4.0)),
            attempts=self._one_of(*self.regime.attempts),
            backoff_seconds=0.0 if grid else self._pick((0.0, 0.01, 0.1)),
            **(self._retries() if self.regime.guards else {}),
            hedge_after_seconds=self._hedge_after(timeout) if self.regime.hedges else None,
        )
        ways = self._connections() if self.regime.ways else Connections()
        guards = self._protection(rate) if self.regime.guards else Protection()
        return Workload(
            arrivals=RateCurve(times=tuple(times), rates=rates, end=self.end, poisson=not grid),
            clients=clients,
            population=self._pick((1, 50, 10_000)),
            proxies=self.proxies,
            balancer=self._pick(self.regime.balancers),
            window_start=0.0,
            window_end=self.end * 0.75,
            connections=ways,
            protection=guards,
            dependencies=tuple(self._dependency(n) for n in range(self.dependencies)),
            visits=self._visits() if self.regime.visits else None,
            attributes=self._attributes() if self.regime.routes else (),
            classes=self.classes,
        )

    def _classes(self) -> tuple[EndpointClass, ...]:
        """One is nearly as good as none; the last of several has what is left."""
        return tuple(
            EndpointClass(
                name=f"class-{n}",
                share=self._pick((0.0, 0.05, 0.2, 0.3)),
                idempotent=self._pick((None, False, True)),
            )
            for n in range(self._one_of(1, 4))
        )

    def _class_behaviour(self, name: str) -> ClassBehaviour:
        grid = self.regime.grid
        work = Work(
            cpu_seconds=0.0 if grid else self.mean * self._pick((0.0, 0.1)),
            wait_seconds=max(grid, self._on_grid(self.mean * self._pick((0.1, 1.0)))),
            demand=Demand.CONSTANT if grid else self._pick(list(Demand)),
            demand_cv=self._pick((0.3, 2.5)),
            **self._measured(),
        )
        return ClassBehaviour(
            name=name,
            service_time_factor=1.0 if grid else self._pick((0.1, 1.0, 1.0, 3.0)),
            work=self._pick((None, work)),
            calls=self._pick((None, None, self._calls())) if self.dependencies else None,
            error_ratio=self._pick((0.0, 0.0, 0.03, 0.5)),
            hang_ratio=self._pick((0.0, 0.02)) if self.regime.uneven else 0.0,
            **(self._harms() if self.regime.harms else {}),
        )

    def _hedge_after(self, timeout: float) -> float | None:
        """Soon, late, too late, or never."""
        return self._pick((None, *(timeout * part for part in (0.03125, 0.125, 0.25, 0.5, 1.0))))

    def _attributes(self) -> tuple[Attribute, ...]:
        """Shares that add up to less than the whole too; the last value has what is left."""
        values = (("beta", 0.1), ("vip", 0.25), ("", 0.3))
        pair = (("always", self._pick((0.0, 0.02, 1.0))), ("never", 0.1))
        return (
            Attribute(name="group", values=values),
            Attribute(name="header:x", values=pair),
        )

    def _routes(self) -> tuple[Route, ...]:
        """A random table over four backends, of which some may never have any endpoint."""
        table = tuple(self._route() for _ in range(self._one_of(0, 3)))
        if self.random.random() < 0.3:
            return table
        first, second = Destination(backend=0, weight=9), Destination(backend=1, weight=1)
        return (*table, Route(destinations=(first, second)))

    def _route(self) -> Route:
        conditions = (
            Condition(attribute=0, values=self._pick(((0,), (0, 2), (1,), ()))),
            Condition(attribute=1, values=(self._one_of(0, 1),)),
        )
        if self.classes:
            conditions = (Condition(attribute=OF_CLASS, values=(0, 2)), conditions[1])
        matches = ((), (conditions[:1],), (conditions,), (conditions[:1], conditions[1:]))
        places = self._one_of(0, 3)
        mirror = Mirror(backend=self._one_of(0, 3), share=self._pick((0.0, 0.3, 1.0)))
        return Route(
            matches=self._pick(((), matches[self._one_of(1, 3)])),
            destinations=tuple(
                Destination(backend=self._one_of(-1, 3), weight=self._pick((0, 1, 5, 95)))
                for _ in range(places)
            ),
            sticky_salt=self._pick((None, None, 0, 7, 65_535)),
            mirror=self._pick((None, mirror)),
            empty_falls_to=self._pick((None, None, 0, 2)),
        )

    def _visits(self) -> Visits:
        thinks = (0.0,) if self.regime.grid else (0.0, 0.05, 0.5, 20.0)
        return Visits(
            requests=self._pick((1.0, 1.5, 3.0, 10.0)),
            think_seconds=self._pick(thinks),
            leaves=self._pick((0.0, 0.3, 1.0)),
        )

    def _retries(self) -> dict[str, Any]:
        kinds = tuple(kind for kind in EVERY_FAILURE if self.random.random() < 0.8)
        return {"retry_on": kinds, "retry_budget": self._pick((None, 0.0, 0.2, 1.0))}

    def _connections(self) -> Connections:
        """Seconds are multiples of 1/64, so that ties occur where everything is on a grid."""
        return Connections(
            proxy=self._pick(self.regime.kinds),
            keep_alive_seconds=self._pick((0.0, 0.5, 4.0, 100.0)),
            requests_each=self._pick((0, 0, 1, 2, 20)),
            lifetime_seconds=self._pick((1.0, 5.0, float("inf"))),
            close_notice_seconds=self._pick((0.0, 0.001, 1 / 64, 0.25)),
            tries=self._pick(self.regime.tries),
            connect_timeout_seconds=self._pick((1 / 64, 0.125, 1.0, float("inf"))),
            idempotent_share=self._pick((0.0, 0.5, 1.0)),
            affinity_seconds=self._pick((None, None, 0.25, 1.0, 100.0)),
        )

    def _protection(self, rate: float) -> Protection:
        outliers = OutlierDetection(
            consecutive_errors=self._pick((1, 2, 5)),
            sweep_seconds=self._pick((0.25, 1.0, 10.0)),
            base_ejection_seconds=self._pick((0.125, 1.0, 30.0)),
            most_share=self._pick((0.1, 0.5, 1.0)),
        )
        share = rate / self.proxies
        return Protection(
            outliers=self._pick((None, outliers, outliers)),
            most_in_flight=self._pick((0, 0, 1, 3, 20)),
            per_second=self._pick((0.0, 0.0, 0.5 * share, share)),
            burst=self._pick((1, 5)),
        )

    def _dependency(self, number: int) -> Dependency:
        return Dependency(
            name=f"dependency-{number}",
            capacity=self._capacity(),
            latency_seconds=self._latency(),
            demand=Demand.CONSTANT if self.regime.grid else self._pick(list(Demand)[:-1]),
            demand_cv=self._pick((0.3, 1.0, 2.5)),
            error_ratio=self._pick((0.0, 0.0, 0.1)),
            up=self.random.random() < 0.9,
        )

    def _capacity(self) -> int:
        return int(self._pick(self.regime.capacities))

    def _latency(self) -> float:
        """As long as a worker is busy, or shorter, or nothing."""
        latency = self.mean * self._pick((0.1, 0.3, 1.0)) * self._between((0.5, 1.0))
        return float(self._pick((0.0, self._on_grid(latency), self._on_grid(latency))))

    def _calls(self) -> tuple[Call, ...]:
        """Some of the dependencies, in some order, each at most once."""
        called = self.random.permutation(self.dependencies)[: self._one_of(0, self.dependencies)]
        timeouts = (0.0, 0.015625, 0.125, 1.0, 1.0, float("inf"))
        return tuple(
            Call(
                dependency=int(number),
                share=self._pick((0.2, 0.7, 1.0, 1.0)),
                timeout_seconds=self._pick(timeouts),
            )
            for number in called
        )

    def _behaviour(self) -> Behaviour:
        regime, grid = self.regime, self.regime.grid
        demands = [Demand.CONSTANT] if grid else list(Demand)
        mean = self.mean * self._between((0.7, 1.4))
        if grid:
            mean = max(grid, self._on_grid(mean))
        cpu = 0.5 if grid and regime.cpu_share else self._between((0.0, 2.0 * regime.cpu_share))
        cpu = min(cpu, 1.0)
        if self.random.random() < 0.2:
            cpu = self._pick((0.0, 1.0))
        return Behaviour(
            cpu_seconds=mean * cpu,
            wait_seconds=mean - mean * cpu,
            demand=self._pick(demands),
            demand_cv=self._pick((0.3, 1.0, 2.5)),
            **self._measured(),
            concurrency=self._one_of(*regime.workers),
            queue_limit=self._one_of(*regime.queue),
            error_ratio=self._pick((0.0, 0.0, 0.1)),
            base_memory_bytes=64 * MIB,
            leak_bytes_per_second=self._between((0.0, 2.0)) * MIB if regime.leaks else 0.0,
            probe_seconds=self._pick((0.001, 0.0, 1 / 64, 0.3)),
            probes_share_workers=self._pick((True, True, True, False)),
            keep_alive_seconds=self._pick((0.25, 1.0, 75.0)) if regime.ways else 75.0,
            calls=self._calls() if self.dependencies else (),
            **(self._unevenness() if regime.uneven else {}),
            **(self._harms() if regime.harms else {}),
            weight=self._pick((1, 1, 2, 5)),
            classes=tuple(
                self._class_behaviour(one.name)
                for one in self.classes[: self._one_of(0, len(self.classes))]
            ),
        )

    def _harms(self) -> dict[str, Any]:
        return {
            "leak_bytes_per_request": self._pick((0.0, 0.0, 4096.0, 0.1 * MIB, 5 * MIB)),
            "crash_ratio": self._pick((0.0, 0.0, 0.003, 0.02)),
        }

    def _measured(self) -> dict[str, Any]:
        shares = self._pick(QUANTILES)
        times = (0.002, 0.005, 0.05) if shares else self._pick(MEASURED)
        return {"measured_seconds": times, "measured_shares": shares}

    def _unevenness(self) -> dict[str, Any]:
        warm_up = WarmUp(seconds=self._pick((0.5, 2.0, 30.0)), slowdown=self._pick((1.0, 2.0, 5.0)))
        return {
            "hang_ratio": self._pick((0.0, 0.0, 0.01, 0.1)),
            "warm_up": self._pick((None, warm_up, warm_up)),
        }

    def _begin(self, pods: int) -> None:
        for version in range(self.versions):
            row = self._behaviour()
            self.both.ask(lambda p, v=version, r=row: p.set_behaviour(v, r), "a behaviour")
        for name in self.nodes:
            cores = float(self._pick(self.regime.cores))
            if cores < float("inf"):
                self.both.ask(lambda p, n=name, c=cores: p.set_node(n, cores=c), "cores")
        for _ in range(pods):
            self.add(-3.0)
        for pod in self.known:
            self.both.ask(lambda p, n=pod: p.set_pod(n, listening=True), "a start")
        listed = list(self.known)
        self.both.ask(lambda p: p.publish(listed, [-3.0] * self.proxies), "a list")

    # Time.

    def play(self) -> int:
        """Let it all happen; how many attempts there were."""
        now = -3.0
        deeds = self.regime.deeds
        rates = np.array([*deeds.values(), 1.0])
        names = [*deeds, "read"]
        while now < self.end + 5.0:
            now = self._on_grid(now + self.random.exponential(1.0 / rates.sum()))
            self._advance(now)
            name = str(self.random.choice(names, p=rates / rates.sum()))
            getattr(self, name.replace(" ", "_"))(now)
            self.both.compare_logs()
        self._advance(self.end + FOLLOW + 10.0)
        self.both.compare_logs()
        self.read(now)
        return self.both.attempts

    def _advance(self, until: float) -> None:
        while True:
            signal = self.both.ask(lambda plane: plane.advance(until), f"before {until}")
            if signal is None:
                return
            assert isinstance(signal, Signal), signal
            self._react(signal)

    def _react(self, signal: Signal) -> None:
        pod = signal.pod
        if signal.kind is SignalKind.CRASH and self.random.random() < 0.2:
            return  # Nobody ends the process: the worker is held.
        if signal.kind in (SignalKind.OOM, SignalKind.CRASH):
            self.both.ask(lambda p: p.kill(pod, Cause.CUT_BY_CRASH_OR_OOM), "an OOM kill")
            if self.random.random() < 0.5:
                self.both.ask(lambda p: p.set_pod(pod, listening=True), "a restart")
        elif signal.kind is SignalKind.DRAINED and self.random.random() < 0.5:
            self.both.ask(lambda p: p.kill(pod, Cause.CUT_BY_SIGKILL), "the end of a drain")
        elif signal.kind is SignalKind.PROBE and self.random.random() < 0.3:
            # Whoever hears a verdict may act on it at that very moment.
            self._pick((self.kill, self.unprobe, self.ask, self.probe, self.listen))(signal.time)

    # Deeds.

    def read(self, now: float) -> None:
        """Everything that can be read."""
        self.both.ask(state_of, f"the state at {now}")
        self.both.ask(lambda plane: plane.next_event_time(), "the next event")

    def add(self, now: float) -> None:
        """A new pod; a world has a score of them at most."""
        if len(self.known) < 20:
            version, node = self._one_of(0, self.versions - 1), self._pick(self.nodes)
            limit = self._pick((66.0, 80.0, 1e6)) * MIB
            cores = float(self._pick(self.regime.limits))
            share = CpuShare(limit_cores=cores, weight=self._pick((0.1, 0.25, 1.0)))
            pod = self.both.ask(lambda p: p.add_pod(version, limit, node, share), "a new pod")
            self.known.append(pod)

    def _of_a_pod(self, deed: Callable[[DataPlane, int], Any], what: str) -> None:
        if self.known:
            pod = self._pick(self.known)
            self.both.ask(lambda plane: deed(plane, pod), f"{what} of {pod}")

    def listen(self, now: float) -> None:
        """A process begins, or begins afresh."""
        self._of_a_pod(lambda p, n: p.set_pod(n, listening=True), "listening")

    def close(self, now: float) -> None:
        """A listener closes."""
        self._of_a_pod(lambda p, n: p.set_pod(n, listening=False), "closing")

    def drain(self, now: float) -> None:
        """A process drains."""
        self._of_a_pod(lambda p, n: p.set_pod(n, draining=True, terminating=True), "drain")

    def kill(self, now: float) -> None:
        """A process is killed."""
        self._of_a_pod(lambda p, n: p.kill(n, Cause.CUT_BY_SIGKILL), "the kill")

    def forget(self, now: float) -> None:
        """A pod is killed and forgotten; proxies may still believe in it."""
        if len(self.known) > 1:
            pod = self._pick(self.known)
            self.known.remove(pod)
            self.both.ask(lambda p: p.kill(pod, Cause.CUT_BY_SIGKILL), "a kill")
            self.both.ask(lambda p: p.forget_pod(pod), "forgetting")

    def publish(self, now: float, delay: float = 1.0) -> None:
        """Some pods, in some order, to proxies each in its own time."""
        kept = [pod for pod in self.known if self.random.random() < 0.8]
        listed = [int(pod) for pod in self.random.permutation(kept)]
        times = [self._on_grid(now + self._between((0.0, delay))) for _ in range(self.proxies)]
        self.both.ask(lambda plane: plane.publish(listed, times), "a list")

    def publish_late(self, now: float) -> None:
        """As before; lists overtake each other."""
        self.publish(now, delay=10.0)

    def publish_nothing(self, now: float) -> None:
        """Nobody is ready."""
        self.both.ask(lambda plane: plane.publish([], [now] * self.proxies), "an empty list")

    def publish_elsewhere(self, now: float) -> None:
        """A list of another backend."""
        kept = [pod for pod in self.known if self.random.random() < 0.5]
        times = [self._on_grid(now + self._between((0.0, 2.0))) for _ in range(self.proxies)]
        backend = self._one_of(1, 3)
        self.both.ask(lambda plane: plane.publish(kept, times, backend), "another list")

    def route(self, now: float) -> None:
        """Another table, which each proxy takes up at its own time."""
        table = self._routes()
        times = [self._on_grid(now + self._between((0.0, 2.0))) for _ in range(self.proxies)]
        self.both.ask(lambda plane: plane.set_routes(table, times), "a table")

    def flag(self, now: float) -> None:
        """Some requests take another version's code path in one pod."""
        paths = tuple(
            replace(
                one,
                destinations=tuple(
                    replace(place, backend=place.backend % self.versions)
                    for place in one.destinations
                ),
            )
            for one in self._routes()
        )
        self._of_a_pod(lambda plane, pod: plane.set_flags(pod, paths), "flags")

    def behave(self, now: float) -> None:
        """A version serves otherwise from now on."""
        version, row = self._one_of(0, self.versions - 1), self._behaviour()
        self.both.ask(lambda plane: plane.set_behaviour(version, row), "a behaviour")

    def alter(self, now: float) -> None:
        """A dependency is otherwise from now on; locks and outages do not last for ever."""
        number = self._one_of(0, self.dependencies - 1)
        changes: dict[str, Any] = {"up": self.random.random() < 0.7}
        if self.random.random() < 0.5:
            changes["capacity"] = self._capacity()
        if self.random.random() < 0.3:
            changes["latency_seconds"] = self._latency()
        if self.random.random() < 0.3:
            changes["error_ratio"] = self._pick((0.0, 0.1, 1.0))
        self.both.ask(lambda plane: plane.set_dependency(number, **changes), "a change")

    def resize(self, now: float) -> None:
        """A node has other cores."""
        node, cores = self._pick(self.nodes), self._pick((0.5, 1.0, 3.0, 8.0, float("inf")))
        self.both.ask(lambda plane: plane.set_node(node, cores=cores), "cores")

    def slow(self, now: float) -> None:
        """A node serves more slowly, or well again."""
        node, slowdown = self._pick(self.nodes), self._pick((1.0, 1.0, 1.5, 4.0))
        self.both.ask(lambda plane: plane.set_node(node, slowdown=slowdown), "a slow node")

    def lose(self, now: float) -> None:
        """A node cannot be reached."""
        node = self._pick(self.nodes)
        self.both.ask(lambda plane: plane.set_node(node, reachable=False), "a loss")

    def return_(self, now: float) -> None:
        """A node can be reached again."""
        node = self._pick(self.nodes)
        self.both.ask(lambda plane: plane.set_node(node, reachable=True), "a return")

    def probe(self, now: float, served: bool = False) -> None:
        """A probe starts, or starts again."""
        first = self._on_grid(now + self._between((0.0, 1.0)) * self._one_of(0, 1))
        period = self._pick((0.25, 1.0, 0.3)) if not self.regime.grid else 0.25
        thresholds = self._one_of(1, 3), self._one_of(1, 3)
        timeout = self._pick((0.0625, 1.0, 3.0, float("inf")))
        kind = self._pick(list(ProbeKind))
        self._of_a_pod(
            lambda p, n: p.probe(n, kind, first, period, *thresholds, timeout, served), "a probe"
        )

    def ask(self, now: float) -> None:
        """A probe that is a request."""
        self.probe(now, served=True)

    def unprobe(self, now: float) -> None:
        """A probe ends."""
        kind = self._pick(list(ProbeKind))
        self._of_a_pod(lambda plane, pod: plane.unprobe(pod, kind), "the end of a probe")


setattr(Story, "return", Story.return_)


def differences(name: str, seed: int, requests: int = 2000) -> int:
    """Play one story of a regime by its *name*; the number of attempts. Raise where they differ."""
    try:
        return Story(REGIMES[name], seed, requests).play()
    except AssertionError as error:
        raise AssertionError(f"differences({name!r}, {seed}, {requests}): {error}") from None


def silenced(regime: Regime) -> Regime:
    """The same without traffic."""
    return replace(regime, rate=(1e-9, 1e-9))
