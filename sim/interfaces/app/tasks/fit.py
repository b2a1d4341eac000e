"""Fitting an access log that a visitor uploaded: what `seatrial fit` says of it, in limits."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from sim.errors import Problem, ScenarioError
from sim.i18n import LANGUAGES, translate
from sim.interfaces.app.task import GIB, Progress, Task
from sim.model.objects import JsonObject

LENGTH, STEP, GAP = "1h", "1m", "30m"  # As the command line has them.


def fit(order: JsonObject, progress: Progress) -> JsonObject:
    """The behaviour file of the log, with what to mind; or every mistake."""
    from sim.fitting.recording import Wishes, read

    progress(0, 1)
    wishes = Wishes.of(at=None, length=LENGTH, step=STEP, gap=GAP)
    with TemporaryDirectory() as folder:
        file = Path(folder, order["name"])
        file.write_text(order["log"], encoding="utf-8")
        try:
            found = read(str(file), wishes)
        except ScenarioError as error:
            return {"problems": _said(error.problems), "warnings": {}, "behaviour": ""}
    return {"problems": {}, "warnings": _said(found.warnings), "behaviour": found.document}


def _said(problems: tuple[Problem, ...]) -> JsonObject:
    """Each of *problems* with its line, and without its file, which is not the visitor's."""
    return {language: [_sentence(one, language) for one in problems] for language in LANGUAGES}


def _sentence(one: Problem, language: str) -> str:
    said = Problem(one.message, hint=one.hint).render(language)
    if not one.line:
        return said
    place = translate(language, "line {line}, column {column}", line=one.line, column=one.column)
    return f"{place}: {said}"


TASK = Task(carry_out=fit, memory_bytes=2 * GIB, seconds=30.0)
