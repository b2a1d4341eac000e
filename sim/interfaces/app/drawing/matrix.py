"""A matrix of likelihoods: everyone against everyone, a word in each cell and a colour under it.

An HTML table, so that it is read aloud cell by cell and scrolls where it is too wide; a stronger
colour is likelier.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from sim.i18n import translate
from sim.interfaces.app.drawing.colours import Colours
from sim.interfaces.app.drawing.samples import samples, small_print
from sim.interfaces.app.drawing.shade import ink_on, mixed
from sim.interfaces.app.drawing.svg import element

STEPS = (0.0, 0.25, 0.5, 0.75, 1.0)
NOTHING = "–"
_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])")
_CELL = (
    "padding:.3rem .55rem;text-align:center;white-space:nowrap;font-size:.8rem;line-height:1.35;"
    "border:2px solid {paper};min-width:5.2rem;"
)
_NAME = "padding:.3rem .7rem .3rem 0;font-weight:600;font-size:.8rem;background:{paper};"


@dataclass(frozen=True, slots=True, kw_only=True)
class Square:
    """One cell: a *share* from 0 to 1, its *lines* of text, and *words* that say all of it."""

    share: float
    lines: tuple[str, ...]
    words: str


def matrix(
    names: Sequence[str],
    squares: Mapping[tuple[int, int], Square],
    title: str,
    colours: Colours,
    language: str,
) -> str:
    """The table of *squares* by (row, column), and below it what the colours stand for."""
    name = _NAME.format(paper=colours.paper)
    head = "".join(
        f"<th scope='col' style='{name}text-align:center;padding-right:0'>{_name(one)}</th>"
        for one in names
    )
    body = "".join(
        f"<tr><th scope='row' style='{name}text-align:left;position:sticky;left:0;"
        f"max-width:8rem'>{_name(one)}</th>"
        + "".join(_cell(squares.get((row, column)), colours) for column in range(len(names)))
        + "</tr>"
        for row, one in enumerate(names)
    )
    return (
        f"<div role='region' tabindex='0' aria-label='{escape(title)}' style='overflow-x:auto'>"
        "<table class='seatrial-matrix' style='border-collapse:collapse'>"
        f"<thead><tr><td></td>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table></div>{_scale(colours, language)}"
    )


def _name(strategy: str) -> str:
    """`Canary<wbr>Then<wbr>Rolling`: where a name may be broken into lines."""
    return _WORDS.sub("<wbr>", escape(strategy))


def _cell(square: Square | None, colours: Colours) -> str:
    style = _CELL.format(paper=colours.paper)
    if square is None:
        return f"<td style='{style}'>{NOTHING}</td>"
    fill = _fill(square.share, colours)
    first, *more = map(escape, square.lines)
    text = "<br>".join((f"<b>{first}</b>", *more))
    return (
        f"<td title='{escape(square.words)}' style='{style}background:{fill};"
        f"color:{ink_on(fill)};cursor:help'>{text}</td>"
    )


def _fill(share: float, colours: Colours) -> str:
    return mixed(colours.paper, colours.version(0), share)


def _scale(colours: Colours, language: str) -> str:
    items = []
    for share in STEPS:
        fill = _fill(share, colours)
        box = element("rect", x=1, y=1, width=20, height=12, fill=fill, stroke=colours.faint)
        items.append((box, f"{100 * share:.0f} %"))
    label = translate(language, "share of the paired runs")
    return small_print(f"<span style='margin-right:.8rem'>{escape(label)}</span>{samples(items)}")
