"""Tables as HTML: everything escaped, explanations under the pointer, wide ones scroll."""

from __future__ import annotations

from html import escape

from sim.interfaces.table import Row, Table

STYLE = """<style>
.seatrial-table { overflow-x: auto; margin-bottom: 1rem; }
.seatrial-table table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
.seatrial-table th { white-space: nowrap; }
.seatrial-table th, .seatrial-table td {
  padding: 0.3rem 0.9rem 0.3rem 0; text-align: left; vertical-align: top;
  border-bottom: 1px solid rgba(128, 128, 128, 0.25);
}
.seatrial-table td:first-child { overflow-wrap: break-word; max-width: 24rem; }
.seatrial-table td:not(:first-child):not(:last-child) { white-space: nowrap; }
.seatrial-table td:last-child { min-width: 12rem; }
.seatrial-table .figure { text-align: right; white-space: nowrap; min-width: 0; }
.seatrial-table tr.sub td { opacity: 0.75; font-size: 0.9em; }
.seatrial-table tr.sub td:first-child { padding-left: 1.2rem; }
.seatrial-table [title] { text-decoration: underline dotted; cursor: help; }
</style>"""


def html_table(table: Table) -> str:
    """*table* as one HTML element."""
    head = "".join(
        f'<th scope="col"{_figure(table, number)}>{escape(heading)}</th>'
        for number, heading in enumerate(table.headings)
    )
    body = "".join(_line(table, row) for row in table.rows)
    return (
        f"{STYLE}<div class='seatrial-table'><table>"
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


def _figure(table: Table, number: int) -> str:
    figures = table.figures_from is not None and number >= table.figures_from
    return ' class="figure"' if figures else ""
