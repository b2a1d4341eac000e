"""Fitting an access log that a visitor uploaded: what `seatrial fit` says of it, in limits."""

from __future__ import annotations

from base64 import b64decode
from pathlib import Path
from tempfile import TemporaryDirectory

from sim.errors import Problem, ScenarioError
from sim.fitting.recording import Recording, Wishes, read
from sim.fitting.told import told
from sim.i18n import LANGUAGES, translate
from sim.interfaces.app.work.task import GIB, Progress, Task
from sim.interfaces.table import Row, Table
from sim.model.objects import JsonObject

LENGTH, STEP, GAP = "1h", "1m", "30m"  # As the command line has them.


def fit(order: JsonObject, progress: Progress) -> JsonObject:
    """The behaviour file of the log (bytes in base64, gzipped or not); or every mistake."""
    progress(0, 1)
    wishes = Wishes.of(at=None, length=LENGTH, step=STEP, gap=GAP)
    with TemporaryDirectory() as folder:
        file = Path(folder, order["name"])
        file.write_bytes(b64decode(order["log"]))
        try:
            found = read(str(file), wishes)
        except ScenarioError as error:
            said = _said(error.problems)
            return {"problems": said, "warnings": {}, "behaviour": "", "found": {}}
    return {
        "problems": {},
        "warnings": _said(found.warnings),
        "behaviour": found.document,
        "found": {language: _found(found, language) for language in LANGUAGES},
    }


def _found(recording: Recording, language: str) -> JsonObject:
    """What the log says, as a table."""
    heading, rows = told(recording.fit, recording.pods, language)
    title = translate(language, "What the log says")
    cells = tuple(Row(cells=tuple(row)) for row in rows)
    return Table(title=title, headings=("", heading), rows=cells).to_json()


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
