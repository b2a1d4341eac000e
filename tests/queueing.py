"""Queueing theory, where it is exact, and a plane watched long enough to be compared with it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import special, stats

from sim.model.behaviour import Behaviour, Clients, Demand, RateCurve, Workload
from sim.model.causes import Cause
from sim.model.draws import Purpose, Stream
from sim.ports import DataPlane
from sim.traffic import PLANES
from sim.traffic.kernel.plane import KernelPlane

MEAN = 0.05  # Mean service time everywhere, in seconds.
BATCHES = 20
WARM_UP = 0.05  # Share of the requests that are watched before anything is measured.
ENDLESS = 10**9
MOST_LOOKS = 100_000  # At counters, while a system is watched.
ENDED = np.dtype([("request", "i8"), ("sent", "f8"), ("answered", "f8"), ("cause", "i8")])


def erlang_b(servers: int, load: float) -> float:
    """Share of requests that find all *servers* busy and leave: M/M/c/c (Erlang 1917).

    One server at load 1 loses half of its requests; two lose a fifth.
    """
    blocked = 1.0
    for n in range(1, servers + 1):
        blocked = load * blocked / (n + load * blocked)
    return blocked


def erlang_c(servers: int, rho: float) -> float:
    """Share of requests that must wait in M/M/c. One server: rho. Two at 0.5: a third."""
    blocked = erlang_b(servers, servers * rho)
    return blocked / (1.0 - rho * (1.0 - blocked))


def wait_mmc(servers: int, rho: float) -> float:
    """Mean wait in M/M/c, in seconds."""
    return erlang_c(servers, rho) * MEAN / (servers * (1.0 - rho))


def wait_mg1(rho: float, cv: float) -> float:
    """Mean wait in M/G/1 (Pollaczek 1930, Khinchine 1932)."""
    return rho / (1.0 - rho) * (1.0 + cv * cv) / 2.0 * MEAN


def wait_e2m1(rho: float) -> float:
    """Mean wait in E2/M/1: every second arrival of a Poisson stream, one exponential server.

    sigma solves sigma = A(mu (1 - sigma)) with A the transform of the inter-arrival time.
    """
    stage = 2.0 * rho  # The rate of each of the two stages, in units of mu.
    sigma = rho
    for _ in range(200):
        sigma = (stage / (stage + 1.0 - sigma)) ** 2
    return sigma / (1.0 - sigma) * MEAN


def states_mmck(servers: int, places: int, rho: float) -> np.ndarray:
    """The distribution of the number in M/M/c/K with K = *servers* + *places*."""
    weights = [1.0]
    for n in range(1, servers + places + 1):
        weights.append(weights[-1] * servers * rho / min(n, servers))
    return np.array(weights) / sum(weights)


@dataclass(frozen=True, kw_only=True)
class Setup:
    """One queueing system: *pods* of *workers* each at *rho* per worker, by *balancer*."""

    seed: int
    rho: float
    workers: int = 1
    places: int = ENDLESS
    pods: int = 1
    balancer: str = "random"
    demand: Demand = Demand.EXPONENTIAL
    cv: float = 1.0
    timeout: float = 1e9
    error_ratio: float = 0.0

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.rho * self.workers * self.pods / MEAN

    @property
    def behaviour(self) -> Behaviour:
        """What each pod does."""
        return Behaviour(
            cpu_seconds=0.0,
            wait_seconds=MEAN,
            demand=self.demand,
            demand_cv=self.cv,
            concurrency=self.workers,
            queue_limit=self.places,
            error_ratio=self.error_ratio,
        )


@dataclass(frozen=True, kw_only=True)
class Observed:
    """A system watched for *requests* arrivals, by batches of equal numbers or times.

    *clock* are in-flight counts at evenly spaced moments (without regard to arrivals).
    """

    setup: Setup
    sent: np.ndarray
    answered: np.ndarray
    cause: np.ndarray
    demand: np.ndarray
    clock: np.ndarray
    clock_times: np.ndarray
    busy: np.ndarray

    def batched(self, values: np.ndarray) -> np.ndarray:
        """Means over the batches, of values in order of their requests or moments."""
        kept = values[int(len(values) * WARM_UP) :]
        return np.array([batch.mean() for batch in np.array_split(kept, BATCHES)])

    def luck(self) -> np.ndarray:
        """How far each batch's mean spacing and mean demand lie from the known ones."""
        spacing = np.diff(self.sent, prepend=0.0)
        known = 1.0 / self.setup.rate
        return np.array([self.batched(spacing) - known, self.batched(self.demand) - MEAN])

    def wait(self) -> np.ndarray:
        """Batch means of the time before service, of those served."""
        return self.batched((self.answered - self.sent - self.demand)[self.cause == Cause.NONE])

    def must_wait(self) -> np.ndarray:
        """Batch means of the share that waits at all."""
        return self.batched(self.answered - self.sent - self.demand > 1e-9)

    def share(self, cause: Cause) -> np.ndarray:
        """Batch means of the share that ends with *cause*."""
        return self.batched(self.cause == cause)

    def in_system(self) -> np.ndarray:
        """Batch means of the number in flight at moments of the clock's choosing."""
        return self.batched(self.clock)

    def utilisation(self) -> np.ndarray:
        """Batch means of the share of workers that are busy."""
        step = self.clock_times[1] - self.clock_times[0]
        workers = self.setup.workers * self.setup.pods
        return self.batched(np.diff(self.busy) / step / workers)

    def little(self) -> np.ndarray:
        """L - lambda W by batches of time: counters on one side, the log on the other."""
        served = self.cause == Cause.NONE
        sent, spent = self.sent[served], (self.answered - self.sent)[served]
        edges = np.array_split(self.clock_times[int(len(self.clock_times) * WARM_UP) :], BATCHES)
        step = self.clock_times[1] - self.clock_times[0]
        flows = []
        for times in edges:
            inside = (sent >= times[0] - step / 2) & (sent < times[-1] + step / 2)
            flows.append(spent[inside].sum() / (len(times) * step))
        return self.in_system() - np.array(flows)

    def pasta(self) -> np.ndarray:
        """What arrivals find minus what the clock finds, of the number in flight."""
        served = self.cause != Cause.QUEUE_FULL
        entered = np.sort(self.sent[served])
        left = np.sort(self.answered[served])
        found = np.searchsorted(entered, self.sent) - np.searchsorted(left, self.sent)
        return self.batched(found) - self.in_system()


