"""The picture: for each run a lane per pod above what became of the traffic, on one time axis."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.text import Text

from sim.analysis.failures import failed, sent
from sim.analysis.fonts import drawable, families
from sim.analysis.lanes import Lane, lanes
from sim.analysis.palette import (
    FAILED,
    FAILED_PATTERN,
    FIRM,
    INK,
    PAPER,
    bar_style,
    colour_of,
    legend_handles,
    pattern_of,
    version_word,
)
from sim.analysis.time_axis import count_time
from sim.analysis.traffic_share import Shares, traffic_share, traffic_step
from sim.i18n import translate
from sim.model.run import PodSpan, Run
from sim.model.time_step import edges_of, step_words

BEFORE_SECONDS = 10.0  # Shown before the first write …
AFTER_SECONDS = 15.0  # … and after the last thing that happened.
NOTABLE = 0.05  # A share of failures in a second that the picture must not cut off.
LANE_INCHES, LEAST_INCHES, MOST_INCHES = 0.20, 1.6, 9.0
COLUMN_INCHES, LEAST_WIDTH_INCHES = 5.2, 7.5
TRAFFIC_INCHES, LEGEND_INCHES, REST_INCHES = 1.9, 0.65, 1.25
NAMED_LANES = 40  # More than that, and names would run into each other.
DPI = 120
WORST_STRENGTH = 0.35  # The worst second hangs over what the step was on average.

Interval = tuple[float, float]


def draw(runs: Sequence[Run], language: str = "en") -> Figure:
    """One column for each of *runs*; labels in *language*, or in English without a font for it."""
    if not runs:
        raise ValueError("runs must not be empty")
    language = drawable(language)
    shown = time_shown(runs)
    rows = [lanes(run, *shown) for run in runs]
    tallest = max(1, *(len(row) for row in rows))
    height = min(max(tallest * LANE_INCHES, LEAST_INCHES), MOST_INCHES)
    total = height + TRAFFIC_INCHES + LEGEND_INCHES + REST_INCHES
    width = max(COLUMN_INCHES * len(runs), LEAST_WIDTH_INCHES)
    figure = Figure(figsize=(width, total), dpi=DPI, facecolor=PAPER)
    FigureCanvasAgg(figure)
    ratios = {"height_ratios": [height, TRAFFIC_INCHES]}
    axes = figure.subplots(2, len(runs), sharex=True, squeeze=False, gridspec_kw=ratios)
    for column, (run, row) in enumerate(zip(runs, rows, strict=True)):
        _pods(axes[0][column], run, row, tallest, shown, language)
        _traffic(axes[1][column], run, shown, language)
    axes[1][0].set_ylabel(translate(language, "% of requests"))
    _legend(figure, runs, rows, traffic_step(shown), language)
    _write_in(figure, families(language))
    figure.tight_layout(rect=(0.0, LEGEND_INCHES / total, 1.0, 1.0))
    return figure


def save_png(figure: Figure, path: str | Path) -> None:
    """Write *figure* to *path*, whole or not at all; the same figure gives the same bytes."""
    target = Path(path)
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        figure.savefig(draft, format="png", dpi=DPI, metadata={"Software": None})
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def time_shown(runs: Sequence[Run]) -> Interval:
    """From shortly before the first write until everything is over in every run.

    A rollout that has not settled is shown to the window's end; without any release it is all.
    """
    window = runs[0].window
    last = window.first_write
    for run in runs:
        if run.strategy is not None:
            share = traffic_share(run)
            hurt = share.seconds[(share.failed > NOTABLE) & (share.seconds >= last)]
            end = window.end if run.settled_at is None else run.settled_at
            last = max(last, end, float(hurt.max(initial=0)))
    if last == window.first_write:
        return window.start, window.end
    start = max(window.start, window.first_write - BEFORE_SECONDS)
    return start, min(window.end, last + AFTER_SECONDS)


def _pods(
    axis: Axes, run: Run, row: Sequence[Lane], tallest: int, shown: Interval, language: str
) -> None:
    name = run.strategy or translate(language, "no release")
    axis.set_title(name, loc="left", fontsize=13, fontweight="bold", color=INK)
    lost = translate(
        language, "{lost} of {all} requests failed", lost=f"{failed(run):,}", all=f"{sent(run):,}"
    )
    axis.set_title(lost, loc="right", fontsize=10, color=FAILED if failed(run) else INK)
    for place, lane in enumerate(row):
        for span in lane.spans:
            _bar(axis, span, place, run.window.first_write, shown)
    axis.set_ylim(tallest - 0.4, -0.6)  # The first lane on top.
    axis.tick_params(axis="y", length=0, labelsize=7)
    axis.tick_params(axis="x", labelbottom=False)
    if len(row) <= NAMED_LANES:
        names = [f"{version_word(lane.version, language)} {_short(lane.pod)}" for lane in row]
        axis.set_yticks(range(len(row)), names)
    else:
        axis.set_yticks([])
        axis.set_ylabel(translate(language, "{n} pods", n=len(row)))
    _frame(axis, run, shown)


def _bar(axis: Axes, span: PodSpan, place: int, zero: float, shown: Interval) -> None:
    start, end = max(span.start, shown[0]), min(span.end, shown[1])
    if start < end:
        where = [(start - zero, end - start)], (place - 0.38, 0.76)
        axis.broken_barh(*where, **bar_style(span.phase, colour_of(span.version)))


def _short(pod: str) -> str:
    """The part of a pod's name that tells it from its siblings."""
    return pod.rsplit("-", 1)[-1]


