"""The error budget over time: how much of it each release has burned by every second.

The scale is linear up to the whole budget; where more than ten are burned, logarithmic beyond it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import StrMethodFormatter

from sim.analysis.error_budget import burned_by_second
from sim.analysis.fonts import drawable, families
from sim.analysis.heat_map import DPI, FAINT, write_in
from sim.analysis.palette import FAILED, FIRM, INK, LATER, NEW, OLD, PAPER
from sim.analysis.picture import time_shown
from sim.analysis.time_axis import count_time
from sim.i18n import translate
from sim.model.run import Run

SIZE_INCHES = (8.5, 3.8)
FAR_PERCENT = 1000.0  # One strategy beyond it would press all others flat.
_COLOURS = (OLD, NEW, LATER, FAILED, INK)
_DASHES = ("-", "--", "-.", ":")  # With five colours twenty lines that differ in grey as well.


def draw_budget(
    runs: Sequence[Run], no_release: Run, slo_availability: float, language: str = "en"
) -> Figure | None:
    """A line for each of *runs*; None if the SLO leaves no budget to burn."""
    language = drawable(language)
    lines = [(run, burned_by_second(run, no_release, slo_availability)) for run in runs]
    if not lines or any(burned is None for _, burned in lines):
        return None
    figure = Figure(figsize=SIZE_INCHES, dpi=DPI, facecolor=PAPER, layout="constrained")
    FigureCanvasAgg(figure)
    axis = figure.subplots()
    for number, (run, burned) in enumerate(lines):
        assert burned is not None
        seconds = np.floor(run.window.start) + np.arange(len(burned) + 1) - run.window.first_write
        axis.plot(
            seconds,
            100.0 * np.concatenate([[0.0], burned]),
            color=_COLOURS[number % len(_COLOURS)],
            linestyle=_DASHES[number % len(_DASHES)],
            linewidth=1.8,
            label=run.strategy,
        )
    axis.axhline(100.0, color=FAINT, linewidth=FIRM)
    axis.axvline(0.0, color=INK, linestyle="--", linewidth=FIRM / 2)
    zero = runs[0].window.first_write
    start, end = (moment - zero for moment in time_shown(runs))
    axis.set_xlim(start, end)
    count_time(axis, (start, end), language)
    axis.set_ylabel(translate(language, "% of the window's error budget"))
    high = axis.get_ylim()[1]
    if high > FAR_PERCENT:
        least = 100.0 * min(
            0.0, *(float(burned.min()) for _, burned in lines if burned is not None)
        )
        axis.set_yscale("symlog", linthresh=100.0)
        axis.set_ylim(1.2 * least - 10.0, 1.5 * high)
        axis.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    figure.legend(loc="outside right upper", frameon=False)
    write_in(figure, families(language))
    return figure
