"""YAML text to trees with places, guarded before anything is built.

Only ruamel's scanner and parser run, event by event; composing is done here with a stack, so
depth, size, tags and aliases are judged before memory or time is spent on them. Nothing is ever
constructed from a tag.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.scanner import Scanner

from sim.errors import Problem, ScenarioError
from sim.i18n import message
from sim.scenario.compose import Composer
from sim.scenario.dialect import Dialect, Refused, too_deep
from sim.scenario.node import Node, Place
from sim.scenario.syntax import explained, place_at


class _GuardedScanner(Scanner):
    """ruamel's scanner, stopped where its own look-ahead would run away."""

    def __init__(self, loader: Any) -> None:
        self.dialect: Dialect = loader.dialect
        self.file: str = loader.file
        super().__init__(loader=loader)

    def reset_scanner(self) -> None:
        self.words = 0
        super().reset_scanner()

    def _here(self) -> Place:
        return Place(self.file, self.reader.line + 1, self.reader.column + 1)

    def fetch_flow_collection_start(self, *given: Any, **named: Any) -> None:
        if self.flow_level >= self.dialect.most_depth:
            raise Refused(self._here(), *too_deep(self.dialect))
        super().fetch_flow_collection_start(*given, **named)

    def scan_plain_spaces(self, *given: Any) -> Any:
        self._count_word()
        return super().scan_plain_spaces(*given)

    def scan_flow_scalar_spaces(self, *given: Any) -> Any:
        self._count_word()
        return super().scan_flow_scalar_spaces(*given)

    def _count_word(self) -> None:
        self.words += 1
        if self.words > self.dialect.most_words:
            raise Refused(
                self._here(),
                message("more than {most} words of text", most=self.dialect.most_words),
                message("long texts belong into a block scalar (|), or out of this file"),
            )


def read(text: str, file: str, dialect: Dialect) -> tuple[list[Node], list[Problem]]:
    """The documents of *text* and the warnings about it. Raise `ScenarioError` if it is no good.

    Empty documents are left out, as kubectl does.
    """
    composer = Composer(file, dialect)
    try:
        _refuse_by_size(text, file, dialect)
        for event in _events(text, file, dialect):
            composer.take(event)
    except Refused as refused:
        raise _explained([*composer.errors, refused.problem], text) from None
    if composer.errors:
        raise _explained(composer.errors, text)
    return composer.documents, composer.warnings


def is_harmless(text: str, dialect: Dialect) -> bool:
    """Whether *text* is YAML within the *dialect*'s bounds, whatever it says: safe to hand on."""
    composer = Composer("", dialect)
    try:
        _refuse_by_size(text, "", dialect)
        for event in _events(text, "", dialect):
            composer.take(event)
    except Refused:
        return False
    return True


def _explained(problems: list[Problem], text: str) -> ScenarioError:
    """*problems* as an error; in a line of a chart that was not rendered, that is the mistake."""
    lines = text.split("\n")
    for problem in problems:
        line = lines[problem.line - 1] if 0 < problem.line <= len(lines) else ""
        if "{{" in line:
            place = Place(problem.file, problem.line, line.index("{{") + 1)
            return ScenarioError(
                [
                    place.problem(
                        message("this is a template, not yet a manifest"),
                        hint=message("render it first, as helm template does"),
                    )
                ]
            )
    return ScenarioError(problems)


def _refuse_by_size(text: str, file: str, dialect: Dialect) -> None:
    if text.count("\n") > dialect.most_lines:
        raise Refused(
            Place(file, dialect.most_lines + 1, 1),
            message("longer than {most} lines", most=dialect.most_lines),
            message("keep only the objects that this release concerns"),
        )


def _reader(file: str, dialect: Dialect) -> Any:
    """ruamel's pure reader with our scanner in the place of its own."""
    reader: Any = YAML(typ="safe", pure=True)
    reader.file = file
    reader.dialect = dialect
    reader.Scanner = _GuardedScanner
    return reader


def _events(text: str, file: str, dialect: Dialect) -> Iterator[Any]:
    last: Any = None
    try:
        for event in _reader(file, dialect).parse(text):
            last = event
            yield event
    except MarkedYAMLError as error:
        raise explained(error, file, text, last) from None
    except (YAMLError, ValueError, OverflowError) as error:
        # A pure-Python reader leaks these for malformed escapes and directives.
        place = Place(file, 1, 1) if last is None else place_at(file, last.start_mark)
        raise Refused(
            place, message("this is not valid YAML: {detail}", detail=_first_line(error))
        ) from None


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
