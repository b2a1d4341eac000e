"""The same six stations in other people's simulators: 6 x M/M/8 at rho 0.7, split at random.

Each function simulates about so many requests in its tool's cheapest form, without timeouts,
retries or counters, and answers (requests, CPU seconds, mean wait); None if it is not installed.
"""

from __future__ import annotations

import heapq
import random
import time
from collections import deque

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
    """Cimba 0.9: an engine in C, the model compiled; workers take arrivals from a store."""
    try:
        import cimba as cb
        import numpy as np
        from cimba import inputs
    except ImportError:
        return None

    class Pod(cb.Model):
        service: cb.Input[float] = inputs.dist.exponential(mean=MEAN)
        spacing: cb.Input[float] = inputs.dist.exponential(mean=PODS / RATE)
        store: cb.Store[float]
        waits: cb.Dataset
        mean_wait: cb.Output[float]
        served: cb.Output[float]

        @cb.process
        def source(self):
            while True:
                cb.hold(self.spacing.next())
                self.store.put(cb.now())

        @cb.process(copies=WORKERS)
        def worker(self):
            while True:
                came = self.store.get()
                self.waits.record(cb.now() - came)
                cb.hold(self.service.next())

        @cb.on_end
        def measure(self):
            self.mean_wait = self.waits.sample_mean()
            self.served = self.waits.sample_count()

    model, window = Pod(), cb.Window(duration=requests / RATE)
    cb.Experiment(model, replications=1, window=cb.Window(duration=1.0), seed=2).run()  # Compiles.
    began = time.process_time()
    result = cb.Experiment(
        model, replications=PODS, window=window, seed=1, seeding="independent"
    ).run()
    seconds = time.process_time() - began
    means, counts = (
        np.ravel(np.asarray(values, dtype=float))
        for values in (result[model].mean_wait, result[model].served)
    )
    return int(counts.sum()), seconds, float(means @ counts / counts.sum())


PEERS = {
    "SimPy, a process a request": (simpy_model, 200_000),
    "a heapq loop of one's own": (heapq_loop, 1_000_000),
    "Ciw": (ciw_model, 50_000),
    "Cimba (C, compiled model)": (cimba_model, 5_000_000),
}
