"""`seatrial compare`: what each strategy costs for one release, and the verdict."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from sim.i18n import message, translate
from sim.interfaces import options
from sim.interfaces.engine import make_engine_ready
from sim.interfaces.options import option
from sim.interfaces.scenario_input import Shortcuts, read_scenario, warn
from sim.interfaces.terminal import Terminal
from sim.interfaces.written_files import require_place, write_picture

if TYPE_CHECKING:
    from sim.errors import Problem
    from sim.experiments.comparison import Comparison
    from sim.experiments.tuning import Tuning
    from sim.scenario.scenario import Scenario

MOST_RUNS = 10_000  # Each one's figures are kept until the end.
ALL = "all"


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
        int,
        option(
            "--runs",
            metavar="N",
            min=2,
            max=MOST_RUNS,
            text=message("How many seeds each strategy runs with."),
        ),
    ] = 10,
    seed: Annotated[int, option("--seed", metavar="S", text=message("The first seed."))] = 0,
    workers: Annotated[
        int | None,
        option(
            "--workers",
            metavar="N",
            min=1,
            text=message("Processes; by default one for each core."),
        ),
    ] = None,
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
    lang: options.Lang = None,
) -> None:
    """Compare strategies on the same traffic, faults and draws."""
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
    if png is not None:
        require_place(png)
    seeds = range(seed, seed + runs)
    make_engine_ready(engine, terminal)
    chosen, left_out = chosen_strategies(scenario, strategy or ())
    warn(left_out, terminal)
    tuning = _tune(scenario, chosen, seeds, workers, engine, terminal) if tuned else None
    comparison = _compare(scenario, chosen, seeds, workers, engine, terminal, tuning)
    if png is not None:
        write_picture(png, comparison.example_runs, terminal.language)
    if as_json:
        warn(scenario.warnings, terminal)
        print(json.dumps(comparison.to_json(), indent=2, ensure_ascii=False, allow_nan=False))
    else:
        show(comparison, terminal)


def chosen_strategies(
    scenario: Scenario, names: Sequence[str]
) -> tuple[Sequence[str], list[Problem]]:
    """The strategies that *names* mean: `all` is every one that fits, none the two built-in ones.

    Where a Rollout says how it is released, none means its own before those. With them, why others
    were left out of `all`.
    """
    from sim.strategies import BUILT_IN, STRATEGIES
    from sim.strategies.bound_router import unfit

    if ALL not in names:
        own = () if scenario.own is None else (scenario.own.name,)
        return names or (*own, *BUILT_IN), []
    every = [*STRATEGIES, *(name for name in names if name != ALL)]
    found = {name: unfit(name, scenario) for name in STRATEGIES if name not in names}
    left_out = {name: problem for name, problem in found.items() if problem is not None}
    problems = [
        replace(
            problem,
            message=message("{name} is left out: {why}", name=name, why=problem.message),
        )
        for name, problem in left_out.items()
    ]
    return [name for name in every if name not in left_out], problems


def _compare(
    scenario: Scenario,
    strategies: Sequence[str],
    seeds: Sequence[int],
    workers: int | None,
    engine: str,
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
            progress=progress,
            engine=engine,
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


def show(comparison: Comparison, terminal: Terminal) -> None:
    """Print it all; the verdict comes last, where the prompt is."""
    from sim.interfaces.comparison_tables import causes_table, figures_table, settings_table
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
    print_title(console, translate(language, "Verdict"))
    print_sentence(console, comparison.verdict.render(language))
