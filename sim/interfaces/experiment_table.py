"""What came of an experiment, as a table and as JSON: both groups, and what follows from them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sim.i18n import Message, message, translate
from sim.interfaces.numbers import plain
from sim.interfaces.table import Row, Table

if TYPE_CHECKING:
    from sim.model.experiment import Experiment, Group
    from sim.model.objects import JsonObject
    from sim.model.verdict import Verdict

CANNOT_TELL = message("cannot tell")


def experiment_table(found: Experiment, language: str) -> Table:
    """Group A beside group B, and the verdict on each question with its reason."""
    numbers: tuple[tuple[Message, Callable[[Group], str]], ...] = (
        (message("users"), lambda group: plain(group.users, 0)),
        (message("users who flipped"), lambda group: plain(group.flipped, 0)),
        (message("conversions"), lambda group: plain(group.conversions, 0)),
        (message("revenue per user"), lambda group: plain(group.revenue.mean, 3)),
        (message("dwell time (s)"), lambda group: plain(group.dwell.mean, 1)),
        (message("left at once"), lambda group: plain(group.left, 0)),
        (message("failed requests"), lambda group: plain(group.failed_requests, 0)),
        (message("mean latency (ms)"), lambda group: plain(1000 * group.latency_seconds, 1)),
    )
    rows = [
        Row(cells=(name.render(language), shown(found.a), shown(found.b)))
        for name, shown in numbers
    ]
    for name, verdict in (
        (message("better by conversion"), found.conversion),
        (message("better by revenue"), found.revenue),
    ):
        winner = verdict.winner.value if verdict.winner is not None else CANNOT_TELL
        shown_winner = winner if isinstance(winner, str) else winner.render(language)
        reason = verdict.reason.render(language)
        rows.append(Row(cells=(name.render(language), shown_winner, reason)))
    return Table(
        title=translate(
            language,
            "A/B test, {seconds} s (sample-ratio check: p = {p})",
            seconds=f"{found.end - found.start:g}",
            p=f"{found.split_p_value:.3g}",
        ),
        headings=(translate(language, "figure"), "A", "B"),
        rows=tuple(rows),
    )


def experiment_json(found: Experiment) -> JsonObject:
    """The same under stable names, never translated."""
    return {
        "startSeconds": found.start,
        "endSeconds": found.end,
        "shareOfB": found.share_of_b,
        "a": _group(found.a),
        "b": _group(found.b),
        "splitPValue": found.split_p_value,
        "conversion": _verdict(found.conversion),
        "revenue": _verdict(found.revenue),
    }


def _group(group: Group) -> JsonObject:
    return {
        "version": group.version,
        "users": group.users,
        "flipped": group.flipped,
        "bounced": group.left,
        "conversions": group.conversions,
        "revenuePerUser": group.revenue.mean,
        "dwellSeconds": group.dwell.mean,
        "failedRequests": group.failed_requests,
        "latencySeconds": group.latency_seconds,
    }


def _verdict(verdict: Verdict) -> JsonObject:
    winner = None if verdict.winner is None else verdict.winner.value
    return {"winner": winner, "reason": verdict.reason.render("en")}
