"""Traffic share: what became of each second's requests, by the version that answered them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.analysis.failures import in_window, of_each_second, per_second
from sim.model.causes import Cause
from sim.model.run import Run

Shares = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficShare:
    """Shares of each second's requests: *answered[v]* well by version v, *failed* by anybody.

    They add up to 1 in a second with requests and are all 0 in one without.
    """

    seconds: npt.NDArray[np.int64]
    answered: tuple[Shares, ...]
    failed: Shares


def traffic_share(run: Run) -> TrafficShare:
    """The shares of every second of the window."""
    every, failed = per_second(run)
    start = int(np.floor(run.window.start))
    requests = in_window(run)
    version, divisor = requests.version, np.maximum(every, 1)
    well = np.where(requests.cause == Cause.NONE, requests.count, 0)

    def answered(number: int) -> Shares:
        counts = of_each_second(run, requests, np.where(version == number, well, 0))
        shares: Shares = counts / divisor
        return shares

    return TrafficShare(
        seconds=start + np.arange(len(every), dtype=np.int64),
        answered=tuple(answered(number) for number in range(len(run.versions))),
        failed=failed / divisor,
    )
