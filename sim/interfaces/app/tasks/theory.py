"""Theory against simulator: two services that queueing theory can compute, at rising load.

Six pods behind random choice are six independent queues, for a Poisson stream that is split at
random is six Poisson streams (Kingman 1993, colouring theorem). With one worker each they are
M/M/1, with six workers each M/M/6; what is compared is the mean time in the system.
"""

from __future__ import annotations

import numpy as np

from sim.interfaces.app.work.made import made_now
from sim.interfaces.app.work.task import Progress, Task
from sim.model.latency import middle_of
from sim.model.objects import JsonObject
from sim.model.run import Run, Window
from sim.stats import mean_interval
from sim.stats.intervals import joint_level

PODS, SERVICE_SECONDS = 6, 0.05  # As the scenario web-app has pods, and as we set the service.
WORKERS = (1, 6)
LOADS = (0.2, 0.4, 0.6, 0.75, 0.85)
SEEDS = range(8)
# A system begins empty. At a load of 0.85 it forgets that with a time constant of 8.2 s: service
# ÷ (1 - square root of load) squared (Morse 1955), so a minute is seven of them.
WARM_UP_SECONDS, MEASURED_SECONDS = 60.0, 300.0
WINDOW = Window(start=0.0, first_write=0.0, end=WARM_UP_SECONDS + MEASURED_SECONDS)
_SIMPLE = (
    "versions.old.service.cpu=0s",
    f"versions.old.service.wait={SERVICE_SECONDS:g}s",
    "versions.old.queueLimit=1000000",
    "versions.old.probes=own",
    "clients.attemptTimeout=600s",
    "clients.deadline=600s",
    "users.population=100000",
)


def compare_theory(order: JsonObject, progress: Progress) -> JsonObject:
    """By workers and load the mean time in the system: theory's, and measured with its interval.

    The intervals of all points together hold at 95 % (Bonferroni).
    """
    from sim.scenario.load import load
    from sim.session import run
    from sim.traffic.engine import DEFAULT, make_ready

    make_ready(DEFAULT)
    places = [(workers, rho) for workers in WORKERS for rho in LOADS]
    level = joint_level(len(places))
    points, done, total = [], 0, len(places) * len(SEEDS)
    for workers, rho in places:
        rate = rho * PODS * workers / SERVICE_SECONDS
        own = (f"versions.old.concurrency={workers}", f"traffic.rate={rate:g}/s")
        scenario = load(["web-app"], overrides=(*_SIMPLE, *own))
        means, requests = [], 0
        for seed in SEEDS:
            progress(done, total)
            mean, count = mean_seconds(run(scenario, None, seed, window=WINDOW))
            means.append(mean)
            requests += count
            done += 1
        seen = mean_interval(means, level)
        assert seen is not None and seen.low is not None and seen.high is not None
        points.append(
            {
                "workers": workers,
                "load": rho,
                "theory": theory_seconds(workers, rho),
                "mean": seen.value,
                "low": seen.low,
                "high": seen.high,
                "requests": requests,
            }
        )
    return {"points": points, "seeds": list(SEEDS), "level": level, "made": made_now()}


def theory_seconds(workers: int, rho: float) -> float:
    """The mean time in M/M/c (Kleinrock 1975, 3.2 and 3.5): service, and the wait of Erlang's C.

    One worker at 0.5: 0.1 s, service ÷ (1 - load). Six at 0.85: 0.0847 s.
    """
    return SERVICE_SECONDS * (1.0 + must_wait(workers, rho) / (workers * (1.0 - rho)))


def must_wait(workers: int, rho: float) -> float:
    """Erlang's C (1917): the share of requests that find all *workers* busy, and wait.

    One worker: rho. Two at 0.5: a third.
    """
    blocked = 1.0
    for n in range(1, workers + 1):
        blocked = workers * rho * blocked / (n + workers * rho * blocked)
    return blocked / (1.0 - rho * (1.0 - blocked))


def mean_seconds(run: Run) -> tuple[float, int]:
    """The mean time of the requests that were sent after the warm-up, and how many they were."""
    requests = run.requests.within(WARM_UP_SECONDS, run.window.end)
    mean = np.average(middle_of(requests.bin), weights=requests.count)
    return float(mean), int(requests.count.sum())


TASK = Task(carry_out=compare_theory)
