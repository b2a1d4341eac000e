"""A report: what a command found, in every language, as it lies beside its results.

`report.json` in the folder of a run, a comparison, a sweep or a drill holds finished sentences,
tables and pictures, so that `seatrial report` computes nothing and says what was found when it was
found.
"""

from __future__ import annotations

import base64
import io
import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import BackendError
from sim.i18n import LANGUAGES, message
from sim.interfaces.table import Table
from sim.model.objects import JsonObject

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAME = "report.json"
SCHEMA_VERSION = 1
# Options that do not change what is found, with the value behind them, and without.
_IDLE_WITH_VALUE = frozenset({"-o", "--out", "--png", "--workers", "--executor", "--lang"})
_IDLE = frozenset({"--resume", "--json"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A PNG, and what it shows for those who do not see it."""

    alt: str
    png: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One language's report: *sentences* first, the verdict before all others."""

    title: str
    command: str
    sentences: tuple[str, ...]
    pictures: tuple[Picture, ...]
    tables: tuple[Table, ...]
    warnings: tuple[str, ...]

    def to_json(self) -> JsonObject:
        """The report as JSON."""
        return {
            "title": self.title,
            "command": self.command,
            "sentences": list(self.sentences),
            "pictures": [
                {"alt": one.alt, "png": base64.b64encode(one.png).decode("ascii")}
                for one in self.pictures
            ],
            "tables": [table.to_json() for table in self.tables],
            "warnings": list(self.warnings),
        }

    @classmethod
    def from_json(cls, found: JsonObject) -> Report:
        """The report that `to_json` gave."""
        return cls(
            title=found["title"],
            command=found["command"],
            sentences=tuple(found["sentences"]),
            pictures=tuple(
                Picture(alt=one["alt"], png=base64.b64decode(one["png"]))
                for one in found["pictures"]
            ),
            tables=tuple(Table.from_json(table) for table in found["tables"]),
            warnings=tuple(found["warnings"]),
        )


def report_document(reports: Mapping[str, Report]) -> str:
    """All languages in one document."""
    content = {
        "schemaVersion": SCHEMA_VERSION,
        "kind": "Report",
        "languages": {language: reports[language].to_json() for language in LANGUAGES},
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def read_report(folder: str | Path, language: str) -> Report:
    """The report that lies in *folder*. Raise a `BackendError` if there is none."""
    place = Path(folder) / NAME
    try:
        found = json.loads(place.read_text(encoding="utf-8"))
        return Report.from_json(found["languages"][language])
    except FileNotFoundError as missing:
        text = message(
            "{path} holds no report; compare, run, sweep and drill-rollback write one with -o",
            path=folder,
        )
        raise BackendError(text) from missing
    except (ValueError, KeyError, TypeError) as broken:
        raise BackendError(message("{path} is not a report", path=place)) from broken


def repeating(words: Sequence[str]) -> str:
    """The command line that finds the same again: *words* without where and how fast."""
    kept: list[str] = []
    skip = False
    for word in words:
        if skip or word in _IDLE:
            skip = False
        elif word in _IDLE_WITH_VALUE:
            skip = True
        elif word.partition("=")[0] not in _IDLE_WITH_VALUE or not word.startswith("--"):
            kept.append(word)
    return shlex.join(["seatrial", *kept])


def png_of(figure: Figure) -> bytes:
    """*figure* as PNG; the same figure gives the same bytes."""
    stream = io.BytesIO()
    figure.savefig(stream, format="png", metadata={"Software": None})
    return stream.getvalue()
