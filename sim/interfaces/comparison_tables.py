"""What a comparison found, as tables: figures, causes, and what each strategy ran with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sim.analysis.figures import FIGURES, Figure
from sim.analysis.units import Unit, scaled
from sim.analysis.units import label as unit_label
from sim.i18n import message, translate
from sim.interfaces.cause_names import cause_name
from sim.interfaces.numbers import NOTHING, shown_estimate
from sim.interfaces.table import Row, Table

if TYPE_CHECKING:
    from sim.experiments.comparison import Arm, Comparison
    from sim.model.run import Setting
    from sim.scenario.scenario import Prices
    from sim.stats import Estimate

NO_RELEASE = message("no release")
OVER_NO_RELEASE = message("over no release")
NOT_FINISHED = message("not finished")
# How strategies end the source of a value that a handbook gives in minutes.
MINUTES = ", a second for each of its minutes"

# Figures of a release alone: without one there is nothing to compare them with.
CLOCKS = frozenset({"old_version_gone_seconds", "settled_seconds"})
# Figures that are defined against the no-release run already.
ALREADY_EXCESS = frozenset(
    {"blast_radius", "error_budget_burned", "extra_pod_seconds", "share_missed"}
)
# Units that the figure's own name says.
COUNTS = (Unit.REQUESTS, Unit.USERS, Unit.PODS, Unit.POD_SECONDS, Unit.CORE_SECONDS)


def arm_name(strategy: str | None, language: str) -> str:
    """What the column of one arm is called."""
    return NO_RELEASE.render(language) if strategy is None else strategy


def figures_table(comparison: Comparison, language: str) -> Table:
    """Every figure with its interval, arms side by side; below it the excess over no release."""
    rows = [_phases_row(comparison, language), _requests_row(comparison, language)]
    for figure in FIGURES.values():
        name = figure_name(figure, language, comparison.scenario.prices)
        rows += _figure_rows(figure, name, comparison.arms, language)
    return Table(
        title=translate(
            language,
            "Figures: mean ± half of the 95 % interval, {n} seeds, a window of {seconds} s",
            n=len(comparison.seeds),
            seconds=f"{comparison.window.seconds:g}",
        ),
        headings=_headings(translate(language, "figure"), comparison.arms, language),
        rows=tuple(rows),
        figures_from=1,
    )


def causes_table(comparison: Comparison, language: str) -> Table:
    """Failed requests by cause; empty if nothing failed in any arm."""
    rows: list[Row] = []
    for key in comparison.arms[0].causes:
        cells = [shown_estimate(arm.causes[key], 1.0, language) for arm in comparison.arms]
        name = cause_name(key, language)
        rows.append(Row(cells=(name, *cells), explains=key))
        more = [
            shown_estimate(arm.causes_excess[key], 1.0, language, signed=True)
            for arm in comparison.releases
        ]
        rows.append(_excess_row(more, language))
    return Table(
        title=translate(language, "Failed requests by cause"),
        headings=_headings(translate(language, "cause"), comparison.arms, language),
        rows=tuple(rows),
        figures_from=1,
    )


def classes_table(comparison: Comparison, language: str) -> Table:
    """Failed requests by class; empty if all requests are alike."""
    return Table(
        title=translate(language, "Failed requests by class"),
        headings=_headings(translate(language, "class of requests"), comparison.arms, language),
        rows=tuple(
            Row(
                cells=(
                    name,
                    *(shown_estimate(arm.classes[name], 1.0, language) for arm in comparison.arms),
                )
            )
            for name in comparison.arms[0].classes
        ),
        figures_from=1,
    )


def settings_table(arms: Iterable[tuple[str | None, Sequence[Setting]]], language: str) -> Table:
    """The settings that each strategy ran with, and where each value comes from."""
    headings = (message("strategy"), message("setting"), message("value"), message("source"))
    return Table(
        title=translate(language, "What each strategy ran with"),
        headings=tuple(heading.render(language) for heading in headings),
        rows=tuple(
            Row(cells=(strategy, setting.name, setting.value, shown_source(setting, language)))
            for strategy, settings in arms
            if strategy is not None
            for setting in settings
        ),
    )


def shown_source(setting: Setting, language: str) -> str:
    """Where the value of *setting* comes from."""
    kind, bracket, place = setting.source.removesuffix(")").partition(" (")
    known = {
        "manifest": message("manifest"),
        "Kubernetes default": message("Kubernetes default"),
        "Argo Rollouts default": message("Argo Rollouts default"),
        "handbook": message("handbook"),
        "scenario": message("scenario"),
        "tuned": message("tuned"),
        "assumed": message("assumed"),
    }
    name = known[kind].render(language) if kind in known else kind
    if not bracket:
        return name
    if kind == "handbook":
        place = _chapters(place, language)
    return translate(language, "{source} ({place})", source=name, place=place)


def _chapters(place: str, language: str) -> str:
    """The chapters of the handbook that a value stands in, and that its minutes are seconds."""
    listed = numbers = place.removesuffix(MINUTES)
    for between in (message(" and "), message(", ")):
        listed = listed.replace(between.text, between.render(language))
    if numbers == place:
        return listed
    return translate(language, "{chapters}, a second for each of its minutes", chapters=listed)


def figure_name(figure: Figure, language: str, prices: Prices | None = None) -> str:
    """The figure and its unit, unless its name says that already: `downtime (s)`."""
    name = figure.label.render(language)
    if figure.unit in COUNTS:
        return name
    unit = unit_label(figure.unit).render(language)
    if figure.unit is Unit.MONEY and prices is not None:
        unit = prices.currency
    return translate(language, "{name} ({unit})", name=name, unit=unit)


def _headings(first: str, arms: Sequence[Arm], language: str) -> tuple[str, ...]:
    return (first, *(arm_name(arm.strategy, language) for arm in arms))


def _phases_row(comparison: Comparison, language: str) -> Row:
    cells = [
        "\n".join(
            translate(language, "{phase} in {n} of {all}", phase=phase, n=n, all=len(arm.digests))
            for phase, n in arm.phases.items()
        )
        for arm in comparison.releases
    ]
    name = translate(language, "the strategy ended as")
    explains = translate(language, "Unfinished: it had not come to an end when the window did")
    return Row(cells=(name, NOTHING, *cells), explains=explains)


def _requests_row(comparison: Comparison, language: str) -> Row:
    cells = [shown_estimate(arm.requests, 1.0, language) for arm in comparison.arms]
    name = translate(language, "requests in the window")
    explains = translate(
        language, "requests that users meant to send inside the window, whatever became of them"
    )
    return Row(cells=(name, *cells), explains=explains)


def _figure_rows(figure: Figure, name: str, arms: Sequence[Arm], language: str) -> list[Row]:
    """One row for the figure, and one for its excess where that says something new."""
    estimates = [arm.estimates[figure.key] for arm in arms]
    if figure.key not in CLOCKS and all(estimate is None for estimate in estimates):
        return []
    factor = scaled(1.0, figure.unit)
    cells = [_cell(figure, arm, factor, language) for arm in arms]
    explains = figure.definition.render(language)
    rows = [Row(cells=(name, *cells), explains=explains)]
    if figure.key in CLOCKS | ALREADY_EXCESS:
        return rows
    excess: list[Estimate | None] = [arm.excess[figure.key] for arm in arms[1:]]
    more = [shown_estimate(found, factor, language, signed=True) for found in excess]
    return [*rows, _excess_row(more, language)]


def _cell(figure: Figure, arm: Arm, factor: float, language: str) -> str:
    estimate = arm.estimates[figure.key]
    if estimate is None and figure.key in CLOCKS and arm.strategy is not None:
        return NOT_FINISHED.render(language)
    return shown_estimate(estimate, factor, language)


def _excess_row(cells: Sequence[str], language: str) -> Row:
    return Row(cells=(OVER_NO_RELEASE.render(language), "", *cells), subordinate=True)
