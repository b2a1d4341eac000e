"""Tables as HTML: everything escaped, explanations under the pointer, wide ones scroll."""

from __future__ import annotations

from html import escape

from sim.interfaces.table import Row, Table


def html_table(table: Table) -> str:
    """*table* as one HTML element."""
    head = "".join(
        f'<th scope="col"{_figure(table, number)}>{_heading(table, number, heading)}</th>'
        for number, heading in enumerate(table.headings)
    )
    body = "".join(_line(table, row) for row in table.rows)
    return (
        "<div class='seatrial-table' role='region' tabindex='0' "
        f"aria-label='{escape(table.title)}'><table>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _line(table: Table, row: Row) -> str:
    cells = []
    for number, cell in enumerate(row.cells):
        text = escape(cell)
        if " " not in cell and any(letter.isalpha() for letter in cell):
            text = text.replace(".", ".<wbr>")  # A long name of a field, never a number.
        if number == 0 and row.explains:
            text = f'<span title="{escape(row.explains)}">{text}</span>'
        cells.append(f"<td{_figure(table, number)}>{text}</td>")
    kind = ' class="sub"' if row.subordinate else ""
    return f"<tr{kind}>{''.join(cells)}</tr>"


def _heading(table: Table, number: int, heading: str) -> str:
    explains = table.heading_explains[number] if number < len(table.heading_explains) else ""
    text = escape(heading)
    return f'<span title="{escape(explains)}">{text}</span>' if explains else text


def _figure(table: Table, number: int) -> str:
    figures = table.figures_from is not None and number >= table.figures_from
    return ' class="figure"' if figures else ""
