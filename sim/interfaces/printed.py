"""Tables and sentences on a terminal or in a pipe: no frames, nothing cut off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.interfaces.help_page import width_of
from sim.interfaces.table import Table

if TYPE_CHECKING:
    from rich.console import Console

GAP = 2
LEAST_FOR_NAMES = 18


def print_table(console: Console, table: Table) -> None:
    """Print *table*; cells that are too wide for the terminal go on in the next line."""
    from rich.table import Table as Grid

    if not table.rows:
        return
    together = _fits_unbroken(console, table)
    grid = Grid(box=None, padding=(0, GAP, 0, 0), pad_edge=False, header_style="bold")
    for number, heading in enumerate(table.headings):
        figures = table.figures_from is not None and number >= table.figures_from
        grid.add_column(
            heading,
            justify="right" if figures else "left",
            overflow="fold",
            no_wrap=figures and together,
        )
    for row in table.rows:
        first, *others = row.cells
        grid.add_row(f"  {first}" if row.subordinate else first, *others)
    print_title(console, table.title)
    console.print(grid)
    console.print()


def _fits_unbroken(console: Console, table: Table) -> bool:
    """Whether columns of figures can stay in one piece and leave room for the names."""
    first = table.figures_from
    if first is None:
        return False
    columns = range(first, len(table.headings))
    lines = [table.headings, *(row.cells for row in table.rows)]
    widest = [
        max(width_of(part) for line in lines for part in line[number].split("\n"))
        for number in columns
    ]
    return sum(widest) + GAP * len(table.headings) + LEAST_FOR_NAMES <= console.width


def print_title(console: Console, title: str) -> None:
    """A heading with nothing around it."""
    console.print(title, style="bold underline" if console.is_terminal else "bold")
