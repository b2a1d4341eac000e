"""A release of a thousand pods under a hundred thousand requests a second: time and memory.

    python benchmarks/great_release.py                all of it, sixty million attempts
    python benchmarks/great_release.py --seconds 60   a tenth of it

Sixteen proxies pick the less busy of two pods by their own counts; clients try three times within a
retry budget. From a fifth of the time on every pod is replaced, a quarter of them at a time: the
new one is ready after about a minute, the old one leaves the lists, drains, and is killed.
"""

from __future__ import annotations

import argparse
import heapq
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import count

from sim.model.behaviour import Behaviour, Clients, RateCurve, Workload
from sim.model.causes import Cause
from sim.traffic.kernel import cache
from sim.traffic.kernel.plane import KernelPlane

PODS, WORKERS, RATE, PROXIES, RHO = 1_000, 8, 100_000.0, 16, 0.7
MEAN = RHO * PODS * WORKERS / RATE
PRE_STOP, GRACE = 5.0, 30.0


class Release:
    """The plane, what control has planned, and the draws that it is planned by."""

    def __init__(self, seconds: float) -> None:
        clients = Clients(
            attempt_timeout_seconds=10.0 * MEAN,
            deadline_seconds=60.0 * MEAN,
            attempts=3,
            retry_budget=0.2,
        )
        workload = Workload(
            arrivals=RateCurve(times=(0.0,), rates=(RATE,), end=seconds),
            clients=clients,
            population=1_000_000,
            proxies=PROXIES,
            balancer="least_request",
            window_start=0.0,
            window_end=seconds,
        )
        self.plane = KernelPlane(workload, 1, start=0.0)
        self.draws, self.order = random.Random(1), count()
        self.plan: list[tuple[float, int, Callable[[float], None]]] = []
        row = {"cpu_seconds": 0.0, "wait_seconds": MEAN, "concurrency": WORKERS}
        for version in (0, 1):
            self.plane.set_behaviour(version, Behaviour(**row))
        self.listed = {self.start(0): None for _ in range(PODS)}
        self.plane.publish(list(self.listed), [0.0] * PROXIES)
        self.old = list(self.listed)
        for _ in range(PODS // 4):
            self.at(seconds / 5.0, self.replace)

    def at(self, when: float, what: Callable[[float], None]) -> None:
        """Control does that then."""
        heapq.heappush(self.plan, (when, next(self.order), what))

    def start(self, version: int) -> int:
        """A pod that listens."""
        pod = self.plane.add_pod(version, 1e12, "node")
        self.plane.set_pod(pod, listening=True)
        return pod

    def replace(self, now: float) -> None:
        """The next pod's successor is made; it is ready after a lognormal time."""
        if self.old:
            old = self.old.pop()
            ready = now + self.draws.lognormvariate(2.5, 0.4) * 4.0
            self.at(ready, lambda then: self.swap(old, then))

    def swap(self, old: int, now: float) -> None:
        """The new pod is ready and the old one is deleted: a new list, and the next one's turn."""
        self.listed[self.start(1)] = None
        del self.listed[old]
        heard = [now + self.draws.uniform(0.05, 1.0) for _ in range(PROXIES)]
        self.plane.publish(list(self.listed), heard)
        self.plane.set_pod(old, terminating=True)
        self.at(now + PRE_STOP, lambda then: self.plane.set_pod(old, draining=True))
        self.at(now + GRACE, lambda then: self.plane.kill(old, Cause.CUT_BY_SIGKILL))
        self.replace(now)

    def run(self, until: float) -> int:
        """Data and control in turns; how many calls that took."""
        calls = 0
        while True:
            due = min(self.plan[0][0], until) if self.plan else until
            calls += 1
            while self.plane.advance(due) is not None:
                calls += 1
            if due >= until:
                return calls
            self.plan[0][2](heapq.heappop(self.plan)[0])


def main() -> None:
    """One release, after everything is compiled by somebody else."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=600.0)
    seconds = parser.parse_args().seconds
    if not cache.is_ready():  # Compiling would count as this process's memory.
        script = "from sim.traffic.kernel.warm_up import compile_all; compile_all()"
        subprocess.run([sys.executable, "-c", script], check=True)
    began, cpu = time.perf_counter(), time.process_time()
    release = Release(seconds)
    calls = release.run(seconds)
    elapsed, cpu = time.perf_counter() - began, time.process_time() - cpu
    pods = release.plane.pods().values()
    attempts = sum(pod.answered + pod.failed for pod in pods)
    table = release.plane.counts()
    failed = int(table.count[table.cause != int(Cause.NONE)].sum())
    print(f"{attempts:,} attempts, {int(table.count.sum()):,} requests, {failed:,} failed")
    print(f"{cpu:.1f} s of CPU, {elapsed:.1f} s by the clock, {cpu / attempts * 1e9:.0f} ns each")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
    print(f"{calls:,} calls, {peak:.0f} MB at most, load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
