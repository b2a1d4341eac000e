"""The Pareto front as a picture: what each strategy costs against what it spares its users."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke

from sim.analysis.fonts import drawable, families
from sim.analysis.heat_map import DPI, write_in
from sim.analysis.palette import INK, OLD, PAPER
from sim.i18n import Message, translate

PANEL_INCHES, HEIGHT_INCHES, REST_INCHES = 3.4, 3.4, 2.4
APART = 0.05  # Of an axis: strategies that lie closer share one label.


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeOff:
    """One strategy: its mean of each objective, None where it did not come to its end."""

    strategy: str
    values: tuple[float | None, ...]
    on_front: bool


def draw_trade_offs(
    found: Sequence[TradeOff], names: Sequence[Message], language: str = "en"
) -> Figure:
    """A panel for each objective against the first; *names* are theirs, less of each is better.

    Strategies go by numbers, which the legend spells out.
    """
    language = drawable(language)
    size = (PANEL_INCHES * (len(names) - 1) + REST_INCHES, HEIGHT_INCHES)
    figure = Figure(figsize=size, dpi=DPI, facecolor=PAPER, layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(1, len(names) - 1, squeeze=False)[0]
    for place, panel in enumerate(panels, start=1):
        _panel(panel, found, place)
        panel.set_xlabel(names[0].render(language))
        panel.set_ylabel(names[place].render(language))
    handles = [
        _marker(translate(language, "on the Pareto front"), on_front=True),
        _marker(translate(language, "another is better for sure"), on_front=False),
    ]
    handles += [
        Line2D([], [], linestyle="", label=f"{number}  {one.strategy}")
        for number, one in enumerate(found, start=1)
    ]
    figure.legend(handles=handles, loc="outside right upper", frameon=False, handlelength=1.2)
    write_in(figure, families(language))
    return figure


def _marker(words: str, *, on_front: bool) -> Line2D:
    fill = OLD if on_front else PAPER
    shape = "o" if on_front else "s"
    return Line2D(
        [], [], linestyle="", marker=shape, markerfacecolor=fill, markeredgecolor=OLD, label=words
    )


def _panel(panel: Axes, found: Sequence[TradeOff], place: int) -> None:
    known = [
        (number, x, y, one.on_front)
        for number, one in enumerate(found, start=1)
        if (x := one.values[0]) is not None and (y := one.values[place]) is not None
    ]
    for _, x, y, on_front in known:
        panel.plot(
            x, y, "o" if on_front else "s", color=OLD, markerfacecolor=OLD if on_front else PAPER
        )
    panel.margins(0.15)
    for x, y, numbers in _labels([(number, x, y) for number, x, y, _ in known]):
        panel.annotate(
            ", ".join(map(str, numbers)),
            (x, y),
            xytext=(0, 6),
            textcoords="offset points",
            ha="center",
            fontsize=8,
            color=INK,
            path_effects=[withStroke(linewidth=2.0, foreground=PAPER)],
        )


def _labels(known: Sequence[tuple[int, float, float]]) -> list[tuple[float, float, list[int]]]:
    """Where a label stands, and whose it is; what lies together has one."""
    if not known:
        return []
    wide, high = (
        APART * ((max(one[axis] for one in known) - min(one[axis] for one in known)) or 1.0)
        for axis in (1, 2)
    )
    found: list[tuple[float, float, list[int]]] = []
    for number, x, y in known:
        for at_x, at_y, numbers in found:
            if abs(at_x - x) <= wide and abs(at_y - y) <= high:
                numbers.append(number)
                break
        else:
            found.append((x, y, [number]))
    return found
