"""A comparison as a notebook shows it: the verdict, and every figure with its interval.

Everything is escaped, and nothing has a colour of its own, so that it reads in light and in dark.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from sim.analysis.figures import FIGURES, Figure
from sim.analysis.units import Unit, label, number
from sim.experiments.arm import Arm
from sim.i18n import Message, message, translate
from sim.scenario.scenario import Prices
from sim.stats import Estimate

_NOTHING = "–"
# A notebook's own style, where it has one, would set words to the right as well.
_WORDS = 'style="text-align: left"'
_NUMBERS = 'style="text-align: right; white-space: nowrap; padding-left: 1em"'


def notebook_table(
    title: Message, verdict: Message, arms: Sequence[Arm], prices: Prices | None, language: str
) -> str:
    """One HTML element in *language*; a figure that no arm has is left out."""
    heads = [message("figure"), message("unit")]
    heads += [message("no release") if a.strategy is None else Message(a.strategy) for a in arms]
    shown = [
        figure
        for figure in FIGURES.values()
        if any(arm.estimates[figure.key] is not None for arm in arms)
    ]
    head = "".join(
        f'<th scope="col" {_WORDS if place < 2 else _NUMBERS}>{escape(one.render(language))}</th>'
        for place, one in enumerate(heads)
    )
    body = "".join(_row(figure, arms, prices, language) for figure in shown)
    return (
        f'<div lang="{escape(language)}"><p><strong>{escape(verdict.render(language))}</strong></p>'
        f'<div style="overflow-x: auto"><table><caption>{escape(title.render(language))}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div></div>"
    )


def _row(figure: Figure, arms: Sequence[Arm], prices: Prices | None, language: str) -> str:
    money = figure.unit is Unit.MONEY and prices is not None
    unit = prices.currency if money and prices else label(figure.unit).render(language)
    cells = [_cell(arm.estimates[figure.key], figure.unit, language) for arm in arms]
    name, why = figure.label.render(language), figure.definition.render(language)
    return (
        f'<tr><th scope="row" {_WORDS} title="{escape(why)}">{escape(name)}</th>'
        f"<td {_WORDS}>{escape(unit)}</td>"
        + "".join(f"<td {_NUMBERS}>{escape(cell)}</td>" for cell in cells)
        + "</tr>"
    )


def _cell(found: Estimate | None, unit: Unit, language: str) -> str:
    """`31.4 ± 4.5`; where only some runs had a value, in how many."""
    if found is None:
        return _NOTHING
    half = found.half_width or 0.0
    text = number(found.value, unit, spread=half)
    if half > 0:
        text += f" ± {number(half, unit, spread=half)}"
    if found.n == found.of:
        return text
    return translate(language, "{value} (in {n} of {all})", value=text, n=found.n, all=found.of)
