"""Lanes: a run's pods in the order of a timeline, one row each, clipped to the time shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sim.model.run import PodPhase, PodSpan, Run
from sim.model.time_step import step_for

MOST_SPANS, MOST_STEPS = 1000, 150
_WORST_LAST = (
    PodPhase.READY,
    PodPhase.TERMINATING,
    PodPhase.PENDING,
    PodPhase.STARTING,
    PodPhase.UNREADY,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One pod's row: its name, its version's name, and its spans in time order."""

    pod: str
    version: str
    number: int
    spans: tuple[PodSpan, ...]

    @property
    def start(self) -> float:
        """When the pod came."""
        return self.spans[0].start


def lanes(run: Run, start: float, end: float) -> tuple[Lane, ...]:
    """The pods that lived in [*start*, *end*): old ones above new ones, then by age."""
    spans: dict[str, list[PodSpan]] = {}
    for span in sorted(run.pods, key=lambda span: span.start):
        if span.start < end and span.end > start:
            spans.setdefault(span.pod, []).append(span)
    found = [
        Lane(pod=pod, version=run.versions[own[0].version], number=own[0].version, spans=tuple(own))
        for pod, own in spans.items()
    ]
    return tuple(sorted(found, key=lambda lane: (lane.number, _gone(lane), lane.start, lane.pod)))


def condensed(found: Sequence[Lane], start: float, end: float) -> tuple[Lane, ...]:
    """The same lanes with no more spans than a picture of [*start*, *end*) has room for.

    Only where there are very many (containers that crash for hours): neighbours that are shorter
    than a step together become one, in the worst of their phases.
    """
    if sum(len(lane.spans) for lane in found) <= MOST_SPANS:
        return tuple(found)
    step = step_for(end - start, MOST_STEPS)
    return tuple(replace(lane, spans=tuple(_merged(lane.spans, step))) for lane in found)


def _merged(spans: Sequence[PodSpan], step: int) -> Iterator[PodSpan]:
    group: list[PodSpan] = []
    for span in spans:
        if group and span.end - group[0].start > step:
            yield _one(group)
            group = []
        group.append(span)
    if group:
        yield _one(group)


def _one(group: Sequence[PodSpan]) -> PodSpan:
    worst = max((span.phase for span in group), key=_WORST_LAST.index)
    return replace(group[0], phase=worst, end=group[-1].end)


def _gone(lane: Lane) -> float:
    return lane.spans[-1].end
