"""Where input comes from: files, directories, standard input, and bundled scenarios by name.

Everything is read with a limit, decoded as UTF-8, and refused if it is no text.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import BinaryIO

from sim.errors import Problem, ScenarioError
from sim.i18n import message
from sim.scenario.dialect import MANIFEST, SCENARIO, Dialect
from sim.scenario.node import Node, Place
from sim.scenario.yaml import read

SCENARIO_FILE = "scenario.yaml"
STDIN = "<stdin>"
_IS_SCENARIO = re.compile(
    r"^(apiVersion:[ \t]*[\"']?seatrial/|kind:[ \t]*[\"']?Scenario\b)", re.MULTILINE
)
_IS_BEHAVIOUR = re.compile(r"^kind:[ \t]*[\"']?Behaviour\b", re.MULTILINE)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Source:
    """The text of one file; *directory* is where its relative paths start, None for stdin."""

    file: str
    text: str
    directory: Path | None

    @property
    def is_scenario(self) -> bool:
        """Whether this is a scenario file and not a manifest."""
        return _IS_SCENARIO.search(self.text) is not None and not self.is_behaviour

    @property
    def is_behaviour(self) -> bool:
        """Whether this is a behaviour file, to be laid over a scenario."""
        return _IS_BEHAVIOUR.search(self.text) is not None

    @property
    def dialect(self) -> Dialect:
        """How the file is to be read."""
        return SCENARIO if self.is_scenario or self.is_behaviour else MANIFEST

    def documents(self) -> tuple[list[Node], list[Problem]]:
        """Its documents and the warnings about them. Raise `ScenarioError` if it is no good."""
        dialect = self.dialect
        size = len(self.text.encode())
        if size > dialect.most_bytes:
            raise _too_large(self.file, dialect)
        return read(self.text, self.file, dialect)


def _too_large(file: str, dialect: Dialect) -> ScenarioError:
    text = message("larger than {most} KiB", most=dialect.most_bytes // 1024)
    hint = message("keep only the objects that this release concerns")
    return ScenarioError([Place(file, 1, 1).problem(text, hint=hint)])


def open_source(name: str | Path, stdin: BinaryIO | None = None) -> Source:
    """The text behind *name*: a path, `-`, or the name of a bundled scenario."""
    if str(name) == "-":
        if stdin is None:
            raise _unusable("-", Problem(message("there is no standard input here")))
        return Source(STDIN, _text(stdin.read(MANIFEST.most_bytes + 1), STDIN), None)
    path = _existing(name)
    if path.is_dir():
        if not (path / SCENARIO_FILE).is_file():
            raise _unusable(
                str(name),
                Problem(
                    message("this directory holds no {file}", file=SCENARIO_FILE),
                    hint=message("name the manifest files in it instead"),
                ),
            )
        shown = f"{str(name).rstrip('/')}/{SCENARIO_FILE}"
        return open_file(path / SCENARIO_FILE, shown)
    return open_file(path, str(name))


def open_file(path: Path, shown: str) -> Source:
    """The text of the file at *path*, called *shown* in messages."""
    return Source(shown, _text(read_bytes(path, shown, MANIFEST.most_bytes), shown), path.parent)


def read_bytes(path: Path, shown: str, most: int) -> bytes:
    """At most *most* + 1 bytes of a regular file. Raise `ScenarioError` if that cannot be."""
    try:
        if path.exists() and not path.is_file():
            raise _unusable(shown, Problem(message("this is no regular file")))
        with path.open("rb") as stream:
            return stream.read(most + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _unusable(
            shown, Problem(message("cannot be read: {reason}", reason=reason))
        ) from None


def _existing(name: str | Path) -> Path:
    path = Path(name)
    try:
        if path.exists():
            return path
    except (OSError, ValueError):
        pass  # A name that the system cannot even look up does not exist.
    bundled = bundled_scenarios()
    if str(name) in bundled:
        return bundled[str(name)]
    near = difflib.get_close_matches(str(name), bundled, n=1, cutoff=0.5)
    known = ", ".join(bundled)
    hint = (
        message("did you mean {name}? bundled scenarios: {known}", name=near[0], known=known)
        if near
        else message("bundled scenarios: {known}", known=known)
    )
    raise _unusable(str(name), Problem(message("no such file, and no such scenario"), hint=hint))


def _unusable(file: str, problem: Problem) -> ScenarioError:
    return ScenarioError([Problem(problem.message, file, hint=problem.hint)])


def bundled_scenarios() -> dict[str, Path]:
    """The scenarios that come along, by name: inside a wheel, or beside `sim/` in a checkout."""
    inside = Path(str(files("sim"))) / "_scenarios"
    beside = Path(__file__).resolve().parents[2] / "scenarios"
    root = inside if inside.is_dir() else beside
    return {path.parent.name: path.parent for path in sorted(root.glob(f"*/{SCENARIO_FILE}"))}


def _text(data: bytes, file: str) -> str:
    """*data* as text. Raise `ScenarioError` where it is none."""
    if len(data) > MANIFEST.most_bytes:
        raise _too_large(file, MANIFEST)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        raise _not_text(file, before, f"0x{data[error.start]:02x}") from None
    found = _CONTROL.search(text)
    if found is not None:
        raise _not_text(file, text[: found.start()], f"U+{ord(found[0]):04X}")
    return text


def _not_text(file: str, before: str, what: str) -> ScenarioError:
    line = before.count("\n") + 1
    column = len(before) - (before.rfind("\n") + 1) + 1
    text = message("this is not text: {what} does not belong into a YAML file", what=what)
    return ScenarioError(
        [Place(file, line, column).problem(text, hint=message("save the file as UTF-8 text"))]
    )


def inside(directory: Path, name: str) -> Path | None:
    """The file *name* below *directory*, None if it would lie outside of it."""
    try:
        root = directory.resolve()
        path = (root / name).resolve()
    except (OSError, ValueError, RuntimeError):
        return None
    return path if path.is_relative_to(root) and not Path(name).is_absolute() else None


def all_of(names: Sequence[str | Path], stdin: BinaryIO | None) -> list[Source]:
    """Every source, or all the problems of those that cannot be opened."""
    opened: list[Source] = []
    problems: list[Problem] = []
    for name in names:
        try:
            opened.append(open_source(name, stdin))
        except ScenarioError as error:
            problems.extend(error.problems)
    if problems:
        raise ScenarioError(problems)
    return opened
