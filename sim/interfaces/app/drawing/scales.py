"""A scale: where a value stands on an axis, linear, or logarithmic beyond a knee."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from sim.interfaces.app.drawing.svg import ticks

FAR = 10.0  # So many times the knee is where a linear axis would press all others flat.


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """From *low* to *high*; with a *knee*, logarithmic beyond it on both sides of 0.

    A decade beyond the knee is as long as all from 0 to the knee, so 0, 1, 10 and 100 are equally
    far from each other with a knee of 1.
    """

    low: float
    high: float
    knee: float | None = None

    def at(self, value: float) -> float:
        """Where *value* stands: 0 at the low end, 1 at the high one, never beyond."""
        low, high = self._bent(self.low), self._bent(self.high)
        return min(max((self._bent(value) - low) / (high - low), 0.0), 1.0)

    def marks(self, most: int) -> list[float]:
        """Round values along it, about *most* of a linear one; 0 and the knee among them."""
        if self.knee is None:
            return ticks(self.low, self.high, most)
        last = floor(log10(max(self.high / self.knee, 1.0)) + 1e-9)
        step = max(1, ceil(last / most))
        beyond = [self.knee * 10.0**n for n in range(0, last + 1, step)]
        below = [-one for one in reversed(beyond) if -one >= self.low]
        return [*below, *([0.0] if self.low <= 0 else []), *beyond]

    def _bent(self, value: float) -> float:
        if self.knee is None:
            return value
        parts = abs(value) / self.knee
        bent = parts if parts <= 1 else 1 + log10(parts)
        return bent if value >= 0 else -bent


def scale_over(values: Sequence[float], knee: float, room: float = 0.0) -> Scale:
    """A scale that holds 0, the *knee* and all *values*; bent if the largest is far beyond it.

    A straight one has *room*, a share of its length, on both sides of the values.
    """
    low, high = min(0.0, *values), max(knee, *values)
    if high > FAR * knee:
        return Scale(low=low, high=1.3 * high, knee=knee)
    edge = room * (high - low)
    return Scale(low=low - edge if low < 0 else low, high=high + edge)
