"""A table of finished text, as the terminal prints it and the page shows it."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sim.model.objects import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line: its cells, what a pointer over it explains, and whether it belongs to the last."""

    cells: tuple[str, ...]
    explains: str = ""
    subordinate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A title, one heading a column, and rows as wide as the headings.

    Columns from *figures_from* on hold figures and stand to the right. *heading_explains* is what
    a pointer over each heading explains, if anything.
    """

    title: str
    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    figures_from: int | None = None
    heading_explains: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row.cells) != len(self.headings):
                raise ValueError(f"rows must have {len(self.headings)} cells, not {row.cells}")

    def to_json(self) -> JsonObject:
        """The table as JSON."""
        return asdict(self)

    @classmethod
    def from_json(cls, found: JsonObject) -> Table:
        """The table that `to_json` gave."""
        rows = tuple(Row(**{**row, "cells": tuple(row["cells"])}) for row in found["rows"])
        return cls(**{**found, "headings": tuple(found["headings"]), "rows": rows})
