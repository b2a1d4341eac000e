"""A comparison as a notebook shows it: the verdict, and every figure with its interval."""

from __future__ import annotations

from collections.abc import Sequence

from sim.analysis.figures import FIGURES, Figure
from sim.analysis.notebook_table import Line, notebook_block, notebook_table
from sim.analysis.units import Unit, label, number
from sim.experiments.arm import Arm
from sim.i18n import Message, message, translate
from sim.scenario.scenario import Prices
from sim.stats import Estimate

NOTHING = "–"


def arms_html(
    title: Message, verdict: Message, arms: Sequence[Arm], prices: Prices | None, language: str
) -> str:
    """One HTML element in *language*; a figure that no arm has is left out."""
    heads = [message("figure"), message("unit")]
    heads += [message("no release") if a.strategy is None else Message(a.strategy) for a in arms]
    lines = [
        _line(figure, arms, prices, language)
        for figure in FIGURES.values()
        if any(arm.estimates[figure.key] is not None for arm in arms)
    ]
    table = notebook_table(title, heads, lines, language, numbers=range(2, len(heads)))
    return notebook_block(verdict, [table], language)


def _line(figure: Figure, arms: Sequence[Arm], prices: Prices | None, language: str) -> Line:
    money = figure.unit is Unit.MONEY and prices is not None
    unit = prices.currency if money and prices else label(figure.unit).render(language)
    cells = [estimate_text(arm.estimates[figure.key], figure.unit, language) for arm in arms]
    return Line(
        cells=(figure.label.render(language), unit, *cells),
        why=figure.definition.render(language),
    )


def estimate_text(found: Estimate | None, unit: Unit, language: str) -> str:
    """`31.4 ± 4.5`; where only some runs had a value, in how many."""
    if found is None:
        return NOTHING
    half = found.half_width or 0.0
    text = number(found.value, unit, spread=half)
    if half > 0:
        text += f" ± {number(half, unit, spread=half)}"
    if found.n == found.of:
        return text
    return translate(language, "{value} (in {n} of {all})", value=text, n=found.n, all=found.of)
