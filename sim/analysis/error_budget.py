"""Error budget: the failures that the SLO allows, and how fast a release burned them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.analysis.downtime import ENOUGH_REQUESTS
from sim.analysis.failures import failed, per_second, sent
from sim.model.run import Run

BURN_SECONDS = 10


def budget_burned(run: Run, no_release: Run, slo_availability: float) -> float | None:
    """Failures beyond no release, as a share of all that the SLO allows in the window.

    90 failures more among 10,000 requests at an SLO of 99.9 % burn 9 budgets of 10 each. Negative
    if the release failed fewer. None if there is no budget: an SLO of 100 %, or no request.
    """
    budget = (1.0 - slo_availability) * sent(run)
    return (failed(run) - failed(no_release)) / budget if budget > 0 else None


def burned_by_second(
    run: Run, no_release: Run, slo_availability: float
) -> npt.NDArray[np.float64] | None:
    """The same by each second's end: what had been burned until then; the last is all of it."""
    budget = (1.0 - slo_availability) * sent(run)
    if budget <= 0:
        return None
    (_, lost), (_, anyway) = per_second(run), per_second(no_release)
    burned: npt.NDArray[np.float64] = np.cumsum(lost - anyway) / budget
    return burned


def peak_burn_rate(run: Run, slo_availability: float) -> float | None:
    """The highest error ratio over any 10 whole seconds, as a multiple of what the SLO allows.

    1 burns the budget exactly in the SLO's period. Spans with fewer than 20 requests are too
    small to judge; None if there are no others. A shorter window is one span.
    """
    allowed = 1.0 - slo_availability
    if allowed <= 0:
        return None
    requests, failures = per_second(run)
    span = np.ones(min(BURN_SECONDS, len(requests)), dtype=np.int64)
    every, lost = (np.convolve(counts, span, "valid") for counts in (requests, failures))
    enough = every >= ENOUGH_REQUESTS
    if not enough.any():
        return None
    return float((lost[enough] / every[enough]).max() / allowed)
