"""`seatrial compare`: what each strategy costs for one release, and the verdict."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from sim.i18n import message, translate
from sim.interfaces import options
from sim.interfaces.compare_until import Until, compare_until
from sim.interfaces.compare_ways_back import drilled_ways_back, refuse_undrillable
from sim.interfaces.decision import Decision, method_named, read_requirements
from sim.interfaces.engine import make_engine_ready
from sim.interfaces.options import option
from sim.interfaces.scenario_input import Shortcuts, read_scenario, warn
from sim.interfaces.terminal import FAILED, Terminal
from sim.interfaces.written_files import named, require_place, write_picture

if TYPE_CHECKING:
    from sim.experiments.comparison import Comparison
    from sim.experiments.tuning import Tuning
    from sim.scenario.scenario import Scenario
    from sim.stats.estimates import Method

MOST_RUNS = 10_000  # Each one's figures are kept until the end.
TUNED_RUNS = 10


def compare(
    ctx: typer.Context,
    sources: options.Sources,
    strategy: Annotated[
        list[str] | None,
        option(
            "--strategy",
            metavar="NAME",
            text=message(
                "A strategy to compare, or all; may be repeated. Without it, the two that a "
                "Deployment has by itself, and a Rollout's own."
            ),
        ),
    ] = None,
    image: options.Images = None,
    to: options.To = None,
    deployment: options.Deployment = None,
    fault: options.Faults = None,
    set_: options.Overrides = None,
    rps: options.Rate = None,
    users: options.Population = None,
    timeout: options.Timeout = None,
    attempts: options.Attempts = None,
    slo: options.Slo = None,
    runs: Annotated[
        int | None,
        option(
            "--runs",
            metavar="N",
            min=2,
            max=MOST_RUNS,
            text=message(
                "How many seeds each strategy runs with; without it, until the differences are "
                "clear or precise enough."
            ),
        ),
    ] = None,
    precision: options.Precision = None,
    budget: options.Budget = None,
    max_runs: Annotated[
        int | None,
        option(
            "--max-runs",
            metavar="N",
            min=2,
            max=MOST_RUNS,
            text=message("Without --runs: stop after so many runs at the latest, by default 200."),
        ),
    ] = None,
    require: options.Required = None,
    intervals: options.Intervals = None,
    seed: Annotated[int, option("--seed", metavar="S", text=message("The first seed."))] = 0,
    workers: options.Workers = None,
    executor: options.WhoWorks = "local",
    tuned: Annotated[
        bool,
        option(
            "--tuned",
            text=message(
                "First tune each strategy's own few settings, on other seeds, and compare best "
                "with best."
            ),
        ),
    ] = False,
    engine: options.Engine = "kernel",
    as_json: options.Json = False,
    png: options.Png = None,
    out: Annotated[
        str | None,
        option(
            "--out",
            "-o",
            metavar="DIR",
            text=message("Keep the comparison and its report in this new folder."),
        ),
    ] = None,
    lang: options.Lang = None,
) -> None:
    """Compare strategies on the same traffic, faults and draws."""
    from sim.experiments.chosen import chosen_strategies

    terminal: Terminal = ctx.find_root().obj
    shortcuts = Shortcuts(rps=rps, users=users, timeout=timeout, attempts=attempts, slo=slo)
    scenario = read_scenario(
        sources,
        deployment=deployment,
        images=image,
        to=to,
        faults=fault,
        overrides=[*shortcuts.overrides(), *(set_ or ())],
    )
    for place in filter(None, (png, out)):
        require_place(place, folder=place is out)
    if tuned and runs is None:
        runs = TUNED_RUNS  # Tuning has seeds of its own; how many runs follow is fixed.
    until = Until(precision=precision, budget=budget, most_runs=max_runs)
    required = read_requirements(require or (), scenario)
    refuse_undrillable(required, tuned=tuned, budget=budget)
    strategies, left_out = chosen_strategies(scenario, strategy or ())
    warn(left_out, terminal)
    method = method_named(intervals or ("bca" if runs is None else None))
    if runs is not None:
        until.refuse()
    make_engine_ready(engine, terminal)
    if runs is None:
        comparison, stopped = compare_until(
            scenario,
            strategies,
            seed=seed,
            until=until,
            required=required,
            workers=workers,
            executor=executor,
            engine=engine,
            intervals=method,
            terminal=terminal,
        )
    else:
        seeds = range(seed, seed + runs)
        tuning = _tune(scenario, strategies, seeds, workers, engine, terminal) if tuned else None
        comparison = _compare(
            scenario, strategies, seeds, workers, executor, engine, method, terminal, tuning
        )
        stopped = None
    ways = drilled_ways_back(
        comparison, required, workers=workers, executor=executor, engine=engine, terminal=terminal
    )
    decision = Decision.of(comparison, stopped, required, method, ways)
    if png is not None:
        write_picture(png, comparison.example_runs, terminal.language)
    if out is not None:
        _keep(out, comparison, decision, terminal)
    if as_json:
        warn(scenario.warnings, terminal)
        document = comparison.to_json() | decision.to_json()
        print(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False))
    else:
        show(comparison, decision, terminal)
    if not decision.is_met:
        raise typer.Exit(FAILED)


def _compare(
    scenario: Scenario,
    strategies: Sequence[str],
    seeds: Sequence[int],
    workers: int | None,
    executor: str,
    engine: str,
    intervals: Method,
    terminal: Terminal,
    tuning: Tuning | None,
) -> Comparison:
    from sim.experiments.compare import compare as compare_strategies
    from sim.interfaces.waiting import progress_of

    with progress_of(terminal) as progress:
        return compare_strategies(
            scenario,
            strategies,
            seeds=seeds,
            workers=workers,
            executor=executor,
            progress=progress,
            engine=engine,
            intervals=intervals,
            tuning=tuning,
        )


def _tune(
    scenario: Scenario,
    strategies: Sequence[str],
    seeds: Sequence[int],
    workers: int | None,
    engine: str,
    terminal: Terminal,
) -> Tuning:
    from sim.experiments.compare import check_arms
    from sim.experiments.tune import tune
    from sim.interfaces.waiting import progress_of

    check_arms(strategies, seeds)
    with progress_of(terminal) as progress:
        return tune(
            scenario, strategies, seeds=seeds, workers=workers, progress=progress, engine=engine
        )


def _keep(out: str, comparison: Comparison, decision: Decision, terminal: Terminal) -> None:
    from sim.experiments.comparison_folder import write_comparison_folder
    from sim.interfaces.report import NAME, repeating
    from sim.interfaces.reports import of_comparison

    report = of_comparison(comparison, decision, repeating(terminal.words))
    with named(out):
        write_comparison_folder(out, comparison.to_json() | decision.to_json(), {NAME: report})


def show(comparison: Comparison, decision: Decision, terminal: Terminal) -> None:
    """Print it all; the verdict comes last, where the prompt is."""
    from sim.interfaces.comparison_tables import (
        causes_table,
        classes_table,
        figures_table,
        settings_table,
    )
    from sim.interfaces.printed import print_sentence, print_table, print_title
    from sim.interfaces.scenario_tables import assumptions_table

    console, language = terminal.console(), terminal.language
    print_table(console, assumptions_table(comparison.scenario, language))
    warn(comparison.scenario.warnings, terminal)
    if comparison.tuning is not None and comparison.tuning.choices:
        from sim.experiments.tuning import OBJECTIVE
        from sim.interfaces.tuning_table import tuning_table

        print_table(console, tuning_table(comparison.tuning, language))
        best = OBJECTIVE.render(language)
        print_sentence(console, translate(language, "Best is: {objective}.", objective=best))
        console.print()
    arms = [(arm.strategy, arm.settings) for arm in comparison.arms]
    print_table(console, settings_table(arms, language))
    print_table(console, figures_table(comparison, language))
    print_table(console, causes_table(comparison, language))
    print_table(console, classes_table(comparison, language))
    for table in decision.tables(language):
        print_table(console, table)
    print_title(console, translate(language, "Verdict"))
    for sentence in (comparison.verdict.render(language), *decision.sentences(language)):
        print_sentence(console, sentence)
