"""Lanes: a run's pods in the order of a timeline, one row each, clipped to the time shown."""

from __future__ import annotations

from dataclasses import dataclass

from sim.model.run import PodSpan, Run


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


def _gone(lane: Lane) -> float:
    return lane.spans[-1].end
