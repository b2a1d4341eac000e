"""What a rollback drill found: for each moment a table of clocks and one of what it cost."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from sim.analysis.rollback_figures import DRILL_FIGURES, DrillFigure
from sim.experiments.drill_moments import MOMENT_NAMES
from sim.i18n import Message, message, translate
from sim.interfaces.cause_names import cause_name
from sim.interfaces.numbers import NOTHING, shown_estimate
from sim.interfaces.table import Row, Table

if TYPE_CHECKING:
    from sim.experiments.drill_moments import Plan
    from sim.experiments.drill_result import DrilledMoment, WayBack

NOT_REACHED = message("not in the window")
NO_EFFECT = message("no effect")  # The bad version failed nobody: these clocks never began.
FROM_FIRST_EFFECT = ("first_effect_seconds", "detected_seconds", "decided_seconds")


def clocks_table(found: DrilledMoment, language: str) -> Table:
    """The clocks of every way back, in seconds, in the order in which they run."""
    clocks = [one for one in DRILL_FIGURES.values() if one.is_clock]
    if not found.moment.is_watched:  # Said by command: nobody had to find out.
        clocks = [one for one in clocks if one.key != "detected_seconds"]
    title = translate(
        language,
        "Decided {moment}: the clocks in seconds, mean ± half of the 95 % interval, {n} seeds",
        moment=MOMENT_NAMES[found.moment],
        n=len(found.ways[0].digests),
    )
    return _table(title, clocks, found, language)


def cost_table(found: DrilledMoment, language: str) -> Table:
    """Whom the bad version met, who was hurt, and what the way back broke and why."""
    counts = [one for one in DRILL_FIGURES.values() if not one.is_clock]
    title = translate(
        language,
        "What it cost, in a window of {seconds} s",
        seconds=f"{found.plan.window.seconds:g}",
    )
    table = _table(title, counts, found, language)
    if not any(_causes(way, language) for way in found.ways):
        return table
    rows = [
        Row(cells=(*row.cells, _causes(way, language) or NOTHING), explains=row.explains)
        for row, way in zip(table.rows, found.ways, strict=True)
    ]
    return Table(
        title=title,
        headings=(*table.headings, translate(language, "broken how")),
        rows=tuple(rows),
        figures_from=1,
        heading_explains=table.heading_explains,
    )


def _table(title: str, figures: list[DrillFigure], found: DrilledMoment, language: str) -> Table:
    return Table(
        title=title,
        headings=(
            translate(language, "strategy"),
            *(figure.heading.render(language) for figure in figures),
        ),
        rows=tuple(
            Row(cells=(way.strategy, *(_cell(figure, way, language) for figure in figures)))
            for way in found.ways
        ),
        figures_from=1,
        heading_explains=("", *(figure.definition.render(language) for figure in figures)),
    )


def definitions_table(language: str) -> Table:
    """What each figure of a drill means."""
    return Table(
        title=translate(language, "What is measured"),
        headings=(translate(language, "figure"), translate(language, "meaning")),
        rows=tuple(
            Row(cells=(figure.heading.render(language), figure.definition.render(language)))
            for figure in DRILL_FIGURES.values()
        ),
    )


def policy_sentence(plan: Plan) -> Message:
    """By which rule and by whom it is decided, where nobody commands."""
    policy = plan.policy
    own = message("the scenario's alert {name}", name=policy.alert)
    rule = (
        own
        if policy.alert is not None
        else message(
            "{expr}, for {seconds} s, evaluated every {every} s",
            expr=policy.expr,
            seconds=f"{policy.for_seconds:g}",
            every=f"{plan.evaluation_seconds:g}",
        )
    )
    if (person := policy.person) is not None:
        rule = message(
            "{rule}; page after {pager} s, reaction after {reaction} s",
            rule=rule,
            pager=_bounds(person.pager_seconds),
            reaction=_bounds(person.reaction_seconds),
        )
    return message("Decided by whom: {policy}", policy=rule)


def _bounds(bounds: tuple[float, float]) -> str:
    low, high = bounds
    return f"{low:g}" if low == high else f"{low:g} .. {high:g}"


def _cell(figure: DrillFigure, way: WayBack, language: str) -> str:
    estimate = way.estimates[figure.key]
    if figure.key in FROM_FIRST_EFFECT and way.estimates["first_effect_seconds"] is None:
        return NO_EFFECT.render(language)
    if estimate is None:
        return NOT_REACHED.render(language) if figure.is_clock else NOTHING
    return shown_estimate(estimate, 1.0, language)


def _causes(way: WayBack, language: str) -> str:
    """Which causes the way back clearly added to."""
    parts = [
        message("{count} {cause}", count=f"{found.value:.0f}", cause=cause_name(key, language))
        for key, found in way.broken.items()
        if found.value >= 0.5
    ]
    if not parts:
        return ""
    listed: Message = reduce(lambda one, two: message("{one}, {two}", one=one, two=two), parts)
    return listed.render(language)
