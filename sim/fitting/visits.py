"""Visits in a log: how many requests in a row a user makes, and how long they think in between.

The simulated visit is geometric in its number of requests and exponential in its pauses
(`sim.model.visit`). How far the recorded ones are from that is measured, not hidden.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenVisits:
    """What was recorded: *starts* and *sizes* of all visits, and the pauses inside them, sorted."""

    starts: NDArray[np.float64]
    sizes: NDArray[np.int64]
    pauses: NDArray[np.float64]

    @property
    def count(self) -> int:
        """How many visits there are."""
        return len(self.starts)

    @property
    def requests(self) -> float:
        """Requests of a visit, on average: what the geometric distribution is fitted by."""
        return float(self.sizes.mean())

    @property
    def think_seconds(self) -> float:
        """A pause, on average: what the exponential distribution is fitted by."""
        return float(self.pauses.mean()) if len(self.pauses) else 0.0


def visits_of(
    times: NDArray[np.float64], clients: NDArray[np.int32], gap_seconds: float
) -> SeenVisits:
    """The visits of *clients* (in the order of *times*): a pause above *gap_seconds* ends one."""
    order = np.lexsort((times, clients))
    at, who = times[order], clients[order]
    pause = np.diff(at)
    inside = (np.diff(who) == 0) & (pause <= gap_seconds)
    first = np.concatenate([[True], ~inside])
    starts = at[first]
    edges = np.flatnonzero(first)
    sizes = np.diff(np.append(edges, len(at)))
    by_time = np.argsort(starts, kind="stable")
    return SeenVisits(starts=starts[by_time], sizes=sizes[by_time], pauses=np.sort(pause[inside]))


def distance_of_sizes(sizes: NDArray[np.int64]) -> float:
    """The largest difference between the recorded and the fitted distribution of visits' sizes."""
    mean = float(sizes.mean())
    values, counts = np.unique(sizes, return_counts=True)
    seen = np.cumsum(counts) / len(sizes)
    fitted = 1.0 - (1.0 - 1.0 / mean) ** values
    # Between two recorded sizes the fitted one climbs on while the recorded one stands still.
    before = np.concatenate([[0.0], seen[:-1]])
    reached = 1.0 - (1.0 - 1.0 / mean) ** (values - 1)
    return float(max(np.abs(seen - fitted).max(), np.abs(reached - before).max()))


def distance_of_pauses(pauses: NDArray[np.float64]) -> float:
    """The same for pauses, against an exponential distribution with their mean; 0 without any.

    A log has whole seconds, so a pause of n stands for anything between n - 1 and n + 1 and is
    compared at n + 1/2.
    """
    if not len(pauses) or not pauses.mean():
        return 0.0
    values, counts = np.unique(pauses, return_counts=True)
    seen = np.cumsum(counts) / len(pauses)
    fitted = 1.0 - np.exp(-(values + 0.5) / pauses.mean())
    before = np.concatenate([[0.0], seen[:-1]])
    reached = 1.0 - np.exp(-np.maximum(values - 0.5, 0.0) / pauses.mean())
    return float(max(np.abs(seen - fitted).max(), np.abs(reached - before).max()))


def population_of(visits: int, distinct: int) -> float:
    """How many users there are if *visits*, each by one of them at random, met *distinct* ones.

    The simulated users come at random too, so of P users P (1 - (1 - 1/P)^V) are expected in V
    visits; this is the P for which that equals what was seen. Infinite if nobody came twice.
    """
    if distinct >= visits:
        return float("inf")
    low, high = float(distinct), float(distinct)
    while _expected(high, visits) < distinct:
        high *= 2.0
    for _ in range(100):
        middle = (low + high) / 2.0
        if _expected(middle, visits) < distinct:
            low = middle
        else:
            high = middle
    return high


def _expected(population: float, visits: int) -> float:
    if population <= 1.0:
        return population
    return float(-population * np.expm1(visits * np.log1p(-1.0 / population)))
