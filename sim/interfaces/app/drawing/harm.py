"""The heat map of harm: strategy × size of one fault from one moment on, the value in each cell.

A darker cell (a lighter one by night) is more harm, on one logarithmic scale for the whole study.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from math import expm1, log1p

from sim.i18n import translate
from sim.interfaces.app.drawing.colours import Colours
from sim.interfaces.app.drawing.samples import samples, small_print
from sim.interfaces.app.drawing.shade import ink_on, mixed
from sim.interfaces.app.drawing.svg import element, text, title
from sim.interfaces.app.study.harm import Cell
from sim.interfaces.numbers import shown_estimate

WIDTH, LEFT, TOP, ROW, FOOT = 340.0, 127.0, 20.0, 26.0, 8.0
UNSURE = 1 / 3  # Of the mean: half an interval that is longer makes the value a rough one.
NARROW = 36.0  # A column that has no room for `14,404`.
MOST_WHOLE = 99_999.5
MOST_LETTERS = {"size": 8, "strategy": 19}


def height_of(strategies: Sequence[str]) -> float:
    """How high a panel is."""
    return TOP + ROW * len(strategies) + FOOT


def panel(
    cells: Sequence[Cell], strategies: Sequence[str], most: float, colours: Colours, language: str
) -> str:
    """The cells of one fault and moment, the ones without a fault first; *most* is the darkest."""
    sizes = list(dict.fromkeys(cell.size for cell in cells))
    width = (WIDTH - LEFT) / len(sizes)
    made = []
    for column, size in enumerate(sizes):
        bare = translate(language, "none") if width < NARROW else translate(language, "no fault")
        words = _short(size, "size") if size else bare
        x = LEFT + (column + 0.5) * width
        made.append(_text(words, x, TOP - 7, colours.ink, "middle"))
    for row, name in enumerate(strategies):
        y = TOP + (row + 0.5) * ROW + 4
        made.append(_text(_short(name, "strategy"), LEFT - 6, y, colours.ink, "end"))
    for cell in cells:
        x = LEFT + sizes.index(cell.size) * width
        y = TOP + strategies.index(cell.strategy) * ROW
        made.append(_cell(cell, (x, y, width), most, colours, language))
    return "".join(made)


def _cell(
    cell: Cell, place: tuple[float, float, float], most: float, colours: Colours, language: str
) -> str:
    x, y, width = place
    fill = shade(cell.mean.value, most, colours)
    words = translate(
        language,
        "{strategy}, {fault}: {value}",
        strategy=cell.strategy,
        fault=f"{cell.kind} {cell.size}" if cell.kind else translate(language, "no fault"),
        value=shown_estimate(cell.mean, 1.0, language),
    )
    box = element(
        "rect", x=x + 1, y=y + 1, width=width - 2, height=ROW - 2, fill=fill, stroke=colours.faint,
        stroke_width=0.5,
    )  # fmt: skip
    words_in = cell_words(cell, narrow=width < NARROW)
    written = _text(words_in, x + width / 2, y + ROW / 2 + 4, ink_on(fill), "middle")
    return element("g", title(words) + box + written)


def cell_words(cell: Cell, *, narrow: bool = False) -> str:
    """The value of a cell in few letters (five at most in a *narrow* one), with a tilde if it is
    not well known.
    """
    mean = cell.mean
    rough = mean.value > 0 and (mean.half_width or 0.0) > UNSURE * mean.value
    return ("~" if rough else "") + compact(mean.value, 999.5 if narrow else MOST_WHOLE)


def compact(value: float, most: float = MOST_WHOLE) -> str:
    """`0.4`, `38`, `8,047`, `362k`; in thousands (`8.9k`) from *most* on."""
    if value >= most:
        return f"{value / 1000:,.{int(value < 9_950)}f}k"
    return f"{value:.1f}" if 0 < value < 9.95 and value != round(value) else f"{value:,.0f}"


def shade(value: float, most: float, colours: Colours) -> str:
    """The colour of *value* where *most* is the strongest: paper mixed with the first version's."""
    part = log1p(value) / log1p(most) if most > 0 else 0.0
    return mixed(colours.paper, colours.version(0), part)


def scale(most: float, figure: str, colours: Colours, language: str) -> str:
    """What the colours stand for, as a line of samples with their values; and the tilde."""
    items = []
    for step in range(5):
        value = expm1(step / 4 * log1p(most))
        box = element(
            "rect", x=1, y=1, width=20, height=12, fill=shade(value, most, colours),
            stroke=colours.faint,
        )  # fmt: skip
        items.append((box, compact(value)))
    rough = translate(language, "~: half of the 95 % interval is more than a third of the value")
    name = f"<span style='margin-right:.8rem'>{escape(figure)}</span>"
    return small_print(f"{name}{samples(items)}<br>{escape(rough)}")


def _short(words: str, kind: str) -> str:
    most = MOST_LETTERS[kind]
    return words if len(words) <= most else words[: most - 1] + "…"


def _text(words: str, x: float, y: float, fill: str, anchor: str) -> str:
    return text(words, x=x, y=y, font_size=10.5, fill=fill, text_anchor=anchor)
