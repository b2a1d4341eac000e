"""The pictures of a study: a panel for each fault and moment, and the tornado; also as one SVG."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from sim.faults import FAULTS
from sim.i18n import translate
from sim.interfaces.app.drawing import harm as panels
from sim.interfaces.app.drawing import tornado as bars
from sim.interfaces.app.drawing.colours import Colours
from sim.interfaces.app.drawing.svg import element, picture, text
from sim.interfaces.app.study.harm import Cell, kinds_of, swings
from sim.interfaces.app.study.harm_words import figure_label, moment_words, swing_name
from sim.interfaces.app.study.study import VERSION

GAP, HEAD, MARGIN = 18.0, 22.0, 16.0


def heat_maps(cells: Sequence[Cell], figure: str, colours: Colours, language: str) -> str:
    """For each kind of fault its sizes in columns, a panel for each moment; then the scale."""
    made = []
    for kind in kinds_of(cells):
        made.append(f"<h3 style='margin:.9rem 0 0'>{escape(swing_name(kind, language))}</h3>")
        made.append(f"<p style='margin:0 0 .5rem'>{escape(_explained(cells, kind, language))}</p>")
        columns = [
            f"<figure><p>{escape(moment_words(moment, language))}</p>"
            + picture(drawn, panels.WIDTH, height, _name(kind, moment, figure, language))
            + "</figure>"
            for moment, drawn, height in _panels(cells, kind, colours, language)
        ]
        made.append(f"<div class='seatrial-columns seatrial-panels'>{''.join(columns)}</div>")
    return "".join(made) + panels.scale(
        _most(cells), figure_label(figure).render(language), colours, language
    )


def tornado_picture(cells: Sequence[Cell], figure: str, colours: Colours, language: str) -> str:
    """What matters most; empty if nothing varies."""
    found = swings(cells)
    if not found:
        return ""
    drawn = bars.tornado(found, figure, colours, language)
    name = translate(language, "what matters most for: {figure}", figure=figure_label(figure))
    whole = picture(drawn, bars.WIDTH, bars.height_of(found), name)
    return f"<figure style='margin:0;max-width:560px'>{whole}</figure>"


def sheet(cells: Sequence[Cell], figure: str, colours: Colours, language: str) -> str:
    """All panels one below the other and the tornado, as one SVG file."""
    parts: list[tuple[str, str, float, float]] = []
    for kind in kinds_of(cells):
        for moment, drawn, height in _panels(cells, kind, colours, language):
            words = translate(
                language,
                "{what}, {when}",
                what=swing_name(kind, language),
                when=moment_words(moment, language),
            )
            parts.append((words, drawn, panels.WIDTH, height))
    if found := swings(cells):
        drawn = bars.tornado(found, figure, colours, language)
        words = translate(language, "What matters most")
        parts.append((words, drawn, bars.WIDTH, bars.height_of(found)))
    return _stacked(parts, figure_label(figure).render(language), colours)


def _stacked(parts: Sequence[tuple[str, str, float, float]], name: str, colours: Colours) -> str:
    made, y = [], MARGIN + HEAD
    title = text(name, x=MARGIN, y=MARGIN + 8, font_size=15, font_weight="bold", fill=colours.ink)
    for words, drawn, width, height in parts:
        made.append(text(words, x=MARGIN, y=y + 8, font_size=12, fill=colours.ink))
        inside = {"x": MARGIN, "y": y + HEAD - 6, "width": width, "height": height}
        made.append(element("svg", drawn, viewBox=f"0 0 {width:g} {height:g}", **inside))
        y += height + HEAD + GAP
    wide = max(part[2] for part in parts) + 2 * MARGIN
    ground = element("rect", width=wide, height=y, fill=colours.paper)
    return picture(ground + title + "".join(made), wide, y, name)


def _panels(
    cells: Sequence[Cell], kind: str, colours: Colours, language: str
) -> Iterator[tuple[str, str, float]]:
    """Moment, drawing and height of each panel of *kind*; the column without a fault is first."""
    strategies = list(dict.fromkeys(cell.strategy for cell in cells))
    for moment in dict.fromkeys(cell.moment for cell in cells if cell.kind == kind):
        mine = [c for c in cells if c.kind in ("", kind) and c.moment == moment]
        drawn = panels.panel(mine, strategies, _most(cells), colours, language)
        yield moment, drawn, panels.height_of(strategies)


def _explained(cells: Sequence[Cell], kind: str, language: str) -> str:
    """What a fault of that kind does, at the first of its sizes."""
    size = next(cell.size for cell in cells if cell.kind == kind)
    what = FAULTS[kind].parse(VERSION, size).describe()
    return translate(language, "{size}: {what}", size=size, what=what)


def _most(cells: Sequence[Cell]) -> float:
    return max(cell.mean.value for cell in cells)


def _name(kind: str, moment: str, figure: str, language: str) -> str:
    return translate(
        language,
        "{figure} by strategy and size of {kind}, {moment}; the table below has every value",
        figure=figure_label(figure),
        kind=kind,
        moment=moment_words(moment, language),
    )
