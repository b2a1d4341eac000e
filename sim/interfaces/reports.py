"""Reports of a run, a comparison and a sweep: which sentences, tables and pictures they have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.i18n import LANGUAGES, translate
from sim.interfaces.report import Picture, Report, png_of, report_document
from sim.interfaces.scenario_tables import assumptions_table

if TYPE_CHECKING:
    from sim.analysis.figures import Yardstick
    from sim.experiments.comparison import Comparison
    from sim.experiments.sweep import Swept
    from sim.interfaces.decision import Decision
    from sim.model.run import Run
    from sim.scenario.scenario import Scenario


def of_comparison(comparison: Comparison, decision: Decision, command: str) -> str:
    """The report of *comparison* in all languages."""
    return report_document(
        {one: _comparison(comparison, decision, command, one) for one in LANGUAGES}
    )


def _comparison(comparison: Comparison, decision: Decision, command: str, language: str) -> Report:
    from sim.analysis.picture import draw
    from sim.interfaces.comparison_tables import (
        causes_table,
        classes_table,
        figures_table,
        settings_table,
    )
    from sim.interfaces.story_table import stories_table

    scenario = comparison.scenario
    arms = [(arm.strategy, arm.settings) for arm in comparison.arms]
    alt = translate(language, "Pods and traffic over time, one run of each strategy")
    return Report(
        title=title_of(scenario, language),
        command=command,
        sentences=(comparison.verdict.render(language), *decision.sentences(language)),
        pictures=(Picture(alt=alt, png=png_of(draw(comparison.example_runs, language))),),
        tables=(
            *decision.tables(language),
            figures_table(comparison, language),
            causes_table(comparison, language),
            classes_table(comparison, language),
            stories_table(comparison.example_runs, language),
            settings_table(arms, language),
            assumptions_table(scenario, language),
        ),
        warnings=warnings_of(scenario, language),
    )


def of_run(scenario: Scenario, run: Run, by: Yardstick, command: str) -> str:
    """The report of one *run* in all languages."""
    return report_document({one: _run(scenario, run, by, command, one) for one in LANGUAGES})


def _run(scenario: Scenario, run: Run, by: Yardstick, command: str, language: str) -> Report:
    from sim.analysis.picture import draw
    from sim.analysis.run_html import how_it_ended
    from sim.interfaces.comparison_tables import settings_table
    from sim.interfaces.run_tables import events_table, run_causes_table, run_figures_table
    from sim.interfaces.story_table import stories_table

    alt = translate(language, "Pods and traffic over time, one run of each strategy")
    return Report(
        title=title_of(scenario, language),
        command=command,
        sentences=(how_it_ended(run).render(language),),
        pictures=(Picture(alt=alt, png=png_of(draw([run], language))),),
        tables=(
            run_figures_table(run, by, scenario.prices, language),
            run_causes_table(run, language),
            events_table(run, language),
            stories_table([run], language),
            settings_table([(run.strategy, run.settings)], language),
            assumptions_table(scenario, language),
        ),
        warnings=warnings_of(scenario, language),
    )


def of_sweep(swept: Swept, figure: str, command: str) -> str:
    """The report of *swept* in all languages, about *figure*."""
    return report_document({one: _sweep(swept, figure, command, one) for one in LANGUAGES})


def _sweep(swept: Swept, figure: str, command: str, language: str) -> Report:
    from sim.interfaces import sweep_tables as tables
    from sim.interfaces.comparison_tables import settings_table

    scenario = swept.plan.base
    first = swept.trials[0][1][0]
    arms = [(outcome.strategy, outcome.settings) for outcome in first]
    return Report(
        title=title_of(scenario, language),
        command=command,
        sentences=(tables.best_sentence(swept, figure, language),),
        pictures=tuple(sweep_pictures(swept, figure, language).values()),
        tables=(
            tables.effects_table(swept, figure, language),
            tables.points_table(swept, figure, language),
            tables.refused_table(swept, language),
            settings_table(arms, language),
            assumptions_table(scenario, language),
        ),
        warnings=warnings_of(scenario, language),
    )


def sweep_pictures(swept: Swept, figure: str, language: str) -> dict[str, Picture]:
    """A map over two fields, and a tornado for each strategy, by the names of their files."""
    from sim.experiments.design import GRID
    from sim.experiments.sweep_pictures import heat_map, scatter_map, tornado

    found = {}
    if swept.plan.design != GRID:
        if (drawn := scatter_map(swept, figure, language)) is not None:
            alt = translate(language, "All points over the two fields that matter most")
            found["scatter-map"] = Picture(alt=alt, png=png_of(drawn))
    elif (drawn := heat_map(swept, figure, language)) is not None:
        alt = translate(language, "A heat map over the two fields that matter most")
        found["heat-map"] = Picture(alt=alt, png=png_of(drawn))
    for name in swept.plan.strategies:
        if (drawn := tornado(swept, name, figure, language)) is not None:
            alt = translate(language, "What matters most with {strategy}", strategy=name)
            found[f"tornado-{name}"] = Picture(alt=alt, png=png_of(drawn))
    return found


def title_of(scenario: Scenario, language: str) -> str:
    """What a report of *scenario* is headed by."""
    release = scenario.release.describe
    return translate(language, "Seatrial: {name}, {release}", name=scenario.name, release=release)


def warnings_of(scenario: Scenario, language: str) -> tuple[str, ...]:
    """What is noteworthy about *scenario*."""
    return tuple(problem.render(language) for problem in scenario.warnings)
