"""Who does better than whom, and how likely: once, and on the average, as a matrix each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from sim.analysis.fonts import drawable, families
from sim.analysis.heat_map import COLOURS, DPI, write_in
from sim.analysis.palette import INK, PAPER
from sim.i18n import Message, translate

CELL_INCHES, LEAST_INCHES, REST_INCHES = 0.55, 2.4, 2.2
LIGHT = 0.55  # From here on a cell is light, and its number dark.
ALMOST = 0.995  # What two digits would call 1.00.

Cells = Mapping[tuple[int, int], float]


def draw_better_matrix(
    strategies: Sequence[str], panels: Sequence[tuple[Message, Cells]], language: str = "en"
) -> Figure:
    """A panel for each question; a cell is how likely its row does better than its column."""
    language = drawable(language)
    side = max(len(strategies) * CELL_INCHES, LEAST_INCHES)
    size = (side * len(panels) + REST_INCHES + 0.6, side + REST_INCHES)
    figure = Figure(figsize=size, dpi=DPI, facecolor=PAPER, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    for axis, (title, cells) in zip(axes, panels, strict=True):
        image = _panel(axis, strategies, cells)
        axis.set_title(title.render(language), loc="left", fontsize=10, color=INK)
    axes[0].set_yticks(range(len(strategies)), strategies)
    bar = figure.colorbar(image, ax=list(axes), shrink=0.9)
    bar.set_label(translate(language, "how likely the row loses fewer requests than the column"))
    write_in(figure, families(language))
    return figure


def _panel(axis: Axes, strategies: Sequence[str], cells: Cells) -> AxesImage:
    grid = np.full((len(strategies), len(strategies)), np.nan)
    for (row, column), value in cells.items():
        grid[row, column] = value
    image = axis.imshow(grid, cmap=COLOURS, norm=Normalize(0.0, 1.0), aspect="auto")
    axis.set_xticks(range(len(strategies)), strategies, rotation=40, ha="right")
    for (row, column), value in cells.items():
        colour = INK if value >= LIGHT else PAPER
        axis.text(column, row, _shown(value), ha="center", va="center", fontsize=8, color=colour)
    return image


def _shown(value: float) -> str:
    """Two digits; what is nearly certain is not called so."""
    if ALMOST <= value < 1.0:
        return ">.99"
    return "<.01" if 0.0 < value <= 1.0 - ALMOST else f"{value:.2f}"
