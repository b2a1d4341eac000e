"""`seatrial drill-rollback`: how fast each strategy's way back is, and what it breaks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from sim.i18n import message, translate
from sim.interfaces import options
from sim.interfaces.compare_command import MOST_RUNS
from sim.interfaces.engine import make_engine_ready
from sim.interfaces.options import option
from sim.interfaces.scenario_input import Shortcuts, read_scenario, warn
from sim.interfaces.terminal import Terminal
from sim.interfaces.written_files import named, require_place

if TYPE_CHECKING:
    from sim.experiments.drill_result import Drill


def drill_rollback(
    ctx: typer.Context,
    sources: options.Sources,
    strategy: Annotated[
        list[str] | None,
        option(
            "--strategy",
            metavar="NAME",
            text=message(
                "A strategy to send back, or all; may be repeated. Without it, the two that a "
                "Deployment has by itself."
            ),
        ),
    ] = None,
    at: Annotated[
        list[str] | None,
        option(
            "--at",
            metavar="MOMENT",
            text=message(
                "When it is decided to go back: alert (a rule fires and a person reacts), "
                "mid-rollout, finish or later (ten minutes after the finish); may be repeated. "
                "Without it, all of them."
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
    engine: options.Engine = "kernel",
    as_json: options.Json = False,
    png: Annotated[
        str | None,
        option(
            "--png",
            metavar="FILE",
            text=message("Draw the clocks of each way back as bars into this file."),
        ),
    ] = None,
    out: Annotated[
        str | None,
        option(
            "--out",
            "-o",
            metavar="DIR",
            text=message("Keep the drill and its report in this new folder."),
        ),
    ] = None,
    lang: options.Lang = None,
) -> None:
    """Send every strategy back from the same bad release, and compare the ways back."""
    from sim.experiments.chosen import chosen_strategies
    from sim.experiments.drill_moments import moments_named
    from sim.experiments.rollback_drill import rollback_drill
    from sim.interfaces.waiting import progress_of

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
    moments = moments_named(tuple(dict.fromkeys(at or ())))
    for place in filter(None, (png, out)):
        require_place(place, folder=place is out)
    make_engine_ready(engine, terminal)
    chosen, left_out = chosen_strategies(scenario, strategy or ())
    warn(left_out, terminal)
    with progress_of(terminal) as progress:
        drill = rollback_drill(
            scenario,
            chosen,
            moments=moments,
            seeds=range(seed, seed + runs),
            workers=workers,
            progress=progress,
            engine=engine,
        )
    if png is not None:
        _draw(png, drill, terminal.language)
    if out is not None:
        _keep(out, drill, terminal)
    if as_json:
        warn(drill.scenario.warnings, terminal)
        print(json.dumps(drill.to_json(), indent=2, ensure_ascii=False, allow_nan=False))
    else:
        show_drill(drill, terminal)


def _draw(path: str, drill: Drill, language: str) -> None:
    from sim.analysis.picture import save_png
    from sim.experiments.drill_picture import picture_of

    figure = picture_of(drill, language)
    with named(path):
        save_png(figure, path)


def _keep(out: str, drill: Drill, terminal: Terminal) -> None:
    from sim.experiments.comparison_folder import write_comparison_folder
    from sim.interfaces.drill_report import of_drill
    from sim.interfaces.report import NAME, repeating

    report = of_drill(drill, repeating(terminal.words))
    with named(out):
        write_comparison_folder(out, drill.to_json(), {NAME: report})


def show_drill(drill: Drill, terminal: Terminal) -> None:
    """Print it all: what it rests on, then for each moment its table and its verdict."""
    from sim.experiments.drill_moments import MOMENT_NAMES
    from sim.interfaces.comparison_tables import settings_table
    from sim.interfaces.drill_tables import (
        clocks_table,
        cost_table,
        definitions_table,
        policy_sentence,
    )
    from sim.interfaces.printed import print_sentence, print_table, print_title
    from sim.interfaces.scenario_tables import assumptions_table

    console, language = terminal.console(), terminal.language
    print_table(console, assumptions_table(drill.scenario, language))
    warn(drill.scenario.warnings, terminal)
    ways = drill.moments[0].ways
    print_table(console, settings_table([(way.strategy, way.settings) for way in ways], language))
    console.print(
        translate(
            language,
            "The bad release: {faults}",
            faults=", ".join(fault.text for fault in drill.scenario.faults),
        )
    )
    console.print()
    print_table(console, definitions_table(language))
    for found in drill.moments:
        if found.moment.is_watched:
            print_sentence(console, policy_sentence(found.plan).render(language))
            console.print()
        print_table(console, clocks_table(found, language))
        print_table(console, cost_table(found, language))
        name = MOMENT_NAMES[found.moment]
        print_title(console, translate(language, "Verdict, decided {moment}", moment=name))
        print_sentence(console, found.verdict.render(language))
        console.print()
