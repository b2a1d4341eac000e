"""Series of samples, as a Prometheus server keeps them: by labels, in time, with an end."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import nan
from typing import NamedTuple

from sim.model.samples import Labels, labels_of

LOOKBACK_SECONDS = 300.0  # How old a sample may be and still count as the present value.


def milliseconds(time: float) -> float:
    """*time* in seconds, to the millisecond: no finer does Prometheus know it."""
    return round(time, 3)


class Point(NamedTuple):
    """One sample of one series."""

    time: float
    value: float


@dataclass(slots=True)
class Series:
    """The samples of one set of *labels*, in time; a stale one says that the target has gone."""

    labels: Labels
    times: list[float] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    stale: list[bool] = field(default_factory=list)

    def at(self, time: float) -> float | None:
        """The latest value up to *time*; None if it is stale, or older than the lookback.

        The window (time - lookback, time] is left-open, as in Prometheus 3.
        """
        place = bisect_right(self.times, milliseconds(time)) - 1
        oldest = milliseconds(time - LOOKBACK_SECONDS)
        if place < 0 or self.times[place] <= oldest or self.stale[place]:
            return None
        return self.values[place]

    def between(self, start: float, end: float) -> tuple[Point, ...]:
        """The samples in (start, end], without stale ones."""
        first = bisect_right(self.times, milliseconds(start))
        last = bisect_right(self.times, milliseconds(end))
        return tuple(
            Point(self.times[place], self.values[place])
            for place in range(first, last)
            if not self.stale[place]
        )


class SeriesStore:
    """All series of one server."""

    def __init__(self) -> None:
        self._series: dict[Labels, Series] = {}

    def append(self, labels: Labels, time: float, value: float) -> None:
        """A scrape at *time* saw *value*. Raise a `ValueError` unless times grow."""
        self._add(labels, time, value, stale=False)

    def end(self, labels: Labels, time: float) -> None:
        """The scrape at *time* did not see the series any more."""
        self._add(labels, time, nan, stale=True)

    def _add(self, labels: Labels, time: float, value: float, *, stale: bool) -> None:
        time = milliseconds(time)
        series = self._series.get(labels)
        if series is None:
            key = labels_of(labels)
            series = self._series.setdefault(key, Series(key))
        if series.times and time <= series.times[-1]:
            raise ValueError(f"time must be after {series.times[-1]}, not {time}")
        series.times.append(time)
        series.values.append(value)
        series.stale.append(stale)

    def select(self, wanted: Callable[[Labels], bool]) -> Iterator[Series]:
        """The series whose labels are *wanted*, sorted by them."""
        for labels in sorted(self._series):
            if wanted(labels):
                yield self._series[labels]
