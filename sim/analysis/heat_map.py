"""A heat map: one figure over two fields of a sweep, a panel for each strategy, one scale for all.

Cells say their number, so that nobody needs the colours; these are cividis, which is read the same
with and without red-green blindness, and in grey. What was refused is crossed out, not left blank.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from sim.analysis.fonts import drawable, families
from sim.analysis.palette import INK, PAPER
from sim.analysis.units import Unit, number, scaled
from sim.i18n import Message, translate

COLOURS = "cividis"
CELL_INCHES, LEAST_INCHES, REST_INCHES = 0.72, 2.6, 1.6
MOST_PANELS = 4
MOST_WRITTEN = 15  # Cells side by side that have room for their number.
DPI = 120
CROSS, SOME = "×", " (×)"
FAINT = "#999999"

Place = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatMap:
    """*cells* of each strategy by (place on x, place on y); what is missing was not looked at.

    At the places of *refused* all points were refused, at those of *thinned* some of them.
    """

    figure: Message
    unit: Unit
    x_name: str
    y_name: str
    x_values: tuple[str, ...]
    y_values: tuple[str, ...]
    cells: Mapping[str, Mapping[Place, float]]
    averaged: tuple[str, ...]  # Fields that are not axes of it.
    refused: AbstractSet[Place] = frozenset()
    thinned: AbstractSet[Place] = frozenset()


def draw_heat_map(found: HeatMap, language: str = "en") -> Figure:
    """The picture of *found*; labels in *language*, or in English without a font for it."""
    language = drawable(language)
    names = list(found.cells)[:MOST_PANELS]
    width = max(len(found.x_values) * CELL_INCHES, LEAST_INCHES)
    height = max(len(found.y_values) * CELL_INCHES * 0.6, LEAST_INCHES)
    size = ((width + 0.6) * len(names) + 1.5, height + REST_INCHES)
    figure = Figure(figsize=size, dpi=DPI, facecolor=PAPER, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(1, len(names), sharey=True, squeeze=False)[0]
    every = [value for name in names for value in found.cells[name].values()]
    scale = scale_of([scaled(value, found.unit) for value in every])
    for axis, name in zip(axes, names, strict=True):
        image = _panel(axis, found, name, scale)
    axes[0].set_ylabel(found.y_name)
    axes[0].set_yticks(range(len(found.y_values)), found.y_values)
    bar = figure.colorbar(image, ax=list(axes), shrink=0.9)
    bar.set_label(found.figure.render(language))
    figure.suptitle(_title(found, language), fontsize=10, color=INK)
    _explain_crosses(figure, found, language)
    write_in(figure, families(language))
    return figure


def refused_sample(language: str) -> Line2D:
    """A cross and its meaning, for a legend."""
    return _sample("x", translate(language, "refused: no such release can be made"))


def _sample(marker: str, words: str, size: float = 6.0) -> Line2D:
    return Line2D([], [], linestyle="", marker=marker, markersize=size, color=INK, label=words)


def _explain_crosses(figure: Figure, found: HeatMap, language: str) -> None:
    """What the crosses mean, under the panels, where there are any."""
    handles = [refused_sample(language)] if found.refused else []
    if found.thinned and len(found.x_values) <= MOST_WRITTEN:
        words = translate(language, "mean of the others: some points of it are refused")
        handles.append(_sample("$(×)$", words, size=17.0))
    if handles:
        figure.legend(handles=handles, loc="outside lower center", ncols=2, frameon=False)


def _title(found: HeatMap, language: str) -> str:
    if not found.averaged:
        return found.figure.render(language)
    return translate(
        language,
        "{figure}, mean over {fields}",
        figure=found.figure,
        fields=", ".join(found.averaged),
    )


def scale_of(values: Sequence[float]) -> Normalize:
    """From the least of *values* to the largest; never of no width."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    return Normalize(low, high if high > low else low + 1.0)


def _panel(axis: Axes, found: HeatMap, name: str, scale: Normalize) -> AxesImage:
    grid = np.full((len(found.y_values), len(found.x_values)), np.nan)
    for (x, y), value in found.cells[name].items():
        grid[y, x] = scaled(value, found.unit)
    image = axis.imshow(grid, cmap=COLOURS, norm=scale, aspect="auto", origin="lower")
    axis.set_title(name, loc="left", fontsize=11, fontweight="bold", color=INK)
    axis.set_xticks(range(len(found.x_values)), found.x_values)
    axis.set_xlabel(found.x_name)
    for place in sorted(found.refused):
        _cross_out(axis, place)
    if len(found.x_values) <= MOST_WRITTEN:
        for (x, y), value in found.cells[name].items():
            colour = PAPER if scale(scaled(value, found.unit)) < 0.55 else INK
            text = number(value, found.unit) + (SOME if (x, y) in found.thinned else "")
            axis.text(x, y, text, ha="center", va="center", fontsize=8, color=colour)
    return image


def _cross_out(axis: Axes, place: Place) -> None:
    """A hatched cell with a cross in it."""
    x, y = place
    corner = (x - 0.5, y - 0.5)
    axis.add_patch(
        Rectangle(corner, 1, 1, facecolor=PAPER, edgecolor=FAINT, hatch="////", linewidth=0.0)
    )
    axis.text(x, y, CROSS, ha="center", va="center", fontsize=11, color=INK)


def write_in(figure: Figure, names: list[str]) -> None:
    """Use the font families *names* for all text, ticks that come later included."""
    for axis in figure.axes:
        axis.tick_params(labelfontfamily=names)
    for text in figure.findobj(Text):
        text.set_fontfamily(names)
