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
    """Field, value, whose it is and why: the release first."""
    headings = (message("field"), message("value"), message("whose"), message("why"))
    return Table(
        title=translate(language, "What this rests on"),
        headings=tuple(heading.render(language) for heading in headings),
        rows=tuple(
            Row(
                cells=(
                    assumption.field,
                    shown(assumption.value, language),
                    ORIGINS[assumption.origin].render(language),
                    assumption.why.render(language),
                )
            )
            for assumption in scenario.assumptions
        ),
    )


def problem_lines(problems: Iterable[Problem], language: str) -> list[str]:
    """One line for each of *problems*, with its place."""
    return [problem.render(language) for problem in problems]


def shown(value: object, language: str) -> str:
    """*value* as text; a message in *language*."""
    return value.render(language) if isinstance(value, Message) else str(value)