def watch(setup: Setup, requests: int, engine: str = "reference") -> Observed:
    """Run *setup* for about that many *requests*, to the last answer."""
    end = requests / setup.rate
    plane = plane_of(setup, end, engine)
    step = max(4.0 / setup.rate, end / MOST_LOOKS)
    tables, clock, busy, times = [], [], [], []
    while (now := len(times) * step) < end:
        plane.advance(now)
        counters = plane.pods().values()
        times.append(now)
        clock.append(sum(pod.in_flight for pod in counters))
        busy.append(sum(pod.busy_seconds for pod in counters))
        if len(times) % 1000 == 0:
            tables.append(ended(plane))
    plane.advance(1e9)
    tables.append(ended(plane))
    table = np.concatenate(tables)
    table = table[np.argsort(table["request"], kind="stable")]
    return Observed(
        setup=setup,
        sent=table["sent"],
        answered=table["answered"],
        cause=table["cause"],
        demand=demands_of(setup, len(table)),
        clock=np.array(clock),
        clock_times=np.array(times),
        busy=np.array(busy),
    )


def ended(plane: DataPlane) -> np.ndarray:
    """The attempts that ended since the last call, as a table."""
    if isinstance(plane, KernelPlane):
        log = plane.take_table()
        table = np.zeros(len(log), ENDED)
        for name in ENDED.names:
            table[name] = log[name]
        return table
    rows = [(e.request, e.sent, e.answered, int(e.cause)) for e in plane.take_log()]
    return np.array(rows, dtype=ENDED)


def demands_of(setup: Setup, requests: int) -> np.ndarray:
    """What the first *requests* bring, as `sim.traffic.demand` has it, within rounding."""
    if setup.demand is Demand.CONSTANT:
        return np.full(requests, MEAN)
    key, multiplier = (np.uint64(n) for n in Stream(setup.seed, Purpose.DEMAND).keys)
    x = key + (np.arange(requests, dtype=np.uint64) << np.uint64(8)) * multiplier
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    u = (((x ^ (x >> np.uint64(31))) >> np.uint64(12)).astype(float) + 0.5) * 2.0**-52
    if setup.demand is Demand.EXPONENTIAL:
        return -MEAN * np.log(u)
    if setup.demand is Demand.GAMMA:
        shape = 1.0 / (setup.cv * setup.cv)
        return MEAN / shape * special.gammaincinv(shape, u)
    variance = math.log(1.0 + setup.cv * setup.cv)
    return MEAN * np.exp(math.sqrt(variance) * special.ndtri(u) - 0.5 * variance)


def plane_of(setup: Setup, end: float, engine: str) -> DataPlane:
    """The plane of *setup*, with every pod listening and known."""
    workload = Workload(
        arrivals=RateCurve(times=(0.0,), rates=(setup.rate,), end=end),
        clients=Clients(attempt_timeout_seconds=setup.timeout, deadline_seconds=1e9),
        population=1000,
        proxies=1,
        balancer=setup.balancer,
        window_start=0.0,
        window_end=end,
    )
    plane = PLANES[engine](workload, setup.seed, start=0.0, keep_log=True)
    plane.set_behaviour(0, setup.behaviour)
    pods = [plane.add_pod(0, float("inf"), "node-0") for _ in range(setup.pods)]
    for pod in pods:
        plane.set_pod(pod, listening=True)
    plane.publish(pods, [0.0])
    return plane


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One figure of theory beside what was seen; *scale* is what precision is relative to.

    *controls* are what luck did to each batch, as deviations from means that are known: busy or
    long requests make long waits. Regressing on them takes that part of the luck out (linear
    control variates: Lavenberg and Welch 1981); without any it is the plain mean of the batches.
    """

    name: str
    theory: float
    batches: np.ndarray
    controls: np.ndarray
    scale: float

    def fit(self) -> tuple[float, float, int]:
        """Estimate, standard error and degrees of freedom."""
        design = np.column_stack([np.ones(len(self.batches)), *self.controls])
        inverse = np.linalg.inv(design.T @ design)
        coefficients = inverse @ design.T @ self.batches
        rest = self.batches - design @ coefficients
        freedom = len(self.batches) - design.shape[1]
        error = math.sqrt(rest @ rest / freedom * inverse[0, 0])
        return float(coefficients[0]), error, freedom

    def half_width(self, level: float) -> float:
        """Half of the Student interval at *level*."""
        _, error, freedom = self.fit()
        return float(stats.t.ppf(0.5 + level / 2.0, df=freedom)) * error

    def agrees(self, level: float) -> bool:
        """Whether theory lies in that interval."""
        return abs(self.fit()[0] - self.theory) <= self.half_width(level)

    def row(self, level: float) -> str:
        """For people."""
        seen, half = self.fit()[0], self.half_width(0.95)
        sign = "ok " if self.agrees(level) else "BAD"
        return (
            f"{sign} {self.name:46s} theory {self.theory:10.6f} seen {seen:10.6f} "
            f"+- {half / self.scale:6.2%} (95 %), joint level {level:.2%}"
        )
