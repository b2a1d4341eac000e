"""Theory against simulator: a service that queueing theory can compute, at rising load.

Six pods with one worker each behind random choice are six independent M/M/1 queues (a Poisson
stream split at random is six Poisson streams): time in the system is service ÷ (1 - load).
"""

from __future__ import annotations

import numpy as np

from sim.interfaces.app.task import Progress, Task
from sim.model.latency import middle_of
from sim.model.objects import JsonObject
from sim.model.run import Run, Window
from sim.stats import mean_interval

PODS, SERVICE_SECONDS = 6, 0.05  # As the scenario web-app has pods, and as we set the service.
LOADS = (0.2, 0.4, 0.6, 0.75, 0.85)
SEEDS = range(8)
WINDOW = Window(start=0.0, first_write=0.0, end=300.0)
_SIMPLE = (
    "versions.old.service.cpu=0s",
    f"versions.old.service.wait={SERVICE_SECONDS:g}s",
    "versions.old.concurrency=1",
    "versions.old.queueLimit=1000000",
    "versions.old.probes=own",
    "clients.attemptTimeout=600s",
    "clients.deadline=600s",
    "users.population=100000",
)


def compare_theory(order: JsonObject, progress: Progress) -> JsonObject:
    """For each load the mean time in the system: theory's, and measured with its interval."""
    from sim.scenario.load import load
    from sim.session import run
    from sim.traffic.engine import DEFAULT, make_ready

    make_ready(DEFAULT)
    points, done, total = [], 0, len(LOADS) * len(SEEDS)
    for rho in LOADS:
        rate = rho * PODS / SERVICE_SECONDS
        scenario = load(["web-app"], overrides=(*_SIMPLE, f"traffic.rate={rate:g}/s"))
        means, requests = [], 0
        for seed in SEEDS:
            progress(done, total)
            found = run(scenario, None, seed, window=WINDOW)
            means.append(mean_seconds(found))
            requests += found.requests.total
            done += 1
        seen = mean_interval(means)
        assert seen is not None and seen.low is not None and seen.high is not None
        points.append(
            {
                "load": rho,
                "theory": SERVICE_SECONDS / (1.0 - rho),
                "mean": seen.value,
                "low": seen.low,
                "high": seen.high,
                "requests": requests,
            }
        )
    return {"points": points, "seeds": len(SEEDS)}


def mean_seconds(run: Run) -> float:
    """The mean time that the window's requests took."""
    requests = run.requests.within(run.window.start, run.window.end)
    return float(np.average(middle_of(requests.bin), weights=requests.count))


TASK = Task(carry_out=compare_theory)
