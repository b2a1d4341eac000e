"""The plan: what strategies hold on purpose and when faults strike, seconds from the first write.

Pods take time of their own, which only a run can tell: a step begins when the one before has been
held, and not before its pods are available.
"""

from __future__ import annotations

from math import isinf
from typing import TYPE_CHECKING

from sim.faults.reading import faults_of
from sim.i18n import LANGUAGES, Message, message
from sim.model.canary_steps import Analyse, Pause, SetWeight, Step
from sim.model.objects import JsonObject
from sim.strategies import STRATEGIES, strategy_named
from sim.strategies.canary import Canary
from sim.strategies.canary_then_rolling import CanaryThenRolling

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario
    from sim.world import Fault

BEFORE_SECONDS = 30.0  # As `sim.experiments.window` has it, unless the scenario says otherwise.


def plan_of(scenario: Scenario) -> JsonObject:
    """Bars of every strategy that waits on purpose, and of every fault of *scenario*."""
    window = scenario.window
    before = BEFORE_SECONDS if window is None or window.before is None else window.before
    strategies = []
    for name in STRATEGIES:
        strategy = strategy_named(name, scenario.strategies.get(name))
        if isinstance(strategy, Canary | CanaryThenRolling):
            bars = _steps(strategy.steps)
        else:
            planned = strategy.planned_seconds()
            text = message("waits {seconds} s on purpose", seconds=f"{planned:g}")
            bars = [(0.0, planned, text)] if planned else []
        if bars:
            strategies.append({"name": name, "bars": [_bar(*bar) for bar in bars]})
    faults = [
        {"name": spec.text, "bars": [_bar(*_when(fault, before), fault.describe())]}
        for spec, fault in zip(scenario.faults, faults_of(scenario.faults), strict=True)
    ]
    return {"strategies": strategies, "faults": faults}


def _steps(steps: tuple[Step, ...]) -> list[tuple[float, float | None, Message]]:
    """Each pause or analysis at the weight set before it; one without end is open."""
    bars: list[tuple[float, float | None, Message]] = []
    now, weight = 0.0, 0
    for step in steps:
        if isinstance(step, SetWeight):
            weight = step.percent
        elif isinstance(step, Pause):
            text = message("{percent} % for the new version", percent=weight)
            if step.seconds is None:
                bars.append((now, None, text))
                break
            bars.append((now, now + step.seconds, text))
            now += step.seconds
        elif isinstance(step, Analyse):
            text = message("{percent} % for the new version, judged", percent=weight)
            bars.append((now, now + step.analysis.planned_seconds, text))
            now += step.analysis.planned_seconds
    return bars


def _when(fault: Fault, before: float) -> tuple[float, float | None]:
    """From when to when *fault* holds; one of a version is there whenever that version is."""
    span = getattr(fault, "span", None)
    if span is not None:
        start = 0.0 if isinf(span.start) else span.start - before
        return start, None if isinf(span.end) else span.end - before
    at = getattr(fault, "at_seconds", None)
    return (0.0 if at is None else at - before), None


def _bar(start: float, end: float | None, text: Message) -> JsonObject:
    words = {language: text.render(language) for language in LANGUAGES}
    return {"start": start, "end": end, "text": words}
