"""Traffic share: what became of each second's requests, by the version that answered them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.analysis.failures import in_window, per_second
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
    divisor = np.maximum(every, 1)

    def answered(version: int) -> Shares:
        mine = (requests.version == version) & (requests.cause == Cause.NONE)
        counts = np.bincount(
            requests.second[mine] - start, weights=requests.count[mine], minlength=len(every)
        )
        shares: Shares = counts / divisor
        return shares

    return TrafficShare(
        seconds=start + np.arange(len(every), dtype=np.int64),
        answered=tuple(answered(version) for version in range(len(run.versions))),
        failed=failed / divisor,
    )
