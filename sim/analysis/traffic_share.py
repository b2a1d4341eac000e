"""Traffic share: what became of the requests of each second or step, by the version that answered.

A step of minutes is told by its mean and by its worst second: an outage of one second must not
vanish among hundreds of good ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor

import numpy as np
import numpy.typing as npt

from sim.analysis.failures import in_window, of_each_second, per_second
from sim.analysis.once_a_run import once_a_run
from sim.model.causes import Cause
from sim.model.run import IntArray, Run
from sim.model.time_step import step_for

MOST_STEPS = 600  # About as many as a picture has dots from left to right.

Shares = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficShare:
    """Shares of each step's requests: *answered[v]* well by version v, *failed* by anybody.

    They add up to 1 in a step with requests and are all 0 in one without. A step begins at its
    one of *seconds*. *sent* are its requests, *worst* is the share that failed in its worst second.
    """

    seconds: IntArray
    sent: IntArray
    answered: tuple[Shares, ...]
    failed: Shares
    worst: Shares


def traffic_share(run: Run, edges: Sequence[int] | None = None) -> TrafficShare:
    """The shares of every second of the window, or of the steps between *edges* within it."""
    start = floor(run.window.start)
    every, failed = per_second(run)
    if edges is None:
        edges = range(start, start + len(every) + 1)
    begins = np.array(edges[:-1], np.int64)
    last = edges[-1] - start

    def summed(counts: IntArray) -> IntArray:
        found: IntArray = np.add.reduceat(counts[:last], begins - start)
        return found

    sent = summed(every)
    divisor = np.maximum(sent, 1)
    return TrafficShare(
        seconds=begins,
        sent=sent,
        answered=tuple(summed(counts) / divisor for counts in answered_well(run)),
        failed=summed(failed) / divisor,
        worst=np.maximum.reduceat((failed / np.maximum(every, 1))[:last], begins - start),
    )


def traffic_step(shown: tuple[float, float]) -> int:
    """How many seconds of requests a picture of the time *shown* draws as one."""
    return step_for(shown[1] - shown[0], MOST_STEPS)


@once_a_run
def answered_well(run: Run) -> tuple[IntArray, ...]:
    """By version, the requests of each second of the window that it answered well."""
    requests = in_window(run)
    version = requests.version
    well = np.where(requests.cause == Cause.NONE, requests.count, 0)
    return tuple(
        of_each_second(run, requests, np.where(version == number, well, 0))
        for number in range(len(run.versions))
    )
