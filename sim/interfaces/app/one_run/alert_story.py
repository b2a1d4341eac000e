"""Alerts against the truth, for a page: plain numbers, and the sentences that name the delay."""

from __future__ import annotations

from math import isinf
from typing import TYPE_CHECKING

from sim.analysis.alert_lanes import (
    QUIET_SECONDS,
    alert_lanes,
    detection_seconds,
    false_alarms,
    times_of_harm,
    told_by,
)
from sim.i18n import translate
from sim.interfaces.app.one_run.recording import DIGITS
from sim.interfaces.app.one_run.usual_rule import USUAL
from sim.model.objects import JsonObject
from sim.model.rules import AlertRule
from sim.operators.policy import on_duty, rules_of

if TYPE_CHECKING:
    from sim.model.run import Run
    from sim.scenario.scenario import Scenario

MOST_TOLD = 8
_TOO_COMMON = {"alertname", "severity"}


def alerts_of(scenario: Scenario, run: Run) -> JsonObject:
    """Times of harm, lanes of alerts, delays; *rules* is how many could have fired at all.

    Seconds from the first write; an alert that is not over has no end. *usual*: the rule is ours.
    """
    zero = run.window.first_write
    harms, lanes = times_of_harm(run), alert_lanes(run)
    operators = on_duty(scenario) if run.strategy is not None else ()
    rules = (*scenario.rules, *rules_of(operators))
    told = []
    for harm in harms:
        lane = told_by(harm, harms, lanes)
        told.append(
            {
                "start": round(harm.start - zero, DIGITS),
                "end": round(harm.end - zero, DIGITS),
                "failed": harm.failed,
                "sent": harm.sent,
                "alert": None if lane is None else lane.name,
                "delay": None if lane is None else round(detection_seconds(harm, lane), DIGITS),
            }
        )
    return {
        "usual": any(USUAL in group.rules for group in scenario.rules),
        "rules": sum(isinstance(rule, AlertRule) for group in rules for rule in group.rules),
        "harms": told,
        "false": [[round(time - zero, DIGITS), name] for time, name in false_alarms(harms, lanes)],
        "lanes": [
            {
                "name": lane.name,
                "about": ", ".join(f"{k}={v}" for k, v in lane.labels if k not in _TOO_COMMON),
                "spans": [
                    [
                        span.phase,
                        round(span.start - zero, DIGITS),
                        None if isinf(span.end) else round(span.end - zero, DIGITS),
                    ]
                    for span in lane.spans
                ],
            }
            for lane in lanes
        ],
    }


def sentences(alerts: JsonObject, language: str) -> list[str]:
    """What happened and who said so when, a sentence for each time of harm and false alarm."""
    found = [_told(harm, language) for harm in alerts["harms"][:MOST_TOLD]]
    if not alerts["harms"]:
        found.append(translate(language, "No request failed: there was nothing to tell of."))
    if (more := len(alerts["harms"]) - MOST_TOLD) > 0:
        found.append(translate(language, "and {n} more", n=more))
    for time, name in alerts["false"]:
        found.append(
            translate(
                language,
                "{alert} fired at {time} s, before any request had failed: a false alarm if it "
                "is about errors, an early warning if it is about something else.",
                alert=name,
                time=f"{time:+.1f}",
            )
        )
    return found


def _told(harm: JsonObject, language: str) -> str:
    hurt = translate(
        language,
        "From {start} s to {end} s, {failed} of {sent} requests failed.",
        start=f"{harm['start']:+.0f}",
        end=f"{harm['end']:+.0f}",
        failed=f"{harm['failed']:,}",
        sent=f"{harm['sent']:,}",
    )
    if harm["alert"] is None:
        return hurt + " " + translate(language, "No alert fired for that.")
    told = translate(
        language,
        "{alert} fired {delay} s after the first of them: the detection delay.",
        alert=harm["alert"],
        delay=f"{harm['delay']:.1f}",
    )
    if harm["start"] + harm["delay"] > harm["end"]:
        told += " " + translate(language, "By then it was over.")
    return f"{hurt} {told}"


def definition(language: str) -> str:
    """What the picture means by harm."""
    return translate(
        language,
        "Above: the share of each second's requests that really failed by their final answer, "
        "which no monitoring knows. {quiet} seconds without a failure end a time of harm. Below: "
        "when each alert was pending and when it fired, by what Prometheus had scraped.",
        quiet=QUIET_SECONDS,
    )
