"""Arrivals in a log: the stretch that a release should be tried on, and how random it was."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

MOST_STEPS = 1000  # Points of a piecewise curve in a scenario.


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A part of a recording: from *start* on, *counts* per *step_seconds*."""

    start: float
    step_seconds: float
    counts: NDArray[np.float64]

    @property
    def length_seconds(self) -> float:
        """How long it is."""
        return len(self.counts) * self.step_seconds

    @property
    def rates(self) -> NDArray[np.float64]:
        """Requests per second in each step."""
        return self.counts / self.step_seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispersion:
    """How much counts of equal intervals differ: *index* is variance over mean, 1 for Poisson.

    *p* is the probability of as much or more if they were Poisson counts around one mean.
    """

    index: float
    p: float
    intervals: int


def counted(times: NDArray[np.float64], start: float, step: float, steps: int) -> Stretch:
    """*times* as counts of *steps* steps from *start* on."""
    place = np.floor((times - start) / step).astype(np.int64)
    place = place[(place >= 0) & (place < steps)]
    counts = np.bincount(place, minlength=steps).astype(np.float64)
    return Stretch(start=start, step_seconds=step, counts=counts)


def busiest(times: NDArray[np.float64], length: float) -> float:
    """When the *length* with the most of *times* begins: at one of them."""
    after = np.searchsorted(times, times + length, side="left")
    return float(times[np.argmax(after - np.arange(len(times)))])


def dispersion(counts: NDArray[np.float64]) -> Dispersion | None:
    """Fisher's index of dispersion; None where there is nothing to compare.

    Under Poisson counts of one mean (n - 1) x index is chi-squared with n - 1 degrees of freedom.
    (Fisher, Statistical Methods for Research Workers, section 17)
    """
    n = len(counts)
    if n < 2 or not counts.sum():
        return None
    index = float(counts.var(ddof=1) / counts.mean())
    return Dispersion(index=index, p=float(stats.chi2.sf((n - 1) * index, n - 1)), intervals=n)


def dispersion_around(counts: NDArray[np.float64], steps: int) -> Dispersion | None:
    """The same around a mean that changes: *counts* fall into *steps* groups, each with its own.

    So that a slow rise and fall of the rate, which the curve has in it, is not taken for bursts.
    """
    groups = counts[: len(counts) // steps * steps].reshape(steps, -1)
    groups = groups[groups.sum(axis=1) > 0]
    if not groups.size or groups.shape[1] < 2:
        return None
    freedom = len(groups) * (groups.shape[1] - 1)
    means = groups.mean(axis=1, keepdims=True)
    total = float((((groups - means) ** 2) / means).sum())
    return Dispersion(
        index=total / freedom, p=float(stats.chi2.sf(total, freedom)), intervals=groups.size
    )
