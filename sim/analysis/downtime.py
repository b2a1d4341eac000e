"""Downtime: how long failures were significantly above what the SLO allows.

The window is cut into stretches of whole seconds, each merged until it holds enough requests to
judge. A stretch begins and ends with a second in which somebody asked: silence shows nothing, so
it is neither up nor down. A rest that stays too small at the end joins the stretch before it, and
stands alone only where there is none.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from sim.analysis.failures import per_second
from sim.analysis.once_a_run import once_a_run
from sim.model.run import Run
from sim.stats import binomial_tail

ENOUGH_REQUESTS = 20
SIGNIFICANCE = 1e-4


class Stretch(NamedTuple):
    """Consecutive seconds judged together: [*start*, *start* + *seconds*)."""

    start: int
    seconds: int
    requests: int
    failed: int

    def is_down(self, slo_availability: float) -> bool:
        """Whether so many failures would be a 1 in 10,000 chance if the SLO were just met."""
        allowed = 1.0 - slo_availability
        return binomial_tail(self.failed, self.requests, allowed) < SIGNIFICANCE

    @property
    def is_out(self) -> bool:
        """Whether nothing succeeded."""
        return self.failed == self.requests

    def joined(self, later: Stretch) -> Stretch:
        """This stretch up to the end of a *later* one."""
        return Stretch(
            start=self.start,
            seconds=later.start + later.seconds - self.start,
            requests=self.requests + later.requests,
            failed=self.failed + later.failed,
        )


@once_a_run
def stretches(run: Run) -> tuple[Stretch, ...]:
    """The stretches of the window, in time order; none if nobody asked for anything."""
    found: list[Stretch] = []
    growing: Stretch | None = None
    for second in _seconds(run):
        growing = second if growing is None else growing.joined(second)
        if growing.requests >= ENOUGH_REQUESTS:
            found.append(growing)
            growing = None
    if growing is not None:
        found.append(found.pop().joined(growing) if found else growing)
    return tuple(found)


def _seconds(run: Run) -> Iterator[Stretch]:
    """The seconds in which somebody asked: silence is inside a stretch, not before or after it."""
    requests, failures = per_second(run)
    asked = np.flatnonzero(requests)
    starts = asked + int(run.window.start)
    columns = (starts, np.ones_like(asked), requests[asked], failures[asked])
    return map(Stretch._make, zip(*(column.tolist() for column in columns), strict=True))


def downtime_seconds(run: Run, slo_availability: float) -> float:
    """Total length of the stretches whose failures are significantly above what the SLO allows."""
    return float(sum(s.seconds for s in stretches(run) if s.is_down(slo_availability)))


def full_outage_seconds(run: Run) -> float:
    """Total length of the stretches in which nothing succeeded."""
    return float(sum(s.seconds for s in stretches(run) if s.is_out))
