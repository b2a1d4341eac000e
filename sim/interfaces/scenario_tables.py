"""What a scenario was understood to be: assumptions, warnings, errors."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sim.errors import Problem
from sim.i18n import Message, message, translate
from sim.interfaces.table import Row, Table

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
    """One line for each of *problems*, with its place."""
    return [problem.render(language) for problem in problems]


def shown(value: object, language: str) -> str:
    """*value* as text; a message in *language*."""
    return value.render(language) if isinstance(value, Message) else str(value)
