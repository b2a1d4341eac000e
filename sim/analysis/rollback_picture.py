"""The picture of a drill: the clocks of each way back as one bar of segments, moment by moment.

Colours are Paul Tol's high-contrast scheme, and each segment has a pattern and a place of its own,
so that neither colour blindness nor grey paper hides what is what.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.text import Text

from sim.analysis.fonts import drawable, families
from sim.analysis.palette import INK, NEW, OLD, PAPER, THIN
from sim.i18n import Message, message, translate

DPI = 120
BAR_INCHES, LEAST_INCHES, HEAD_INCHES, LEGEND_INCHES = 0.42, 1.2, 0.95, 0.75
WIDTH_INCHES = 10.0
_FADED = "#BBBBBB"


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One part of a bar: where its length comes from and how it looks."""

    label: Message
    colour: str
    pattern: str


SEGMENTS: Mapping[str, Segment] = {
    "detect": Segment(label=message("first effect → detected"), colour=_FADED, pattern="//"),
    "decide": Segment(label=message("until it is decided"), colour=PAPER, pattern=".."),
    "answer": Segment(
        label=message("decided → last answer by the bad version"), colour=NEW, pattern="\\\\"
    ),
    "capacity": Segment(label=message("then → full healthy capacity"), colour=OLD, pattern=""),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One way back: the mean seconds of each segment that was reached, and half its interval.

    *half_seconds* belongs to the whole way from the decision. *remark* says what is missing.
    """

    name: str
    seconds: Mapping[str, float]
    back_seconds: float | None
    half_seconds: float
    remark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """All bars of one moment under its *title*."""

    title: str
    bars: tuple[Bar, ...]


def draw_drill(panels: Sequence[Panel], language: str = "en") -> Figure:
    """One panel below the other; labels in *language*, or in English without a font for it."""
    if not panels:
        raise ValueError("panels must not be empty")
    language = drawable(language)
    heights = [max(LEAST_INCHES, BAR_INCHES * len(p.bars)) + HEAD_INCHES for p in panels]
    total = sum(heights) + LEGEND_INCHES
    figure = Figure(figsize=(WIDTH_INCHES, total), dpi=DPI, facecolor=PAPER)
    FigureCanvasAgg(figure)
    axes = figure.subplots(len(panels), 1, squeeze=False, gridspec_kw={"height_ratios": heights})
    for (axis,), panel in zip(axes, panels, strict=True):
        _draw(axis, panel, language)
    handles = [
        Patch(
            facecolor=one.colour,
            edgecolor=INK,
            hatch=one.pattern or None,
            linewidth=THIN,
            label=one.label.render(language),
        )
        for key, one in SEGMENTS.items()
        if any(key in bar.seconds for panel in panels for bar in panel.bars)
    ]
    figure.legend(handles=handles, loc="lower center", ncols=2, frameon=False, fontsize=9)
    _write_in(figure, families(language))
    figure.tight_layout(rect=(0.0, LEGEND_INCHES / total, 1.0, 1.0))
    return figure


def _draw(axis: Axes, panel: Panel, language: str) -> None:
    axis.set_title(panel.title, loc="left", fontsize=12, fontweight="bold", color=INK)
    ends = [_bar(axis, place, bar) for place, bar in enumerate(panel.bars)]
    first, longest = min(_starts(panel)), max([*ends, 1.0])
    span = longest - first
    for place, (bar, end) in enumerate(zip(panel.bars, ends, strict=True)):
        text = _text(bar, language)
        axis.text(end + 0.012 * span, place, text, va="center", fontsize=8.5, color=INK)
    axis.set_xlim(first - 0.01 * span, longest + 0.42 * span)  # Room for what is written there.
    axis.set_ylim(len(panel.bars) - 0.4, -0.6)
    axis.set_yticks(range(len(panel.bars)), [bar.name for bar in panel.bars])
    axis.axvline(0.0, color=INK, linewidth=THIN, linestyle="--")
    axis.set_xlabel(translate(language, "seconds since the decision"), fontsize=9)
    axis.tick_params(axis="y", length=0, labelsize=9)
    axis.tick_params(axis="x", labelsize=8)
    for side in ("top", "right", "left"):
        axis.spines[side].set_visible(False)


def _before(bar: Bar) -> float:
    return bar.seconds.get("detect", 0.0) + bar.seconds.get("decide", 0.0)


def _starts(panel: Panel) -> list[float]:
    return [-_before(bar) for bar in panel.bars]


def _bar(axis: Axes, place: int, bar: Bar) -> float:
    """Draw it, with the decision at 0, and answer where it ends."""
    left = -_before(bar)
    for key, one in SEGMENTS.items():
        length = bar.seconds.get(key, 0.0)
        if length > 0:
            axis.barh(
                place,
                length,
                left=left,
                height=0.62,
                facecolor=one.colour,
                edgecolor=PAPER if one.colour == OLD else INK,
                hatch=one.pattern or None,
                linewidth=THIN,
            )
        left += length
    if bar.back_seconds is not None and bar.half_seconds > 0:
        axis.errorbar(
            bar.back_seconds, place, xerr=bar.half_seconds, color=INK, capsize=3, linewidth=1.0
        )
        return max(left, bar.back_seconds + bar.half_seconds)
    return max(left, 0.0)


def _text(bar: Bar, language: str) -> str:
    if bar.back_seconds is None:
        return bar.remark
    told = translate(
        language,
        "back after {seconds} s",
        seconds=f"{bar.back_seconds:.1f}"
        + (f" ± {bar.half_seconds:.1f}" if bar.half_seconds > 0 else ""),
    )
    return f"{told}; {bar.remark}" if bar.remark else told


def _write_in(figure: Figure, names: list[str]) -> None:
    for axis in figure.axes:
        axis.tick_params(labelfontfamily=names)
    for text in figure.findobj(Text):
        text.set_fontfamily(names)
