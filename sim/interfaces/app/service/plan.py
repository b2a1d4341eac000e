"""The plan: what strategies hold on purpose and when faults strike, seconds from the first write.

Pods take time of their own, which only a run can tell: a step begins when the one before has been
held, and not before its pods are available.
"""

from __future__ import annotations

from math import isinf
from typing import TYPE_CHECKING

from sim.faults.reading import faults_of
from sim.i18n import LANGUAGES
from sim.interfaces.app.service.planned_waits import Wait, planned_waits
from sim.model.objects import JsonObject
from sim.strategies import STRATEGIES, strategy_named

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario
    from sim.world import Fault

BEFORE_SECONDS = 30.0  # As `sim.experiments.window` has it, unless the scenario says otherwise.


def plan_of(scenario: Scenario) -> JsonObject:
    """Bars of every strategy that waits on purpose, and of every fault of *scenario*.

    The strategy that the manifests ask for comes first, and says so.
    """
    window = scenario.window
    before = BEFORE_SECONDS if window is None or window.before is None else window.before
    own = None if scenario.own is None else scenario.own.name
    strategies = []
    for name in sorted(STRATEGIES, key=lambda name: name != own):
        waits = planned_waits(strategy_named(name, scenario.strategies.get(name)))
        if waits:
            bars = [_bar(wait) for wait in waits]
            strategies.append({"name": name, "bars": bars, "own": name == own})
    faults = [
        {"name": spec.text, "bars": [_bar(_when(fault, before))], "own": False}
        for spec, fault in zip(scenario.faults, faults_of(scenario.faults), strict=True)
    ]
    return {"strategies": strategies, "faults": faults}


def _when(fault: Fault, before: float) -> Wait:
    """From when to when *fault* holds; one of a version is there whenever that version is."""
    what = fault.describe()
    span = getattr(fault, "span", None)
    if span is not None:
        start = 0.0 if isinf(span.start) else span.start - before
        return Wait(start=start, end=None if isinf(span.end) else span.end - before, what=what)
    at = getattr(fault, "at_seconds", None)
    return Wait(start=0.0 if at is None else at - before, end=None, what=what)


def _bar(wait: Wait) -> JsonObject:
    words = {language: wait.what.render(language) for language in LANGUAGES}
    return {"start": wait.start, "end": wait.end, "text": words, "short": wait.short}
