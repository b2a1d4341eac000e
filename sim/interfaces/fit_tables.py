"""What a recording says, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.fitting.told import told
from sim.i18n import translate
from sim.interfaces.table import Row, Table

if TYPE_CHECKING:
    from sim.fitting.recording import Recording


def fit_table(found: Recording, language: str) -> Table:
    """One row for each thing that was found."""
    heading, rows = told(found.fit, found.pods, language)
    return Table(
        title=translate(language, "What {file} says", file=found.file),
        headings=("", heading),
        rows=tuple(Row(cells=cells) for cells in rows),
        figures_from=1,
    )
