"""A tornado: what matters most, the field with the largest swing on top."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from sim.analysis.fonts import drawable, families
from sim.analysis.heat_map import DPI, write_in
from sim.analysis.palette import INK, NEW, OLD, PAPER
from sim.analysis.units import Unit, number, scaled
from sim.i18n import Message, translate

BAR_INCHES, REST_INCHES, WIDTH_INCHES = 0.5, 1.7, 8.0
UNCLEAR = "////"


@dataclass(frozen=True, slots=True, kw_only=True)
class Swing:
    """One field: where the figure is lowest and highest on the average, and if that is clear."""

    field: str
    low: float
    high: float
    low_at: str
    high_at: str
    clear: bool


def draw_tornado(
    swings: Sequence[Swing],
    middle: float,
    figure_name: Message,
    unit: Unit,
    strategy: str,
    language: str = "en",
) -> Figure:
    """Bars from the lowest to the highest mean about *middle*, the mean of all points."""
    language = drawable(language)
    size = (WIDTH_INCHES, len(swings) * BAR_INCHES + REST_INCHES)
    figure = Figure(figsize=size, dpi=DPI, facecolor=PAPER, layout="constrained")
    FigureCanvasAgg(figure)
    axis = figure.subplots()
    for place, swing in enumerate(swings):
        _bar(axis, place, swing, middle, unit)
    axis.axvline(scaled(middle, unit), color=INK, linewidth=1.0)
    axis.set_yticks(range(len(swings)), [swing.field for swing in swings])
    axis.invert_yaxis()
    axis.margins(x=0.28)
    for side in ("top", "right", "left"):
        axis.spines[side].set_visible(False)
    axis.tick_params(axis="y", length=0)
    axis.set_xlabel(figure_name.render(language))
    title = translate(language, "What matters most with {strategy}", strategy=strategy)
    axis.set_title(title, loc="left", fontsize=11, fontweight="bold", color=INK)
    figure.legend(
        handles=_legend(swings, language), loc="outside lower right", frameon=False, ncols=3
    )
    write_in(figure, families(language))
    return figure


def _bar(axis: Axes, place: int, swing: Swing, middle: float, unit: Unit) -> None:
    low, high, centre = (scaled(value, unit) for value in (swing.low, swing.high, middle))
    for end, colour in ((low, OLD), (high, NEW)):
        axis.barh(
            place,
            end - centre,
            height=0.6,
            left=centre,
            color=colour,
            edgecolor=PAPER,
            linewidth=0.0,
            hatch=None if swing.clear else UNCLEAR,
        )
    ends = (
        (low, swing.low, swing.low_at, "right", -4),
        (high, swing.high, swing.high_at, "left", 4),
    )
    for at, value, level, side, gap in ends:
        axis.annotate(
            f"{level}: {number(value, unit)}",
            (at, place),
            xytext=(gap, 0),
            textcoords="offset points",
            ha=side,
            va="center",
            fontsize=8,
            color=INK,
        )


def _legend(swings: Sequence[Swing], language: str) -> list[Patch]:
    handles = [
        Patch(facecolor=OLD, label=translate(language, "less than the mean of all")),
        Patch(facecolor=NEW, label=translate(language, "more")),
    ]
    if not all(swing.clear for swing in swings):
        words = translate(language, "these runs cannot tell")
        handles.append(Patch(facecolor=PAPER, edgecolor=INK, hatch=UNCLEAR, label=words))
    return handles
