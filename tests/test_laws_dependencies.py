"""Laws: requests that wait for a database agree with queueing theory where theory is exact.

Goal and method are those of `test_laws.py`: batch means, Student intervals, 99 % jointly. With
plenty of workers a request that does nothing but call two dependencies passes two M/M/c stations in
tandem, and what leaves the first is a Poisson stream again (Burke 1956), so each station is an
M/M/c of its own. With as many workers as may be in flight and no queue before them, a smaller
database behind them is M/M/c/K.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from queueing import MEAN, Comparison, states_mmck, wait_mmc
from test_laws import assert_all_agree, compared

from sim.model.behaviour import Behaviour, Clients, RateCurve, Workload
from sim.model.causes import Cause
from sim.model.dependency import Call, Dependency
from sim.traffic.reference import ReferencePlane

ENDLESS = 10**9


@dataclass(frozen=True, kw_only=True)
class Chain:
    """Requests at *rate* on *workers* that call stations of *slots* each, one after the other."""

    seed: int
    rate: float
    slots: tuple[int, ...]
    workers: int = ENDLESS
    pods: int = 2
    error_ratio: float = 0.0

    def plane(self, end: float) -> ReferencePlane:
        """Pods that share the dependencies, each with all the *workers*."""
        workload = Workload(
            arrivals=RateCurve(times=(0.0,), rates=(self.rate,), end=end),
            clients=Clients(attempt_timeout_seconds=1e9, deadline_seconds=1e9),
            population=1000,
            proxies=1,
            balancer="random",
            window_start=0.0,
            window_end=end,
            dependencies=tuple(
                Dependency(
                    name=f"station-{number}",
                    capacity=slots,
                    latency_seconds=MEAN,
                    error_ratio=self.error_ratio,
                )
                for number, slots in enumerate(self.slots)
            ),
        )
        plane = ReferencePlane(workload, self.seed, start=0.0, keep_log=True)
        calls = tuple(Call(dependency=n, timeout_seconds=1e9) for n in range(len(self.slots)))
        behaviour = Behaviour(
            cpu_seconds=0.0,
            wait_seconds=0.0,
            concurrency=self.workers,
            queue_limit=0,
            calls=calls,
        )
        plane.set_behaviour(0, behaviour)
        pods = [plane.add_pod(0, float("inf"), "node-0") for _ in range(self.pods)]
        for pod in pods:
            plane.set_pod(pod, listening=True)
        plane.publish(pods, [0.0])
        return plane


@dataclass(frozen=True, kw_only=True)
class Watched:
    """What a chain showed: its requests, and its stations at evenly spaced moments."""

    spent: np.ndarray
    cause: np.ndarray
    inside: np.ndarray  # One row for each station.
    busy: np.ndarray

    @staticmethod
    def batched(values: np.ndarray) -> np.ndarray:
        """Means over 20 batches, the first twentieth left out."""
        kept = values[len(values) // 20 :]
        return np.array([batch.mean() for batch in np.array_split(kept, 20)])


def watch(chain: Chain, requests: int) -> Watched:
    """Run *chain* for about that many *requests*, to the last answer."""
    end, step = requests / chain.rate, 4.0 / chain.rate
    plane = chain.plane(end)
    inside, busy = [], []
    for number in range(int(end / step)):
        plane.advance(number * step)
        stations = plane.dependencies()
        inside.append([one.in_use + one.waiting for one in stations])
        busy.append([one.busy_seconds for one in stations])
    plane.advance(1e9)
    log = sorted(plane.take_log(), key=lambda entry: entry.request)
    return Watched(
        spent=np.array([entry.answered - entry.sent for entry in log]),
        cause=np.array([int(entry.cause) for entry in log]),
        inside=np.array(inside).T,
        busy=np.diff(np.array(busy).T) / step,
    )


def tandem(seed: int, slots: tuple[int, int], rate: float, requests: int) -> list[Comparison]:
    """Two stations in a row: each as full and as busy as an M/M/c, and both waits add up."""
    seen = watch(Chain(seed=seed, rate=rate, slots=slots), requests)
    rhos = [rate * MEAN / count for count in slots]
    waits = [wait_mmc(count, rho) for count, rho in zip(slots, rhos, strict=True)]
    name = f"tandem M/M/{slots[0]} M/M/{slots[1]}"
    found = [compared(f"{name} time", 2 * MEAN + sum(waits), seen.batched(seen.spent))]
    for number, (count, rho, wait) in enumerate(zip(slots, rhos, waits, strict=True)):
        held = rate * (wait + MEAN)
        found += [
            compared(f"{name} in station {number}", held, seen.batched(seen.inside[number])),
            compared(f"{name} busy slots {number}", count * rho, seen.batched(seen.busy[number])),
        ]
    return found


def failing_tandem(seed: int, slots: int, ratio: float, rate: float, requests: int):
    """A share fails at the first station and spares the second: a thinned stream, Poisson again."""
    chain = Chain(seed=seed, rate=rate, slots=(slots, slots), error_ratio=ratio)
    seen = watch(chain, requests)
    second = rate * (1.0 - ratio)
    held = second * (wait_mmc(slots, second * MEAN / slots) + MEAN)
    failed = 1.0 - (1.0 - ratio) ** 2
    name = f"tandem with errors {ratio}"
    failures = seen.batched(seen.cause == Cause.DEPENDENCY_ERROR)
    return [
        compared(f"{name} failed", failed, failures),
        compared(f"{name} in station 1", held, seen.batched(seen.inside[1])),
    ]


def pool(seed: int, workers: int, slots: int, rho: float, requests: int) -> list[Comparison]:
    """A pool of workers before a smaller database: who finds no worker is turned away."""
    chain = Chain(seed=seed, rate=rho * slots / MEAN, slots=(slots,), workers=workers, pods=1)
    seen = watch(chain, requests)
    states = states_mmck(slots, workers - slots, rho)
    name = f"pool of {workers} before {slots} slots rho {rho}"
    return [
        compared(f"{name} turned away", states[-1], seen.batched(seen.cause == Cause.QUEUE_FULL)),
        compared(
            f"{name} in the database",
            float(states @ np.arange(len(states))),
            seen.batched(seen.inside[0]),
        ),
    ]


def test_requests_that_call_dependencies_agree_with_queueing_theory():
    """9 figures of 3 systems, 40,000 requests in all, 95 % intervals within 9 %."""
    comparisons = [
        *tandem(seed=301, slots=(2, 3), rate=24.0, requests=15_000),
        *failing_tandem(seed=302, slots=2, ratio=0.2, rate=28.0, requests=15_000),
        *pool(seed=303, workers=5, slots=2, rho=1.2, requests=10_000),
    ]
    assert_all_agree(comparisons, precision=0.09)


@pytest.mark.slow
def test_requests_that_call_dependencies_agree_with_queueing_theory_within_three_per_cent():
    """9 figures of 3 systems, 900,000 requests in all, 95 % intervals within 3 %."""
    comparisons = [
        *tandem(seed=401, slots=(2, 3), rate=24.0, requests=400_000),
        *failing_tandem(seed=404, slots=2, ratio=0.2, rate=28.0, requests=400_000),
        *pool(seed=403, workers=5, slots=2, rho=1.2, requests=100_000),
    ]
    assert_all_agree(comparisons, precision=0.03)
