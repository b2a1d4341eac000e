"""How well a recording fits: rate, requests of a visit, pauses in it, recorded and fitted."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from numpy.typing import NDArray

from sim.analysis.fonts import drawable, families
from sim.analysis.palette import INK, NEW, OLD, PAPER
from sim.fitting.fitted import Fit
from sim.i18n import translate

DPI = 120
_WIDTH, _HEIGHT, _WIDE = 4.4, 3.4, 8.0


def draw(fit: Fit, language: str = "en") -> Figure:
    """The curve of the stretch and, where single users are known, how long their visits are."""
    language = drawable(language)
    panels = 3 if fit.visits is not None else 1
    width = _WIDTH * panels if panels > 1 else _WIDE
    figure = Figure(figsize=(width, _HEIGHT), dpi=DPI, facecolor=PAPER)
    FigureCanvasAgg(figure)
    axes = figure.subplots(1, panels, squeeze=False)[0]
    _rate(axes[0], fit, language)
    if fit.visits is not None:
        _sizes(axes[1], fit.visits.sizes, language)
        _pauses(axes[2], fit.visits.pauses, language)
    fonts = families(language)
    for text in figure.findobj(Text):
        text.set_fontfamily(fonts)
    figure.tight_layout()
    return figure


def _rate(axes: Axes, fit: Fit, language: str) -> None:
    minutes = np.arange(len(fit.stretch.counts) + 1) * fit.stretch.step_seconds / 60.0
    axes.stairs(fit.stretch.rates, minutes, color=OLD, linewidth=1.6, baseline=None)
    axes.axhline(fit.mean_rate, color=INK, linestyle="--", linewidth=1.0)
    place = (float(minutes[-1]), fit.mean_rate)
    words = translate(language, "mean of the whole recording")
    axes.annotate(words, place, (0, 3), textcoords="offset points", ha="right", fontsize=8)
    axes.set_ylim(bottom=0.0)
    axes.set_title(translate(language, "The traffic to try a release on"), fontsize=10)
    axes.set_xlabel(translate(language, "minutes"))
    axes.set_ylabel(translate(language, "requests per second"))


def _sizes(axes: Axes, sizes: NDArray[np.int64], language: str) -> None:
    mean = float(sizes.mean())
    most = int(max(np.quantile(sizes, 0.999), 2))
    values = np.arange(1, most + 1)
    seen = [(sizes >= value).mean() for value in values]
    _compare(axes, values, np.array(seen), (1.0 - 1.0 / mean) ** (values - 1), language)
    axes.set_title(translate(language, "Requests of a visit"), fontsize=10)
    axes.set_xlabel(translate(language, "n requests or more"))


def _pauses(axes: Axes, pauses: NDArray[np.float64], language: str) -> None:
    axes.set_title(translate(language, "Pauses in a visit"), fontsize=10)
    axes.set_xlabel(translate(language, "longer than t seconds"))
    if not len(pauses) or not pauses.mean():
        return
    values = np.unique(np.concatenate([[0.0], pauses]))
    seen = 1.0 - np.searchsorted(pauses, values, "right") / len(pauses)
    _compare(axes, values, seen, np.exp(-(values + 0.5) / pauses.mean()), language)


def _compare(
    axes: Axes, x: NDArray[Any], seen: NDArray[Any], fitted: NDArray[Any], language: str
) -> None:
    """What was recorded as steps, what is simulated as a dashed line; one of them per cent up."""
    axes.step(
        x, 100 * seen, where="post", color=OLD, linewidth=1.6, label=translate(language, "recorded")
    )
    axes.plot(
        x,
        100 * fitted,
        color=NEW,
        linestyle="--",
        linewidth=1.8,
        label=translate(language, "fitted"),
    )
    axes.set_yscale("log")
    axes.set_ylim(0.05, 130)
    axes.set_ylabel(translate(language, "% of them"))
    axes.legend(frameon=False, fontsize=8)
