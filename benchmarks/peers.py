"""The same six stations in other people's simulators: 6 x M/M/8 at rho 0.7, split at random.

Each function simulates about so many requests in its tool's cheapest form, without timeouts,
retries or counters, and answers (requests, CPU seconds, mean wait); None if it is not installed.
"""

from __future__ import annotations

import heapq
import random
import subprocess
import sys
import time
from collections import deque
from importlib.util import find_spec
from pathlib import Path

PODS, WORKERS, MEAN, RHO = 6, 8, 0.05, 0.7
RATE = PODS * WORKERS * RHO / MEAN

Result = tuple[int, float, float]


def simpy_model(requests: int) -> Result | None:
    """SimPy: a process for each request, a Resource for each pod."""
    import simpy

    draws, env = random.Random(1), simpy.Environment()
    pods = [simpy.Resource(env, WORKERS) for _ in range(PODS)]
    waits = [0.0, 0]

    def request(pod):
        came = env.now
        with pod.request() as turn:
            yield turn
            waits[0] += env.now - came
            waits[1] += 1
            yield env.timeout(draws.expovariate(1 / MEAN))

    def arrivals():
        for _ in range(requests):
            yield env.timeout(draws.expovariate(RATE))
            env.process(request(draws.choice(pods)))

    env.process(arrivals())
    began = time.process_time()
    env.run()
    return waits[1], time.process_time() - began, waits[0] / waits[1]


def heapq_loop(requests: int) -> Result | None:
    """A loop of one's own on a heap: what SimPy's generality costs."""
    draws = random.Random(1)
    free, queues = [WORKERS] * PODS, [deque() for _ in range(PODS)]
    began = time.process_time()
    events, arrival, waited, served = [], draws.expovariate(RATE), 0.0, 0
    while served < requests:
        if not events or arrival < events[0][0]:
            now, pod = arrival, int(draws.random() * PODS)
            arrival += draws.expovariate(RATE)
            if not free[pod]:
                queues[pod].append(now)
                continue
            free[pod] -= 1
        else:
            now, pod = heapq.heappop(events)
            if not queues[pod]:
                free[pod] += 1
                continue
            waited += now - queues[pod].popleft()
        served += 1
        heapq.heappush(events, (now + draws.expovariate(1 / MEAN), pod))
    return served, time.process_time() - began, waited / served


def ciw_model(requests: int) -> Result | None:
    """Ciw: six nodes with a Poisson stream each."""
    try:
        import ciw
    except ImportError:
        return None
    exponential = ciw.dists.Exponential
    network = ciw.create_network(
        arrival_distributions=[exponential(RATE / PODS)] * PODS,
        service_distributions=[exponential(1 / MEAN)] * PODS,
        number_of_servers=[WORKERS] * PODS,
        routing=[[0.0] * PODS] * PODS,
    )
    ciw.seed(1)
    simulation = ciw.Simulation(network)
    began = time.process_time()
    simulation.simulate_until_max_time(requests / RATE)
    seconds = time.process_time() - began
    waits = [record.waiting_time for record in simulation.get_all_records()]
    return len(waits), seconds, sum(waits) / len(waits)


def cimba_model(requests: int) -> Result | None:
    """Cimba, in a process of its own: it teaches Numba what would not get on with our kernel."""
    if find_spec("cimba") is None:
        return None
    script = Path(__file__).with_name("peer_cimba.py")
    done = subprocess.run(
        [sys.executable, str(script), str(requests)], capture_output=True, text=True, check=True
    )
    served, seconds, wait = done.stdout.split()[-3:]
    return int(served), float(seconds), float(wait)


PEERS = {
    "SimPy, a process a request": (simpy_model, 200_000),
    "a heapq loop of one's own": (heapq_loop, 1_000_000),
    "Ciw": (ciw_model, 50_000),
    "Cimba (C, compiled model)": (cimba_model, 5_000_000),
}
