"""What the monitoring said, as tables: alerts beside the truth, and what analyses were told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.analysis.failures import failed_share
from sim.i18n import Message, message, translate
from sim.interfaces.table import Row, Table
from sim.model.humanized import four_digits
from sim.model.samples import NAME

if TYPE_CHECKING:
    from sim.model.objects import JsonObject
    from sim.model.rules import AlertChange
    from sim.model.run import Run

MOST_ROWS = 40
TRUTH_SECONDS = 60.0  # How far back the truth beside an alert is looked up.
_PHASES: dict[str, Message] = {
    "pending": message("pending"),
    "firing": message("firing"),
    "resolved": message("resolved"),
    "dropped": message("over before it fired"),
    "error": message("cannot be evaluated"),
}
_NOT_SHOWN = {NAME, "alertname", "severity", "namespace", "instance", "job", "container"}


def alerts_table(run: Run, language: str) -> Table:
    """Each change of each alert from the window's start on; empty if there was none."""
    found = [one for one in run.alerts if one.time >= run.window.start]
    rows = [
        Row(
            cells=(
                f"{one.time - run.window.first_write:+.2f}",
                one.name,
                _PHASES[one.phase].render(language),
                four_digits(one.value),
                _truth(run, one.time),
                _about(one),
            )
        )
        for one in found[:MOST_ROWS]
    ]
    if len(found) > MOST_ROWS:
        more = translate(language, "and {n} more", n=len(found) - MOST_ROWS)
        rows.append(Row(cells=("…", more, "", "", "", "")))
    headings = (
        message("s"),
        message("alert"),
        message("state"),
        message("value"),
        message("truth"),
        message("of what"),
    )
    return Table(
        title=translate(
            language,
            "Alerts, in seconds from the first write; truth: what failed in the minute before",
        ),
        headings=tuple(heading.render(language) for heading in headings),
        rows=tuple(rows),
    )


def measurements_table(run: Run, language: str) -> Table:
    """Each answer that an analysis got; empty if nobody asked."""
    rows = [
        Row(
            cells=(
                f"{one.time - run.window.first_write:+.2f}",
                f"{one.analysis}: {one.metric}",
                one.verdict.phase.value,
                one.verdict.reason.render(language),
            )
        )
        for one in run.measurements[:MOST_ROWS]
    ]
    if len(run.measurements) > MOST_ROWS:
        more = translate(language, "and {n} more", n=len(run.measurements) - MOST_ROWS)
        rows.append(Row(cells=("…", more, "", "")))
    headings = (message("s"), message("metric"), message("verdict"), message("why"))
    return Table(
        title=translate(
            language, "What the release was judged by, in seconds from the first write"
        ),
        headings=tuple(heading.render(language) for heading in headings),
        rows=tuple(rows),
    )


def alerts_json(run: Run) -> list[JsonObject]:
    """The changes under stable names."""
    return [
        {
            "time": one.time,
            "alert": one.name,
            "state": one.phase,
            "labels": dict(one.labels),
            "value": one.value if abs(one.value) < float("inf") else None,
            "annotations": dict(one.annotations),
            "failedInTheMinuteBefore": failed_share(run, one.time - TRUTH_SECONDS, one.time),
        }
        for one in run.alerts
    ]


def measurements_json(run: Run) -> list[JsonObject]:
    """The answers under stable names; reasons are in English."""
    return [
        {
            "time": one.time,
            "analysis": one.analysis,
            "metric": one.metric,
            "phase": one.verdict.phase.value,
            "reason": str(one.verdict.reason),
        }
        for one in run.measurements
    ]


def _truth(run: Run, time: float) -> str:
    share = failed_share(run, time - TRUTH_SECONDS, time)
    return "-" if share is None else f"{100 * share:.3g}%"


def _about(one: AlertChange) -> str:
    """The labels that tell alerts of one rule apart, and the summary of one that fires."""
    labels = (
        f"{k}={v}" for k, v in one.labels if k not in _NOT_SHOWN and not k.startswith("label_")
    )
    told = dict(one.annotations)
    summary = told.get("error", "") or (told.get("summary", "") if one.phase == "firing" else "")
    return "; ".join(filter(None, (", ".join(labels), summary)))
