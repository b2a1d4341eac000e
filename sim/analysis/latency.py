"""Latency: from the moment the user meant to send to the final answer, retries included.

Quantiles come from bins and carry their relative error (`sim.model.latency.RELATIVE_ERROR`).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.analysis.failures import in_window
from sim.analysis.once_a_run import once_a_run
from sim.model.causes import Cause
from sim.model.latency import BINS, cumulated, quantile_of
from sim.model.run import Run


def latency_ms(run: Run, share: float, *, successes: bool) -> float | None:
    """The time within which *share* of the window's requests had their final answer.

    Only those that succeeded if *successes*, else all of them, errors too: a fast error is a fast
    answer. None if there is no such request.
    """
    counts = _of_successes(run) if successes else _of_all(run)
    return 1000.0 * quantile_of(counts, share) if counts.size and counts[-1] else None


def requests_by_bin(run: Run, start: float, end: float) -> npt.NDArray[np.float64]:
    """Requests of the window that were meant to be sent in [*start*, *end*), by latency bin.

    A stretch at a time: the requests of a whole day need not be looked at together.
    """
    requests = in_window(run).within(start, end)
    counts = np.bincount(requests.bin, weights=requests.count, minlength=BINS)
    return counts.astype(np.float64)


@once_a_run
def _of_all(run: Run) -> npt.NDArray[np.float64]:
    requests = in_window(run)
    return cumulated(requests.bin, requests.count)


@once_a_run
def _of_successes(run: Run) -> npt.NDArray[np.float64]:
    requests = in_window(run)
    succeeded = requests.cause == Cause.NONE
    return cumulated(requests.bin[succeeded], requests.count[succeeded])
