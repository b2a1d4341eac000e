"""A scatter map: the points of a design without a grid over two fields, coloured by one figure.

A panel for each strategy, one scale for all. A point also grows with its figure and, where there is
room, says it, so that nobody needs the colours (cividis, as in the heat map). Where a point was
refused there is a cross.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke

from sim.analysis.fonts import drawable, families
from sim.analysis.heat_map import COLOURS, DPI, refused_sample, scale_of, write_in
from sim.analysis.palette import INK, PAPER
from sim.analysis.units import Unit, number, scaled
from sim.i18n import Message, translate

PANEL_INCHES, REST_INCHES = (3.8, 3.4), (1.6, 1.2)
PANELS_ABREAST = 3
MOST_WRITTEN = 30  # Points of a panel that have room for their number.
SMALLEST, LARGEST = 25.0, 200.0  # Areas of a point, in square points.
CROSS = 34.0  # Area of a refused point.
LONG_WORDS = 36  # Characters of categories that fit side by side.
_QUANTITY = re.compile(r"(-?\d+(?:\.\d+)?)(\D*)", re.A)

Row = tuple[str, str, float]  # The value of each of the two fields as written, and the figure.


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruler:
    """One field as an axis: numbers in *unit*, or, with *categories*, these in their order."""

    name: str
    unit: str
    categories: tuple[str, ...]

    def place(self, written: str) -> float:
        """Where the value *written* so lies."""
        if self.categories:
            return float(self.categories.index(written))
        found = _QUANTITY.fullmatch(written)
        assert found is not None
        return float(found[1])

    @property
    def title(self) -> str:
        """The name of the field, and the unit that its values were written in."""
        return f"{self.name} ({self.unit})" if self.unit else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """One place: the mean of the figure over the points of the design that lie there."""

    x: float
    y: float
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ScatterMap:
    """The *dots* of each strategy; *also_varied* are fields that are no axis of it.

    *refused* are the places of points that no strategy could be tried at.
    """

    figure: Message
    unit: Unit
    x: Ruler
    y: Ruler
    dots: Mapping[str, tuple[Dot, ...]]
    also_varied: tuple[str, ...]
    refused: tuple[tuple[float, float], ...] = ()


def ruler(name: str, values: Sequence[str]) -> Ruler:
    """An axis for the field *name*: of numbers if all *values* are such, in one unit."""
    found = [_QUANTITY.fullmatch(value) for value in values]
    units = {one[2] if one else None for one in found}
    if len(units) == 1 and (unit := units.pop()) is not None:
        return Ruler(name=name, unit=unit, categories=())
    return Ruler(name=name, unit="", categories=tuple(dict.fromkeys(values)))


def dots(rows: Sequence[Row], x: Ruler, y: Ruler) -> tuple[Dot, ...]:
    """A dot for each place that *rows* have, small ones last: they are drawn over large ones."""
    found: dict[tuple[float, float], list[float]] = {}
    for at_x, at_y, value in rows:
        found.setdefault((x.place(at_x), y.place(at_y)), []).append(value)
    every = [Dot(x=place[0], y=place[1], value=fmean(some)) for place, some in found.items()]
    return tuple(sorted(every, key=lambda dot: -dot.value))


def draw_scatter_map(found: ScatterMap, language: str = "en") -> Figure:
    """The picture of *found*; labels in *language*, or in English without a font for it."""
    language = drawable(language)
    names = list(found.dots)
    abreast = min(len(names), PANELS_ABREAST)
    lines = -(-len(names) // abreast)
    (wide, high), (beside, below) = PANEL_INCHES, REST_INCHES
    size = (wide * abreast + beside, high * lines + below)
    figure = Figure(figsize=size, dpi=DPI, facecolor=PAPER, layout="constrained")
    FigureCanvasAgg(figure)
    panels = list(figure.subplots(lines, abreast, squeeze=False).flat)
    scale = scale_of([scaled(dot.value, found.unit) for row in found.dots.values() for dot in row])
    for panel, name in zip(panels, names, strict=False):
        image = _panel(panel, found, name, scale)
    for panel in panels[len(names) :]:
        panel.remove()
    bar = figure.colorbar(image, ax=panels[: len(names)], shrink=0.9)
    bar.set_label(found.figure.render(language))
    figure.suptitle(_title(found, language), fontsize=10, color=INK)
    crosses = [refused_sample(language)] if found.refused else []
    _explain_sizes(figure, scale, crosses)
    write_in(figure, families(language))
    return figure


def _title(found: ScatterMap, language: str) -> str:
    if not found.also_varied:
        return found.figure.render(language)
    fields = ", ".join(found.also_varied)
    return translate(language, "{figure}; varied too: {fields}", figure=found.figure, fields=fields)


def _panel(panel: Axes, found: ScatterMap, name: str, scale: Normalize) -> PathCollection:
    row = found.dots[name]
    shown = [scaled(dot.value, found.unit) for dot in row]
    image = panel.scatter(
        [dot.x for dot in row],
        [dot.y for dot in row],
        s=[_area(value, scale) for value in shown],
        c=shown,
        cmap=COLOURS,
        norm=scale,
        edgecolors=INK,
        linewidths=0.6,
        zorder=2,
    )
    _cross(panel, found.refused)
    panel.set_title(name, loc="left", fontsize=11, fontweight="bold", color=INK)
    panel.set_xlabel(found.x.title)
    panel.set_ylabel(found.y.title)
    panel.grid(color="#DDDDDD", linewidth=0.6, zorder=0)
    panel.margins(0.12)
    _name_categories(panel, found)
    if len(row) <= MOST_WRITTEN:
        for dot, value in zip(row, shown, strict=True):
            _write_value(panel, dot, number(dot.value, found.unit), _area(value, scale))
    return image


def _cross(panel: Axes, places: Sequence[tuple[float, float]]) -> None:
    """A cross at each of *places*, over the points and readable on each of them."""
    if places:
        panel.scatter(
            [x for x, _ in places],
            [y for _, y in places],
            marker="x",
            s=CROSS,
            color=INK,
            linewidths=1.3,
            zorder=3,
            path_effects=[withStroke(linewidth=3.0, foreground=PAPER)],
        )


def _name_categories(panel: Axes, found: ScatterMap) -> None:
    if words := found.x.categories:
        turn = 20 if sum(map(len, words)) > LONG_WORDS else 0
        panel.set_xticks(range(len(words)), words, rotation=turn, ha="right" if turn else "center")
        panel.set_xlim(-0.5, len(words) - 0.5)
    if words := found.y.categories:
        panel.set_yticks(range(len(words)), words)
        panel.set_ylim(-0.5, len(words) - 0.5)


def _write_value(panel: Axes, dot: Dot, text: str, area: float) -> None:
    panel.annotate(
        text,
        (dot.x, dot.y),
        xytext=(0.0, area**0.5 / 2 + 2.0),
        textcoords="offset points",
        ha="center",
        fontsize=7,
        color=INK,
        path_effects=[withStroke(linewidth=2.0, foreground=PAPER)],
    )


def _area(shown: float, scale: Normalize) -> float:
    return SMALLEST + (LARGEST - SMALLEST) * float(scale(shown))


def _explain_sizes(figure: Figure, scale: Normalize, more: Sequence[Line2D]) -> None:
    """Three points under the panels, each with its figure, and *more* samples."""
    low, high = scale.vmin or 0.0, scale.vmax or 0.0
    handles = [
        Line2D(
            [],
            [],
            linestyle="",
            marker="o",
            markersize=_area(value, scale) ** 0.5,
            markerfacecolor="none",
            markeredgecolor=INK,
            label=f"{value:.3g}",
        )
        for value in (low, (low + high) / 2, high)
    ]
    handles += more
    figure.legend(handles=handles, loc="outside lower center", ncols=4, frameon=False)
