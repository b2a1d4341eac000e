"""Queries that somebody puts to the monitoring of a run, and its answers as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import TYPE_CHECKING, TypeAlias

from sim.errors import QueryError
from sim.i18n import Message, message, translate
from sim.interfaces.table import Row, Table
from sim.model.humanized import go_float
from sim.model.samples import Vector, shown

if TYPE_CHECKING:
    from sim.model.objects import JsonObject
    from sim.session import Session

# A query that Prometheus too refuses to answer is answered with the reason.
Answers: TypeAlias = "Mapping[str, Vector | float | Message]"


def required(queries: Sequence[str] | None) -> tuple[str, ...]:
    """*queries* once each. Raise a `ScenarioError` for those that cannot be asked."""
    if not queries:
        return ()
    from sim.monitoring.rule_groups import require_answerable

    found = tuple(dict.fromkeys(queries))
    require_answerable((), found)
    return found


def answers_of(session: Session, queries: Sequence[str]) -> Answers:
    """What the monitoring of *session* says now."""
    return {text: _answer(session, text) for text in queries}


def _answer(session: Session, promql: str) -> Vector | float | Message:
    try:
        return session.metrics.query(promql)
    except QueryError as error:
        return error.message


def answers_table(answers: Answers, language: str) -> Table:
    """A row for each sample; one that says so where there is none."""
    rows = [
        Row(cells=(promql if not number else "", *cells))
        for promql, answer in answers.items()
        for number, cells in enumerate(_cells(answer, language))
    ]
    headings = (message("query"), message("labels"), message("value"))
    return Table(
        title=translate(language, "Answers of the monitoring at the end of the window"),
        headings=tuple(heading.render(language) for heading in headings),
        rows=tuple(rows),
    )


def _cells(answer: Vector | float | Message, language: str) -> list[tuple[str, str]]:
    if isinstance(answer, Message):
        return [("", answer.render(language))]
    if isinstance(answer, float):
        return [("", go_float(answer))]
    if not answer:
        return [("", translate(language, "empty"))]
    return [(shown(one.labels), go_float(one.value)) for one in answer]


def answers_json(answers: Answers) -> JsonObject:
    """The answers under a stable name; nothing if nothing was asked."""
    if not answers:
        return {}
    return {"answers": [{"query": text, **_json(answer)} for text, answer in answers.items()]}


def _json(answer: Vector | float | Message) -> JsonObject:
    if isinstance(answer, Message):
        return {"error": str(answer)}
    if isinstance(answer, float):
        return {"value": _number(answer)}
    samples = [{"labels": dict(one.labels), "value": _number(one.value)} for one in answer]
    return {"samples": samples}


def _number(value: float) -> float | None:
    return value if isfinite(value) else None
