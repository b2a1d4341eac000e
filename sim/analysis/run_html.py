"""One run as a notebook shows it: how it ended, and every figure that it has by itself."""

from __future__ import annotations

from sim.analysis.failures import failed, sent
from sim.analysis.figures import FIGURES, Figure, Yardstick
from sim.analysis.notebook_table import Line, notebook_block, notebook_lines, notebook_table
from sim.analysis.units import label, number
from sim.i18n import Message, message
from sim.model.run import Run

ELSEWHERE = message(
    "What an SLO, prices or a run without a release are needed for is in a comparison: downtime, "
    "error budget, blast radius, money."
)


def how_it_ended(run: Run) -> Message:
    """The phase that *run* ended in, and how many of its requests failed."""
    return message(
        "{strategy} under seed {seed} ends as {phase}; {lost} of {all} requests failed",
        strategy=message("no release") if run.strategy is None else run.strategy,
        seed=run.seed,
        phase="Unfinished" if run.phase is None else run.phase.value,
        lost=f"{failed(run):,}",
        all=f"{sent(run):,}",
    )


def run_html(run: Run, language: str) -> str:
    """One HTML element in *language*; a figure that *run* does not have is left out."""
    nothing = Yardstick(no_release=run, slo_availability=0.0)  # No figure below looks at it.
    lines = [
        _line(figure, value, language)
        for figure in FIGURES.values()
        if figure.stands_alone and (value := figure.compute(run, nothing)) is not None
    ]
    title = message(
        "Figures of seed {seed}, in a window of {seconds} s",
        seed=run.seed,
        seconds=f"{run.window.seconds:g}",
    )
    heads = (message("figure"), message("value"), message("unit"), message("what it is"))
    table = notebook_table(title, heads, lines, language, numbers=(1,))
    return notebook_block(
        how_it_ended(run), [table, notebook_lines([ELSEWHERE], language)], language
    )


def _line(figure: Figure, value: float, language: str) -> Line:
    words = (figure.label, number(value, figure.unit), label(figure.unit), figure.definition)
    return Line(
        cells=tuple(one.render(language) if isinstance(one, Message) else one for one in words)
    )
