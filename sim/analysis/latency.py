"""Latency: from the moment the user meant to send to the final answer, retries included.

Quantiles come from bins and carry their relative error (`sim.model.latency.RELATIVE_ERROR`).
"""

from __future__ import annotations

from sim.analysis.failures import in_window
from sim.model.causes import Cause
from sim.model.latency import quantile
from sim.model.run import Run


def latency_ms(run: Run, share: float, *, successes: bool) -> float | None:
    """The time within which *share* of the window's requests had their final answer.

    Only those that succeeded if *successes*, else all of them, errors too: a fast error is a fast
    answer. None if there is no such request.
    """
    requests = in_window(run)
    bins, counts = requests.bin, requests.count
    if successes:
        answered = requests.cause == Cause.NONE
        bins, counts = bins[answered], counts[answered]
    if not counts.sum():
        return None
    return 1000.0 * quantile(bins, counts, share)
