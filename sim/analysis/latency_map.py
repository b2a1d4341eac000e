"""The latency heat map: when requests were sent and how long they took, by how many did.

A panel for each run, one scale for all, in cividis (see `heat_map`): brighter is more requests.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from sim.analysis.failures import in_window
from sim.analysis.fonts import drawable, families
from sim.analysis.heat_map import COLOURS, DPI, write_in
from sim.analysis.latency import requests_by_bin
from sim.analysis.palette import FIRM, INK, PAPER
from sim.analysis.picture import time_shown
from sim.analysis.time_axis import count_time
from sim.i18n import translate
from sim.model.latency import BINS, middle_of
from sim.model.run import Run
from sim.model.time_step import step_for, step_words

LEAST_SECONDS, MOST_COLUMNS = 2, 90
STEPS_PER_DECADE = 12
PANEL_INCHES, REST_INCHES = (3.6, 2.5), (1.6, 0.5)
PANELS_ABREAST = 3
LEAST_MS = 1.0

Counts = npt.NDArray[np.float64]


def latency_counts(run: Run, columns: Counts, rows: Counts) -> Counts:
    """Requests of the window by when they were sent and by milliseconds, failed ones too.

    *columns* are edges in seconds of the run, *rows* in milliseconds; what is faster than the first
    of these is in its row.
    """
    places = np.digitize(np.maximum(1000.0 * middle_of(np.arange(BINS)), rows[0]), rows) - 1
    found = np.zeros((len(rows) - 1, len(columns) - 1))
    inside = (places >= 0) & (places < len(found))
    for number, (low, high) in enumerate(pairwise(columns.tolist())):
        by_bin = requests_by_bin(run, low, high)[inside]
        found[:, number] = np.bincount(places[inside], weights=by_bin, minlength=len(found))
    return found


def draw_latency_map(runs: Sequence[Run], language: str = "en") -> Figure:
    """One panel for each of *runs*; labels in *language*, or in English without a font for it."""
    language = drawable(language)
    abreast = min(len(runs), PANELS_ABREAST)
    lines = -(-len(runs) // abreast)
    size = [p * n + r for p, n, r in zip(PANEL_INCHES, (abreast, lines), REST_INCHES, strict=True)]
    figure = Figure(figsize=(size[0], size[1]), dpi=DPI, facecolor=PAPER, layout="constrained")
    FigureCanvasAgg(figure)
    panels = list(figure.subplots(lines, abreast, squeeze=False, sharex=True, sharey=True).flat)
    start, end = (float(np.floor(moment)) for moment in time_shown(runs))
    step = step_for(end - start, MOST_COLUMNS, LEAST_SECONDS)
    columns = start + step * np.arange(max(1, int((end - start) // step)) + 1.0)  # Whole ones.
    rows = _rows(runs)
    found = [latency_counts(run, columns, rows) for run in runs]
    scale = LogNorm(1.0, max(2.0, *(float(counts.max()) for counts in found)))
    for panel, run, counts in zip(panels, runs, found, strict=False):
        edges = columns - run.window.first_write
        image = panel.pcolormesh(
            edges, rows, np.ma.masked_equal(counts, 0.0), cmap=COLOURS, norm=scale
        )
        _dress(panel, run, language)
    for panel in panels[len(runs) :]:
        panel.remove()
    bar = figure.colorbar(image, ax=panels[: len(runs)], shrink=0.9)
    bar.set_label(translate(language, "requests in {time}", time=step_words(step)))
    for number, panel in enumerate(panels[: len(runs)]):
        if number % abreast == 0:
            panel.set_ylabel(translate(language, "latency (ms)"))
        if number + abreast >= len(runs):
            panel.tick_params(labelbottom=True)
            zero = runs[0].window.first_write
            count_time(panel, (start - zero, end - zero), language)
    write_in(figure, families(language))
    return figure


def _rows(runs: Sequence[Run]) -> Counts:
    """Edges in equal steps of the logarithm, up to the slowest request of all."""
    slowest = max(
        (float(1000.0 * middle_of(in_window(run).bin).max(initial=0.0)) for run in runs),
        default=LEAST_MS,
    )
    decades = np.log10(max(slowest, 10.0 * LEAST_MS) / LEAST_MS)
    steps = np.arange(np.floor(decades * STEPS_PER_DECADE) + 2.0)
    edges: Counts = LEAST_MS * 10.0 ** (steps / STEPS_PER_DECADE)
    return edges


def _dress(panel: Axes, run: Run, language: str) -> None:
    panel.set_yscale("log")
    panel.minorticks_off()  # Most of the time would go into placing them.
    name = run.strategy or translate(language, "no release")
    panel.set_title(name, loc="left", fontsize=11, fontweight="bold", color=INK)
    if run.strategy is not None:
        panel.axvline(0.0, color=INK, linestyle="--", linewidth=FIRM)
