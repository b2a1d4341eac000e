"""An analysis run: judges asked again and again over time, as an AnalysisTemplate says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sim.model.analysis import (
    AnalysisMetric,
    AnalysisPhase,
    MetricState,
    assess,
    measured,
    next_at,
)
from sim.model.measurement import Measurement as Measurement
from sim.model.verdict import Verdict
from sim.ports import Clock, Process


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisOutcome:
    """What an analysis came to, and every measurement on the way."""

    phase: AnalysisPhase
    measurements: tuple[Measurement, ...]


def analyse(
    clock: Clock,
    metrics: Mapping[AnalysisMetric, Callable[[], Verdict]],
    *,
    terminated: Callable[[], bool] = lambda: False,
) -> Process[AnalysisOutcome]:
    """Measure each of *metrics* by asking its judge, until the worst of them is known.

    A measurement takes no time. *terminated* is asked before each: an analysis that is stopped
    early has succeeded, if nothing has failed before. With no *metrics* it succeeds at once.
    """
    templates = {metric.name: metric for metric in metrics}
    states = dict.fromkeys(templates, MetricState())
    taken: list[Measurement] = []
    started = clock.now()
    phase = assess(templates, states)
    while not phase.completed:
        due = {
            metric: at
            for metric in metrics
            if (at := next_at(metric, states[metric.name], started)) is not None
        }
        until = min(due.values())
        stopped = yield clock.until(terminated, until)
        if stopped or terminated():
            return AnalysisOutcome(
                phase=assess(templates, states, terminated=True), measurements=tuple(taken)
            )
        for metric in [metric for metric, at in due.items() if at <= until]:
            verdict = metrics[metric]()
            states[metric.name] = measured(metric, states[metric.name], verdict.phase, clock.now())
            taken.append(Measurement(time=clock.now(), metric=metric.name, verdict=verdict))
        phase = assess(templates, states)
    return AnalysisOutcome(phase=phase, measurements=tuple(taken))
