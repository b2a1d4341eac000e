"""Alerts against the truth: when requests really failed, and when the monitoring said so.

Times are seconds of the run. The truth is whole seconds of requests by their final answer, which no
monitoring has; what it said comes from scrapes and rules, late and coarse.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import floor, inf

from sim.analysis.failures import per_second
from sim.model.rules import AlertChange
from sim.model.run import Run
from sim.model.samples import Labels

QUIET_SECONDS = 10  # So many seconds without a failure end a time of harm.


@dataclass(frozen=True, slots=True, kw_only=True)
class Harm:
    """A time from the first second with a failed request to the end of the last one.

    *failed* of the *sent* requests of that time failed. No other is within `QUIET_SECONDS`.
    """

    start: float
    end: float
    failed: int
    sent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSpan:
    """An alert was pending or firing (*phase*) from *start* to *end*, infinite if it still is."""

    phase: str
    start: float
    end: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertLane:
    """One alert, told from others of its rule by *labels*, and all that became of it."""

    name: str
    labels: Labels
    spans: tuple[AlertSpan, ...]

    @property
    def fired_at(self) -> tuple[float, ...]:
        """Each moment at which it began to fire."""
        return tuple(span.start for span in self.spans if span.phase == "firing")


def times_of_harm(run: Run) -> tuple[Harm, ...]:
    """The times of the window in which requests failed, in order."""
    sent, failed = (counts.tolist() for counts in per_second(run))
    return tuple(harms_in(sent, failed, float(floor(run.window.start))))


def harms_in(sent: Sequence[int], failed: Sequence[int], start: float) -> Iterator[Harm]:
    """The times of harm in counts of each second, the first of which begins at *start*."""
    bad = [second for second, count in enumerate(failed) if count]
    first = 0
    for place, second in enumerate(bad):
        last = place == len(bad) - 1
        if last or bad[place + 1] - second > QUIET_SECONDS:
            low, high = bad[first], second + 1
            yield Harm(
                start=start + low,
                end=start + high,
                failed=sum(failed[low:high]),
                sent=sum(sent[low:high]),
            )
            first = place + 1


def alert_lanes(run: Run) -> tuple[AlertLane, ...]:
    """A lane for each alert that was ever pending, in the order of their first word."""
    told: dict[Labels, list[AlertChange]] = {}
    for change in run.alerts:
        if change.phase != "error":
            told.setdefault(change.labels, []).append(change)
    return tuple(
        AlertLane(name=changes[0].name, labels=labels, spans=tuple(_spans(changes)))
        for labels, changes in told.items()
    )


def _spans(changes: Sequence[AlertChange]) -> Iterator[AlertSpan]:
    for number, change in enumerate(changes):
        if change.phase in ("pending", "firing"):
            end = changes[number + 1].time if number + 1 < len(changes) else inf
            if end > change.time:
                yield AlertSpan(phase=change.phase, start=change.time, end=end)


def told_by(harm: Harm, harms: Sequence[Harm], lanes: Sequence[AlertLane]) -> AlertLane | None:
    """The alert that was the first to fire for *harm*: after it began and before the next one."""
    until = min((other.start for other in harms if other.start > harm.start), default=inf)
    found = [
        (time, number)
        for number, lane in enumerate(lanes)
        for time in lane.fired_at
        if harm.start <= time < until
    ]
    return lanes[min(found)[1]] if found else None


def detection_seconds(harm: Harm, lane: AlertLane) -> float:
    """From the second in which users were first hurt to the moment at which *lane* fired."""
    return min(time for time in lane.fired_at if time >= harm.start) - harm.start


def false_alarms(harms: Sequence[Harm], lanes: Sequence[AlertLane]) -> list[tuple[float, str]]:
    """When and by which alert somebody was called before anybody had been hurt."""
    first = min((harm.start for harm in harms), default=inf)
    return sorted((time, lane.name) for lane in lanes for time in lane.fired_at if time < first)
