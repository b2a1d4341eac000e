"""The six stations in Cimba 0.9: an engine in C, the model compiled by Numba.

Workers take the moments of arrivals from a store, which is cheaper than a process for each request.
Cimba reads the annotations of a model as they are, so this file has no future ones.
"""

import sys
import time

import cimba as cb
import numpy as np
from cimba import inputs

PODS, WORKERS, MEAN, RHO = 6, 8, 0.05, 0.7
RATE = PODS * WORKERS * RHO / MEAN


class Pod(cb.Model):
    """One station with its sixth of the stream."""

    service: cb.Input[float] = inputs.dist.exponential(mean=MEAN)
    spacing: cb.Input[float] = inputs.dist.exponential(mean=PODS / RATE)
    store: cb.Store[float]
    waits: cb.Dataset
    mean_wait: cb.Output[float]
    served: cb.Output[float]

    @cb.process
    def source(self):
        """Arrivals."""
        while True:
            cb.hold(self.spacing.next())
            self.store.put(cb.now())

    @cb.process(copies=WORKERS)
    def worker(self):
        """One worker."""
        while True:
            came = self.store.get()
            self.waits.record(cb.now() - came)
            cb.hold(self.service.next())

    @cb.on_end
    def measure(self):
        """What is asked of it."""
        self.mean_wait = self.waits.sample_mean()
        self.served = self.waits.sample_count()


def cimba_model(requests: int) -> tuple[int, float, float]:
    """(requests, CPU seconds, mean wait) of six independent stations."""
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


if __name__ == "__main__":
    print(*cimba_model(int(sys.argv[1])))
