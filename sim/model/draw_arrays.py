"""Many keyed draws at once: the numbers of `sim.model.draws.Stream`, to the bit, as arrays."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.model.draws import _ATTEMPT_BITS, _FIRST, _SECOND, Stream


def uniforms(
    stream: Stream, numbers: npt.NDArray[np.uint64], attempt: int = 0
) -> npt.NDArray[np.float64]:
    """`stream.uniform(number, attempt)` for each of *numbers*."""
    key, multiplier = (np.uint64(one) for one in stream.keys)
    counter = (numbers << np.uint64(_ATTEMPT_BITS)) | np.uint64(attempt)
    x = key + counter * multiplier  # Modulo 2**64, as arrays of this type do.
    x = (x ^ (x >> np.uint64(30))) * np.uint64(_FIRST)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(_SECOND)
    x ^= x >> np.uint64(31)
    found: npt.NDArray[np.float64] = ((x >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52
    return found
