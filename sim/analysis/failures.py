"""Failed requests: the window's requests whose final answer was an error, split by cause."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil, floor

import numpy as np

from sim.analysis.once_a_run import once_a_run
from sim.model.causes import Cause
from sim.model.run import IntArray, RequestCounts, Run


def in_window(run: Run) -> RequestCounts:
    """The requests that count: meant to be sent inside the measured window."""
    return run.requests.within(run.window.start, run.window.end)


@once_a_run
def sent(run: Run) -> int:
    """All requests of the window."""
    return in_window(run).total


@once_a_run
def failed(run: Run) -> int:
    """Requests of the window whose final answer, after retries, was an error or a timeout."""
    requests = in_window(run)
    return int(requests.count[requests.cause != Cause.NONE].sum())


def by_cause(run: Run) -> Mapping[Cause, int]:
    """Failed requests by cause, in the order of the closed list; causes that did not occur not."""
    requests = in_window(run)
    counts = np.bincount(requests.cause, weights=requests.count, minlength=len(Cause))
    return {cause: int(counts[cause]) for cause in Cause if cause and counts[cause]}


def by_class(run: Run) -> Mapping[str, tuple[int, int]]:
    """Requests of the window and the failed ones among them by class; none if all are alike."""
    requests = in_window(run)
    if requests.endpoint_class is None:
        return {}
    size = len(run.classes)
    lost = np.where(requests.cause != Cause.NONE, requests.count, 0)
    every = np.bincount(requests.endpoint_class, weights=requests.count, minlength=size)
    failures = np.bincount(requests.endpoint_class, weights=lost, minlength=size)
    return {name: (int(every[n]), int(failures[n])) for n, name in enumerate(run.classes)}


@once_a_run
def per_second(run: Run) -> tuple[IntArray, IntArray]:
    """Requests and failed requests of each second of the window, the first at its start."""
    requests = in_window(run)
    count = requests.count
    lost = np.where(requests.cause != Cause.NONE, count, 0)
    return of_each_second(run, requests, count), of_each_second(run, requests, lost)


def of_each_second(run: Run, requests: RequestCounts, numbers: IntArray) -> IntArray:
    """The sum of the *numbers*, one a row of the window's *requests*, in each of its seconds."""
    start = floor(run.window.start)
    sums = np.zeros(ceil(run.window.end) - start, np.int64)
    seconds, found = requests.by_second(numbers)
    sums[seconds - start] = found
    return sums


def failed_share(run: Run, start: float, end: float) -> float | None:
    """The share of the requests meant to be sent in [*start*, *end*) that failed, by whole seconds.

    The truth, whatever the monitoring saw of it; None if nobody sent any.
    """
    counts = run.requests.within(floor(start), floor(end))
    if not counts.total:
        return None
    return int(counts.count[counts.cause != Cause.NONE].sum()) / counts.total
