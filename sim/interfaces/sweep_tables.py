"""What a sweep found, as tables: every point, what matters most, and what was refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.analysis.figures import FIGURES
from sim.analysis.units import scaled
from sim.experiments.best_point import best_point
from sim.i18n import message, translate
from sim.interfaces.comparison_tables import figure_name
from sim.interfaces.numbers import NOTHING, shown_estimate
from sim.interfaces.table import Row, Table
from sim.stats import mean_interval

if TYPE_CHECKING:
    from sim.experiments.effects import Effect
    from sim.experiments.sweep import Swept

MOST_POINTS = 200  # On a terminal; the folder has all of them.


def points_table(swept: Swept, figure: str, language: str) -> Table:
    """*figure* at every point, strategies side by side."""
    names = [axis.field.name for axis in swept.plan.axes]
    factor = scaled(1.0, FIGURES[figure].unit)
    rows = [
        Row(
            cells=(
                *point.values,
                *(
                    shown_estimate(
                        mean_interval(swept.values(trials, name, figure)), factor, language
                    )
                    for name in swept.plan.strategies
                ),
            )
        )
        for point, trials in swept.trials[:MOST_POINTS]
    ]
    if len(swept.trials) > MOST_POINTS:
        more = translate(language, "and {n} more", n=len(swept.trials) - MOST_POINTS)
        rows.append(Row(cells=(more, *[""] * (len(names) + len(swept.plan.strategies) - 1))))
    return Table(
        title=translate(
            language,
            "{figure} at each point: mean ± half of the 95 % interval, {n} seeds",
            figure=figure_name(FIGURES[figure], language, swept.plan.base.prices),
            n=len(swept.plan.seeds),
        ),
        headings=(*names, *swept.plan.strategies),
        rows=tuple(rows),
        figures_from=len(names),
    )


def effects_table(swept: Swept, figure: str, language: str) -> Table:
    """What matters most, strategy by strategy."""
    from sim.experiments.effects import effects

    headings = (
        message("strategy"),
        message("field"),
        message("least at"),
        message("most at"),
        message("difference"),
    )
    return Table(
        title=translate(language, "What matters most, the mean over all else"),
        headings=tuple(heading.render(language) for heading in headings),
        rows=tuple(
            Row(cells=_effect_cells(name, one, figure, language))
            for name in swept.plan.strategies
            for one in effects(swept, name, figure)
        ),
    )


def _effect_cells(strategy: str, one: Effect, figure: str, language: str) -> tuple[str, ...]:
    factor = scaled(1.0, FIGURES[figure].unit)
    swing = shown_estimate(one.swing, factor, language)
    if one.lowest == one.highest:
        return (strategy, one.axis, NOTHING, NOTHING, swing)
    return (strategy, one.axis, one.lowest, one.highest, swing)


def refused_table(swept: Swept, language: str) -> Table:
    """The points that Kubernetes or Seatrial refuses, with the first reason of each."""
    names = [axis.field.name for axis in swept.plan.axes]
    return Table(
        title=translate(language, "Points that are refused"),
        headings=(*names, translate(language, "why")),
        rows=tuple(
            Row(cells=(*point.values, point.refused[0].message.render(language)))
            for point in swept.plan.points
            if point.refused
        ),
    )


def best_sentence(swept: Swept, figure: str, language: str) -> str:
    """The best point of all, or that these runs cannot tell which it is."""
    best = best_point(swept, figure)
    if best is None:
        return translate(language, "the figure exists at no point")
    factor = scaled(1.0, FIGURES[figure].unit)
    sentence = translate(
        language,
        "best {figure}: {value} with {strategy} and {where}",
        figure=FIGURES[figure].label,
        value=shown_estimate(best.estimate, factor, language),
        strategy=best.strategy,
        where=best.where,
    )
    if not best.overlapping:
        return sentence + translate(language, ".")
    return sentence + translate(
        language, "; {n} others have intervals that overlap with it.", n=best.overlapping
    )
