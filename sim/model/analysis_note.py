"""How far an analysis has come, as a note in an object: for whoever is started again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sim.model.analysis import AnalysisPhase, MetricState


def written_note(began: float, states: Mapping[str, MetricState]) -> str:
    """That it *began* then, and the counts of each metric."""
    facts = {name: asdict(state) for name, state in states.items()}
    return json.dumps({"began": began, "metrics": facts}, sort_keys=True)


def read_note(text: str) -> AnalysisPhase | tuple[float, Mapping[str, MetricState]] | None:
    """What it came to, or when it began and its counts by metric; None without a note."""
    if not text:
        return None
    if not text.startswith("{"):
        return AnalysisPhase(text)
    found = json.loads(text)
    states = {name: _state(facts) for name, facts in found["metrics"].items()}
    return float(found["began"]), states


def _state(facts: Mapping[str, Any]) -> MetricState:
    last = facts["last"]
    phases = {
        "phase": AnalysisPhase(facts["phase"]),
        "last": None if last is None else AnalysisPhase(last),
    }
    return MetricState(**{**facts, **phases})
