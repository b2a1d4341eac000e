"""Newcombe's interval for many pairs of shares at once, as an experiment's looks need it."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from sim.stats.intervals import LEVEL

FloatArray = npt.NDArray[np.float64]
Counted = tuple[npt.ArrayLike, npt.ArrayLike]
LEAST_EACH = 5  # Who converted and who did not, in each group: below it, nothing is said.


def share_gaps(
    first: Counted, second: Counted, level: float = LEVEL
) -> tuple[FloatArray, FloatArray]:
    """The *second* share minus the *first*, each (count, n), element by element.

    As `two_samples.two_proportions`: 48 of 80 and 56 of 70 give 0.052 to 0.334.
    """
    (share, low, high), (other, other_low, other_high) = (
        _wilson(*one, level=level) for one in (first, second)
    )
    below = np.hypot(other - other_low, high - share)
    above = np.hypot(other_high - other, share - low)
    return other - share - below, other - share + above


def enough(first: Counted, second: Counted) -> npt.NDArray[np.bool_]:
    """Where at least five of each group converted and five did not."""
    least = [np.minimum(count, np.asarray(n) - np.asarray(count)) for count, n in (first, second)]
    return np.asarray(np.minimum(*least) >= LEAST_EACH)


def _wilson(
    count: npt.ArrayLike, n: npt.ArrayLike, level: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    size = np.asarray(n, float)
    share = np.asarray(count, float) / size
    z = NormalDist().inv_cdf(0.5 + level / 2)
    scale = 1.0 + z * z / size
    centre = (share + z * z / (2 * size)) / scale
    half = z / scale * np.sqrt(share * (1 - share) / size + (z / (2 * size)) ** 2)
    return share, centre - half, centre + half
