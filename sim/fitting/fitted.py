"""What was found in a recording: traffic, users, classes, how well it fits, and what to mind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.fitting.access_log import Log
from sim.fitting.arrivals import (
    Dispersion,
    Stretch,
    busiest,
    counted,
    dispersion,
    dispersion_around,
)
from sim.fitting.endpoint_class import OTHER
from sim.fitting.visits import (
    SeenVisits,
    distance_of_pauses,
    distance_of_sizes,
    population_of,
    visits_of,
)

MOST_CLASSES = 12
LEAST_SHARE = 0.01  # What is rarer is counted as other.
MOST_POPULATION = 1_000_000_000
LONGEST_VISIT_SECONDS = 900.0
_EXPECTED = 5.0  # Counts of an interval from which on chi-squared is a fair approximation,
_GROUP = 12  # and how many such intervals share a mean.


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A recording as a scenario can say it. Without visits nothing is known of single users."""

    requests: float
    first: float
    last: float
    stretch: Stretch
    mean_rate: float
    dispersion: Dispersion | None  # Of requests,
    visits: SeenVisits | None = None
    visit_dispersion: Dispersion | None = None  # and of the beginnings of visits.
    sizes_distance: float = 0.0
    pauses_distance: float = 0.0
    distinct: int = 0
    population: float = 0.0
    classes: tuple[tuple[str, float], ...] = ()
    server_errors: int = 0
    bots: int = 0
    unread: int = 0
    first_unread: int = 0


def fit_log(log: Log, *, at: float | None, length: float, step: float, gap_seconds: float) -> Fit:
    """The traffic of *log* from the moment *at* on (None: where it is busiest) for *length*."""
    first, last = float(log.times[0]), float(log.times[-1])
    length = min(length, max(last - first + 1.0, step))
    start = busiest(log.times, length) if at is None else at
    visits = visits_of(log.times, log.clients, gap_seconds)
    distinct = len(np.unique(log.clients))
    return Fit(
        requests=log.requests,
        first=first,
        last=last,
        stretch=counted(log.times, start, step, max(1, round(length / step))),
        mean_rate=log.requests / (last - first + 1.0),
        dispersion=_around(log.times, first, last),
        visits=visits,
        visit_dispersion=_around(visits.starts, first, last),
        sizes_distance=distance_of_sizes(visits.sizes),
        pauses_distance=distance_of_pauses(visits.pauses),
        distinct=distinct,
        population=min(population_of(visits.count, distinct), MOST_POPULATION),
        classes=_classes(log),
        server_errors=log.server_errors,
        bots=log.bots,
        unread=log.unread,
        first_unread=log.first_unread,
    )


def fit_counts(rows: list[tuple[float, float]], *, at: float | None, length: float) -> Fit:
    """The traffic of a recording of (seconds, requests per second), one interval apart."""
    times = np.array([time for time, _ in rows])
    rates = np.array([rate for _, rate in rows])
    step = float(np.median(np.diff(times)))
    places = max(1, min(len(rows), round(length / step)))
    sums = np.convolve(rates, np.ones(places), "valid")
    start = int(np.argmax(sums)) if at is None else int(np.searchsorted(times, at, "right")) - 1
    start = max(start, 0)
    counts = rates[start : start + places] * step
    return Fit(
        requests=float(rates.sum() * step),
        first=float(times[0]),
        last=float(times[-1]) + step,
        stretch=Stretch(start=float(times[start]), step_seconds=step, counts=counts),
        mean_rate=float(rates.mean()),
        dispersion=dispersion(counts),
    )


def _around(times: NDArray[np.float64], first: float, last: float) -> Dispersion | None:
    """How random *times* are, apart from a rate that changes slowly."""
    span = last - first + 1.0
    interval = max(1.0, np.ceil(_EXPECTED * span / len(times)))
    groups = int(span // (interval * _GROUP))
    if groups < 1:
        return None
    found = counted(times, first, interval, groups * _GROUP)
    return dispersion_around(found.counts, groups)


def _classes(log: Log) -> tuple[tuple[str, float], ...]:
    """The endpoint classes by share; what is rare, and what is beyond the twelfth, is `other`."""
    shares = np.bincount(log.classes, minlength=len(log.class_names)) / log.requests
    named = sorted(zip(shares, log.class_names, strict=True), key=lambda one: (-one[0], one[1]))
    kept = [
        (name, float(share)) for share, name in named if share >= LEAST_SHARE and name != OTHER
    ][: MOST_CLASSES - 1]
    rest = 1.0 - sum(share for _, share in kept)
    return (*kept, (OTHER, rest)) if rest > 1e-9 else tuple(kept)
