"""A table as a notebook shows it.

Everything is escaped, and nothing has a colour of its own, so that it reads in light and in dark.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from sim.i18n import Message

# A notebook's own style, where it has one, would set words to the right as well.
WORDS = 'style="text-align: left; padding-right: 1em"'
NUMBERS = 'style="text-align: right; white-space: nowrap; padding-left: 1em"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row: its first cell names it, and *why*, where there is any, is said on pointing at it.

    Cells are plain text.
    """

    cells: tuple[str, ...]
    why: str = ""


def notebook_table(
    title: Message | str,
    heads: Sequence[Message | str],
    lines: Sequence[Line],
    language: str,
    *,
    numbers: Sequence[int],
) -> str:
    """An HTML table in *language*; *numbers* are the columns of numbers, which stand right."""
    styles = [NUMBERS if place in numbers else WORDS for place in range(len(heads))]
    head = "".join(
        f'<th scope="col" {style}>{_text(one, language)}</th>'
        for one, style in zip(heads, styles, strict=True)
    )
    return (
        f'<div style="overflow-x: auto"><table><caption>{_text(title, language)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>"
        + "".join(_row(line, styles) for line in lines)
        + "</tbody></table></div>"
    )


def notebook_block(sentence: Message | str, rest: Sequence[str], language: str) -> str:
    """The element that a result ends a cell with: what it says in a *sentence*, then its tables."""
    strong = f"<p><strong>{_text(sentence, language)}</strong></p>"
    return f'<div lang="{escape(language)}">{strong}{"".join(rest)}</div>'


def notebook_lines(sentences: Sequence[Message | str], language: str) -> str:
    """Several *sentences*, a paragraph each; nothing without any."""
    return "".join(f"<p>{_text(one, language)}</p>" for one in sentences)


def _row(line: Line, styles: Sequence[str]) -> str:
    name, *rest = line.cells
    why = f' title="{escape(line.why)}"' if line.why else ""
    return (
        f'<tr><th scope="row" {styles[0]}{why}>{escape(name)}</th>'
        + "".join(
            f"<td {style}>{escape(cell)}</td>" for cell, style in zip(rest, styles[1:], strict=True)
        )
        + "</tr>"
    )


def _text(one: Message | str, language: str) -> str:
    return escape(one.render(language) if isinstance(one, Message) else one)
