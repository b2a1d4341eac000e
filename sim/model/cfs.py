"""How Linux shares out cores: quotas in periods of 100 ms, and weights where cores are scarce.

(Linux Documentation/scheduler/sched-bwc.rst; kubernetes/kubernetes pkg/kubelet/cm/helpers_linux.go:
a CPU limit becomes limit x 100 ms of every 100 ms, a request the weight)
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

PERIOD_SECONDS = 0.1


def burst_seconds(cpu_seconds: float, limit_cores: float) -> float:
    """How long one thread takes to compute *cpu_seconds* under a limit, from a period's start on.

    80 ms under half a core: 50 ms of computing, 50 ms of waiting, 30 ms of computing, 130 ms.
    One thread never meets a limit of a core or more.
    """
    if limit_cores >= 1.0 or cpu_seconds <= 0.0:
        return cpu_seconds
    quota = limit_cores * PERIOD_SECONDS
    # The last period is not waited out; the hair keeps 100 ms of 50 ms each from being three.
    exhausted = max(0, ceil(cpu_seconds / quota - 1e-9) - 1)
    return exhausted * PERIOD_SECONDS + (cpu_seconds - exhausted * quota)


def fair_shares(cores: float, threads: Sequence[int], weights: Sequence[float]) -> list[float]:
    """How many of *cores* each group of *threads* gets: by weight, but one core a thread at most.

    What a group cannot use goes to the others. 4 cores for 1, 4 and 4 threads of weights 1, 1 and 2
    are shared as 1, 1 and 2; for weights 1, 1 and 1 as 1, 1.5 and 1.5.
    """
    shares = [0.0] * len(threads)
    hungry = [i for i, count in enumerate(threads) if count]
    while hungry:
        total = _added_up(weights, hungry)
        fair = {i: cores * weights[i] / total for i in hungry}
        content = [i for i in hungry if threads[i] <= fair[i]]
        for i in content or hungry:
            shares[i] = float(threads[i]) if content else fair[i]
        if not content:
            break
        cores -= _added_up(shares, content)
        hungry = [i for i in hungry if i not in content]
    return shares


def _added_up(numbers: Sequence[float], places: Sequence[int]) -> float:
    """The *numbers* at *places*, one after the other; `sum` rounds otherwise in newer Pythons."""
    total = 0.0
    for place in places:
        total += numbers[place]
    return total