def _traffic(axis: Axes, run: Run, shown: Interval, language: str) -> None:
    zero, step = run.window.first_write, traffic_step(shown)
    moments = edges_of(*shown, step, zero)
    share = traffic_share(run, moments)
    edges = np.array(moments) - zero
    bands = [(colour_of(v), pattern_of(v), band) for v, band in enumerate(share.answered)]
    base = np.zeros(len(share.seconds))
    for colour, pattern, band in [*bands, (FAILED, FAILED_PATTERN, share.failed)]:
        if band.any():
            axis.stairs(
                100 * (base + band),
                edges,
                baseline=100 * base,
                fill=True,
                facecolor=colour,
                edgecolor=PAPER,
                hatch=pattern or None,
                linewidth=0.0,
            )
        base = base + band
    if step > 1 and share.worst.any():
        _worst_seconds(axis, share.worst, edges)
    axis.set_ylim(0, 100)
    axis.set_yticks([0, 50, 100])
    axis.tick_params(labelsize=8)
    _frame(axis, run, shown)
    count_time(axis, (shown[0] - zero, shown[1] - zero), language)


def _worst_seconds(axis: Axes, worst: Shares, edges: Shares) -> None:
    """Hanging from the top over the means: what failed in the worst second of each step."""
    axis.stairs(
        np.full(len(worst), 100.0),
        edges,
        baseline=100 * (1 - worst),
        fill=True,
        facecolor=FAILED,
        alpha=WORST_STRENGTH,
        linewidth=0.0,
    )


def _frame(axis: Axes, run: Run, shown: Interval) -> None:
    """The time axis, and on it where the release was written and where only its pods were left."""
    zero = run.window.first_write
    for side in ("top", "right", "left"):
        axis.spines[side].set_visible(False)
    axis.set_xlim(shown[0] - zero, shown[1] - zero)
    if run.strategy is not None:
        axis.axvline(0.0, color=INK, linewidth=FIRM, linestyle="--")
        if run.settled_at is not None:
            axis.axvline(run.settled_at - zero, color=INK, linewidth=FIRM)


def _legend(
    figure: Figure,
    runs: Sequence[Run],
    rows: Sequence[Sequence[Lane]],
    step: int,
    language: str,
) -> None:
    drawn = [lane for row in rows for lane in row]
    used = max((lane.number for lane in drawn), default=0)
    phases = frozenset(span.phase for lane in drawn for span in lane.spans)
    names = max((run.versions for run in runs), key=len)
    handles = legend_handles(names[: used + 1], phases, language)
    if step > 1 and any(failed(run) for run in runs):
        words = translate(language, "failed, worst second of each {time}", time=step_words(step))
        handles.append(Patch(facecolor=FAILED, alpha=WORST_STRENGTH, linewidth=0.0, label=words))
    columns = -(-len(handles) // 2)
    figure.legend(handles=handles, loc="lower center", ncols=columns, frameon=False, fontsize=9)


def _write_in(figure: Figure, names: list[str]) -> None:
    """Use the font families *names* for all text, ticks that come later included."""
    for axis in figure.axes:
        axis.tick_params(labelfontfamily=names)
    for text in figure.findobj(Text):
        text.set_fontfamily(names)
