"""What a study found, in words and as a table: figures, intervals, and "cannot tell yet"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sim.analysis.figures import FIGURES
from sim.i18n import Message, message, translate
from sim.interfaces.app.study.harm import (
    Cell,
    Ranked,
    cells_of,
    costs_nothing,
    is_harmless,
    kinds_of,
    ranked,
)
from sim.interfaces.app.study.harm import worst as worst_of
from sim.interfaces.numbers import NOTHING, shown_estimate
from sim.interfaces.table import Row, Table
from sim.model.duration import duration
from sim.model.objects import JsonObject

if TYPE_CHECKING:
    from sim.analysis.heat_map import HeatMap

BEGINS = message("begins after the release")
AFTER = message("after release")  # As short as the head of a column must be.
_WHAT = {"strategy": message("strategy"), "fault": message("fault"), "moment": BEGINS}


def moment_words(moment: str, language: str) -> str:
    """When a fault begins."""
    if not duration(moment):
        return translate(language, "from the release on")
    return translate(language, "from {moment} after the release on", moment=moment)


def sentences(cells: Sequence[Cell], figure: str, language: str) -> list[str]:
    """Who is hurt least by each fault, and the worst combination of all."""
    found = [_least(cells, kind, figure, language) for kind in kinds_of(cells)]
    return [*found, _worst(cells, figure, language)]


def _least(cells: Sequence[Cell], kind: str, figure: str, language: str) -> str:
    one = ranked(cells, kind)
    values = {
        "kind": kind,
        "best": one.best,
        "value": shown_estimate(one.mean(one.best), 1.0, language),
        "figure": FIGURES[figure].label,
    }
    if is_harmless(cells, kind):
        return translate(
            language,
            "{kind}: at these sizes it hurts nobody beyond the release itself, which {best} makes "
            "with {value} {figure}.",
            **values,
        )
    if len(one.rows) == 1:
        return translate(
            language, "{kind}: {best} has {value} {figure} on average.", **values
        ) + _alone(one, language)
    if one.rivals:
        names = sorted((*one.ties, *one.rivals), key=list(one.rows).index)
        return translate(
            language,
            "{kind}: cannot tell yet which strategy is hurt least: {best} ({value} {figure} on "
            "average) or {rivals}.",
            **values,
            rivals=", ".join(_with_mean(one, name, language) for name in names),
        )
    if one.ties:
        return _tied(one, values, language) + _alone(one, language)
    return translate(
        language,
        "{kind}: {best} is hurt least, {value} {figure} on average; next is {next}.",
        **values,
        next=_with_mean(one, list(one.rows)[1], language),
    ) + _alone(one, language)


def _tied(one: Ranked, values: Mapping[str, object], language: str) -> str:
    """Several that nothing sets apart: no further run is needed to say so."""
    joint = translate(language, ", ").join((one.best, *one.ties))
    told = {**values, "names": joint, "n": len(one.rows[one.best])}
    rest = list(one.rows)[1 + len(one.ties) :]
    if not rest:
        return translate(
            language,
            "{kind}: {names} are hurt alike in each of {n} runs: {value} {figure}.",
            **told,
        )
    return translate(
        language,
        "{kind}: {names} are hurt least, and alike in each of {n} runs: {value} {figure}; next is "
        "{next}.",
        **told,
        next=_with_mean(one, rest[0], language),
    )


def _with_mean(one: Ranked, strategy: str, language: str) -> str:
    value = shown_estimate(one.mean(strategy), 1.0, language)
    return translate(language, "{strategy} ({value})", strategy=strategy, value=value)


def _alone(one: Ranked, language: str) -> str:
    if one.alone is None:
        return ""
    value = shown_estimate(one.alone, 1.0, language)
    return translate(language, " The release alone, without a fault: {value}.", value=value)


def _worst(cells: Sequence[Cell], figure: str, language: str) -> str:
    label = FIGURES[figure].label
    if costs_nothing(cells):
        return translate(
            language, "No combination costs more {figure} than the release alone.", figure=label
        )
    cell, others = worst_of(cells)
    text = translate(
        language,
        "Worst on average: {kind} {size}, {moment}, with {strategy}: {value} {figure}",
        kind=cell.kind,
        size=cell.size,
        moment=moment_words(cell.moment, language),
        strategy=cell.strategy,
        value=shown_estimate(cell.mean, 1.0, language),
        figure=label,
    )
    if not others:
        return text + translate(language, ".")
    return text + translate(language, "; {n} others cannot be told from it yet.", n=others)


def swing_name(what: str, language: str) -> str:
    """What a bar of the tornado is about."""
    if what in _WHAT:
        return _WHAT[what].render(language)
    return translate(language, "size of {kind}", kind=what)


def harm_table(cells: Sequence[Cell], figure: str, language: str) -> Table:
    """Every cell: mean ± half of its interval, strategies side by side."""
    strategies = list(dict.fromkeys(cell.strategy for cell in cells))
    by_place = {(c.kind, c.size, c.moment, c.strategy): c for c in cells}
    places = dict.fromkeys((c.kind, c.size, c.moment) for c in _once(cells))
    rows = [
        Row(
            cells=(
                _fault(kind, size, language),
                moment if kind else NOTHING,
                *(
                    shown_estimate(cell.mean, 1.0, language)
                    if (cell := by_place.get((kind, size, moment, name)))
                    else NOTHING
                    for name in strategies
                ),
            )
        )
        for kind, size, moment in places
    ]
    return Table(
        title=translate(
            language,
            "{figure}: mean ± half of the 95 % interval, {n} seeds",
            figure=FIGURES[figure].label,
            n=len(cells[0].values),
        ),
        headings=(
            translate(language, "fault and size"),
            AFTER.render(language),
            *strategies,
        ),
        rows=tuple(rows),
        figures_from=2,
    )


def _once(cells: Sequence[Cell]) -> list[Cell]:
    """*cells* with those that have no fault from one moment only: none of them begins any more."""
    bare = {cell.moment: cell for cell in reversed(cells) if not cell.kind}
    first = next(reversed(bare), "")
    return [cell for cell in cells if cell.kind or cell.moment == first]


def refused_table(found: JsonObject, language: str) -> Table:
    """What Kubernetes or Seatrial refuses, and why."""
    headings = (message("fault and size"), AFTER, message("why"))
    return Table(
        title=translate(language, "Points that are refused"),
        headings=tuple(heading.render(language) for heading in headings),
        rows=tuple(
            Row(cells=(one["fault"], one["moment"], one["why"][language]))
            for one in found["refused"]
        ),
    )


def heat_map(found: JsonObject, figure: str, language: str) -> HeatMap:
    """The whole study as one picture for papers and slides, a panel for each moment."""
    from sim.analysis.heat_map import HeatMap

    cells = cells_of(found, figure)
    faults = list(dict.fromkeys((cell.kind, cell.size) for cell in cells))
    # The picture counts its rows from below.
    strategies = list(dict.fromkeys(cell.strategy for cell in cells))[::-1]
    panels: dict[str, dict[tuple[int, int], float]] = {}
    for cell in cells:
        place = faults.index((cell.kind, cell.size)), strategies.index(cell.strategy)
        panels.setdefault(moment_words(cell.moment, language), {})[place] = cell.mean.value
    return HeatMap(
        figure=figure_label(figure),
        unit=FIGURES[figure].unit,
        x_name=translate(language, "fault and size"),
        y_name=translate(language, "strategy"),
        x_values=tuple(_fault(*fault, language).replace(" ", "\n") for fault in faults),
        y_values=tuple(strategies),
        cells=panels,
        averaged=(),
    )


def figure_label(figure: str) -> Message:
    """What a figure is called; both count whole things, so it is its unit too."""
    return FIGURES[figure].label


def _fault(kind: str, size: str, language: str) -> str:
    return f"{kind} {size}" if kind else translate(language, "no fault")
