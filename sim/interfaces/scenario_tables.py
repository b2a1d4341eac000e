"""What a scenario was understood to be: assumptions, warnings, errors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from sim.errors import Problem
from sim.i18n import Message, message, translate
from sim.interfaces.table import Row, Table
from sim.scenario.source import STDIN

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario

ORIGINS = {
    "assumed": message("assumed"),
    "given": message("given"),
    "manifest": message("manifest"),
}


def assumptions_table(scenario: Scenario, language: str) -> Table:
    """Field, value, whose it is and why: the release first, then what goes wrong with it."""
    headings = (message("field"), message("value"), message("whose"), message("why"))
    release, *others = [
        Row(
            cells=(
                assumption.field,
                shown(assumption.value, language),
                ORIGINS[assumption.origin].render(language),
                assumption.why.render(language),
            )
        )
        for assumption in scenario.assumptions
    ]
    return Table(
        title=translate(language, "What this rests on"),
        headings=tuple(heading.render(language) for heading in headings),
        rows=(release, *_fault_rows(scenario, language), *others),
    )


def _fault_rows(scenario: Scenario, language: str) -> list[Row]:
    from sim.faults.reading import faults_of

    given = ORIGINS["given"].render(language)
    faults = zip(scenario.faults, faults_of(scenario.faults), strict=True)
    return [
        Row(cells=("fault", spec.text, given, fault.describe().render(language)))
        for spec, fault in faults
    ]


def problem_lines(problems: Iterable[Problem], language: str) -> list[str]:
    """One line for each of *problems*, with its place; what was pasted has no file's name."""
    lines = []
    for problem in problems:
        place = pasted_place(problem, language)
        text = without_paste(problem).render(language)
        lines.append(f"{place}: {text}" if place else text)
    return lines


def pasted_place(problem: Problem, language: str) -> str:
    """Where *problem* stands in the text that was pasted; empty for one of a file or a flag."""
    if problem.file != STDIN or not problem.line:
        return ""
    return translate(
        language, "line {line}, column {column}", line=problem.line, column=problem.column
    )


def without_paste(problem: Problem) -> Problem:
    """*problem* without its place, where that is only the text that was pasted."""
    return replace(problem, file="", line=0, column=0) if problem.file == STDIN else problem


def shown(value: object, language: str) -> str:
    """*value* as text; a message in *language*."""
    return value.render(language) if isinstance(value, Message) else str(value)
