"""Tables as HTML: everything escaped, explanations under the pointer, wide ones scroll."""

from __future__ import annotations

import re
from html import escape
from unicodedata import east_asian_width

from sim.interfaces.table import Row, Table

LONGEST_WORD, LONGEST_LINE = 12, 25  # What is not broken, in letters; wide ones count twice.
_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])")


def html_table(table: Table) -> str:
    """*table* as one HTML element."""
    head = "".join(
        f'<th scope="col"{_kind(table, number)}>{_heading(table, number, heading)}</th>'
        for number, heading in enumerate(table.headings)
    )
    body = "".join(_line(table, row) for row in table.rows)
    return (
        "<div class='seatrial-table' role='region' tabindex='0' "
        f"aria-label='{escape(table.title)}'><table{_named(table)}>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _line(table: Table, row: Row) -> str:
    cells = []
    for number, cell in enumerate(row.cells):
        text = escape(cell).replace(" %", "\N{NO-BREAK SPACE}%")
        if " " not in cell and len(cell) > LONGEST_WORD and any(map(str.isalpha, cell)):
            # A long name of a field or a strategy, never a number.
            text = _WORDS.sub("<wbr>", text.replace(".", ".<wbr>"))
        if number == 0 and row.explains:
            text = f'<span title="{escape(row.explains)}">{text}</span>'
        cells.append(f"<td{_kind(table, number)}>{text}</td>")
    kind = ' class="sub"' if row.subordinate else ""
    return f"<tr{kind}>{''.join(cells)}</tr>"


def _heading(table: Table, number: int, heading: str) -> str:
    explains = table.heading_explains[number] if number < len(table.heading_explains) else ""
    text = escape(heading)
    return f'<span title="{escape(explains)}">{text}</span>' if explains else text


def _kind(table: Table, number: int) -> str:
    """The class of column *number*: figures stand to the right, prose is broken into lines."""
    if table.figures_from is not None and number >= table.figures_from:
        return ' class="figure"'
    prose = any(_letters(row.cells[number]) > LONGEST_LINE for row in table.rows)
    return ' class="prose"' if prose else ""


def _named(table: Table) -> str:
    """Whether the first column says whose row it is: it stays while the others scroll."""
    return "" if table.figures_from == 0 else ' class="named"'


def _letters(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
