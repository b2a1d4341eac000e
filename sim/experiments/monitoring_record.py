"""What the monitoring said in a run, for its folder: alerts, and what analyses were told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sim.i18n import Message
from sim.model.analysis import AnalysisPhase
from sim.model.measurement import Measurement
from sim.model.objects import JsonObject
from sim.model.rules import AlertChange
from sim.model.verdict import Verdict


def monitoring_facts(
    alerts: Sequence[AlertChange], measurements: Sequence[Measurement]
) -> JsonObject:
    """Both as JSON; nothing for a run that was not monitored. Values are text, for JSON has no NaN.

    Reasons are kept in English.
    """
    found: JsonObject = {}
    if alerts:
        found["alerts"] = [
            {
                **one._asdict(),
                "labels": dict(one.labels),
                "value": repr(one.value),
                "annotations": dict(one.annotations),
            }
            for one in alerts
        ]
    if measurements:
        found["measurements"] = [
            {
                "time": one.time,
                "analysis": one.analysis,
                "metric": one.metric,
                "phase": one.verdict.phase.value,
                "reason": str(one.verdict.reason),
            }
            for one in measurements
        ]
    return found


def alerts_from(facts: Mapping[str, Any]) -> tuple[AlertChange, ...]:
    """The alerts that were written."""
    return tuple(
        AlertChange(
            **{
                **one,
                "labels": tuple(one["labels"].items()),
                "value": float(one["value"]),
                "annotations": tuple(one["annotations"].items()),
            }
        )
        for one in facts.get("alerts", ())
    )


def measurements_from(facts: Mapping[str, Any]) -> tuple[Measurement, ...]:
    """The measurements that were written."""
    return tuple(
        Measurement(
            time=one["time"],
            analysis=one["analysis"],
            metric=one["metric"],
            verdict=Verdict(phase=AnalysisPhase(one["phase"]), reason=Message(one["reason"])),
        )
        for one in facts.get("measurements", ())
    )
