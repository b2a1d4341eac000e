"""Tables and sentences on a terminal or in a pipe: no frames, nothing cut off."""

from __future__ import annotations

import re
from typing import NoReturn

from rich.console import Console
from rich.table import Table as Grid

from sim.interfaces.harmless import harmless
from sim.interfaces.help_page import width_of, wrap
from sim.interfaces.table import Table

GAP = 2
INDENT = "  "
LEAST_FOR_WORDS = 16
WIDEST_FIELD = 28


class Paper(Console):
    """A console that leaves it to the command how to end when its reader has gone."""

    def on_broken_pipe(self) -> NoReturn:
        """Pass it on."""
        raise BrokenPipeError


def print_table(console: Console, table: Table) -> None:
    """Print *table*; cells that are too wide for the terminal go on in the next line."""
    if not table.rows:
        return
    whole = _unbroken(console, table)
    grid = Grid(box=None, padding=(0, GAP, 0, 0), pad_edge=False, header_style="bold")
    for number, heading in enumerate(table.headings):
        figures = table.figures_from is not None and number >= table.figures_from
        grid.add_column(
            heading,
            justify="right" if figures else "left",
            overflow="fold",
            no_wrap=number in whole,
        )
    room = _room_for_names(console, table) if whole and table.figures_from == 1 else WIDEST_FIELD
    for row in table.rows:
        first, *others = map(harmless, row.cells)
        first = broken_at_dots(first, WIDEST_FIELD)
        if table.figures_from == 1:
            first = "\n".join(wrap(first, room - len(INDENT) * row.subordinate))
        grid.add_row(INDENT * row.subordinate + first, *others)
    print_title(console, table.title)
    console.print(grid)
    console.print()


def broken_at_dots(text: str, width: int) -> str:
    """A field's path on several lines, each at most *width* wide where its names allow that."""
    if " " in text or width_of(text) <= width:
        return text
    lines = [""]
    for part in re.findall(r"[^.]*\.?", text):
        if lines[-1] and width_of(lines[-1] + part) > width:
            lines.append("  ")
        lines[-1] += part
    return "\n".join(lines)


def _unbroken(console: Console, table: Table) -> range:
    """The columns that can stay in one piece, so that the one that remains has room enough.

    Figures stay whole at the cost of names; without figures all columns do, but for the last.
    """
    last = len(table.headings)
    columns = range(last - 1) if table.figures_from is None else range(table.figures_from, last)
    enough = _taken(table, columns) + LEAST_FOR_WORDS <= console.width
    return columns if enough else range(0)


def _room_for_names(console: Console, table: Table) -> int:
    """How wide the first column can be beside figures in one piece."""
    return console.width - _taken(table, range(1, len(table.headings)))


def _taken(table: Table, columns: range) -> int:
    """How wide *columns* and all the gaps are together."""
    lines = [table.headings, *(row.cells for row in table.rows)]
    widths = [
        max(width_of(part) for line in lines for part in _parts(line[number], number))
        for number in columns
    ]
    return sum(widths) + GAP * len(table.headings)


def _parts(cell: str, number: int) -> list[str]:
    return (broken_at_dots(cell, WIDEST_FIELD) if number == 0 else cell).split("\n")


def print_title(console: Console, title: str) -> None:
    """A heading with nothing around it."""
    console.print(title, style="bold underline" if console.is_terminal else "bold")


def print_sentence(console: Console, text: str) -> None:
    """A sentence over as many lines as it needs."""
    console.print("\n".join(wrap(text, console.width)), style="bold")
