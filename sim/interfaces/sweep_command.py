"""`seatrial sweep`: every strategy at every point of what you vary, kept as it goes on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path
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
    from sim.experiments.sweep import Swept
    from sim.experiments.sweep_plan import Plan
    from sim.scenario.scenario import Scenario


def sweep(
    ctx: typer.Context,
    sources: options.Sources,
    vary: Annotated[
        list[str] | None,
        option(
            "--vary",
            metavar="FIELD=VALUES",
            text=message(
                "A field and its values, such as maxSurge=1,25%,50% or preStop=0s:30s:5s; may be "
                "repeated. Any field of the scenario, the Deployment (after deployment.) or a "
                "strategy, by its path or its last word; fault=… or bug:new=1%,5% varies faults."
            ),
        ),
    ] = None,
    out: Annotated[
        str | None,
        option("--out", "-o", metavar="DIR", text=message("Keep the results in this folder.")),
    ] = None,
    resume: Annotated[
        bool, option("--resume", text=message("Go on with what the folder holds already."))
    ] = False,
    strategy: Annotated[
        list[str] | None,
        option("--strategy", metavar="NAME", text=message("A strategy, or all; may be repeated.")),
    ] = None,
    figure: Annotated[
        str,
        option(
            "--figure",
            metavar="NAME",
            text=message("The figure to show, such as downtime; by default failed requests."),
        ),
    ] = "failed",
    design: Annotated[
        str,
        option(
            "--design",
            metavar="grid|random|lhs",
            text=message("Which points: all of a grid, at random, or a Latin hypercube."),
        ),
    ] = "grid",
    points: Annotated[
        int | None,
        option("--points", metavar="N", min=1, text=message("How many points, but for a grid.")),
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
            text=message("How many seeds at each point, by default 10."),
        ),
    ] = 10,
    seed: Annotated[int, option("--seed", metavar="S", text=message("The first seed."))] = 0,
    workers: options.Workers = None,
    executor: options.WhoWorks = "local",
    engine: options.Engine = "kernel",
    as_json: options.Json = False,
    lang: options.Lang = None,
) -> None:
    """Vary fields and see what they do."""
    from sim.experiments.chosen import chosen_strategies
    from sim.experiments.varied import planned

    terminal: Terminal = ctx.find_root().obj
    shortcuts = Shortcuts(rps=rps, users=users, timeout=timeout, attempts=attempts, slo=slo)
    given = (*shortcuts.overrides(), *(set_ or ()))
    load = partial(_load, sources, deployment, image, to, tuple(fault or ()), given)
    base = load((), ())
    place = _required_place(out)
    key = figure_key(figure, base)
    chosen, left_out = chosen_strategies(base, strategy or ())
    warn(left_out, terminal)
    make_engine_ready(engine, terminal)
    plan = planned(
        load,
        vary or (),
        design=design,
        points=points,
        strategies=chosen,
        seeds=range(seed, seed + runs),
        engine=engine,
    )
    swept = _carried_out(plan, place, resume, workers, executor, terminal)
    with named(place):
        write_report(swept, key, place, terminal)
    if as_json:
        document = swept.plan.to_json() | {"results": swept.to_json()["points"]}
        print(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False))
    else:
        show(swept, key, terminal)


def _load(
    sources: Sequence[str],
    deployment: str | None,
    images: Sequence[str] | None,
    to: str | None,
    faults: Sequence[str],
    overrides: Sequence[str],
    more_overrides: Sequence[str],
    more_faults: Sequence[str],
) -> Scenario:
    return read_scenario(
        sources,
        deployment=deployment,
        images=images,
        to=to,
        faults=[*faults, *more_faults],
        overrides=[*overrides, *more_overrides],
    )


def _required_place(out: str | None) -> Path:
    from sim.errors import Problem, ScenarioError

    if out is None:
        text = message("a sweep needs a folder for its results")
        raise ScenarioError([Problem(text, hint=message("-o DIR"))])
    require_place(out, folder=True)
    return Path(out)


def figure_key(name: str, scenario: Scenario) -> str:
    """The figure that *name* means. Raise a `ScenarioError` with the known ones if it is none."""
    from sim.experiments.requirement import figure_named

    return figure_named(name, "--figure", priced=scenario.prices is not None)


def _carried_out(
    plan: Plan,
    place: Path,
    resume: bool,
    workers: int | None,
    executor: str,
    terminal: Terminal,
) -> Swept:
    from sim.experiments.sweep import sweep as carry_out
    from sim.experiments.sweep_folder import SweepFolder
    from sim.interfaces.waiting import progress_of

    done = [0, 0]
    try:
        with named(place), progress_of(terminal) as progress:

            def hear(*at: int) -> None:
                done[:] = at
                progress(*at)

            return carry_out(
                plan,
                SweepFolder(place),
                resume=resume,
                workers=workers,
                executor=executor,
                progress=hear,
            )
    except KeyboardInterrupt:
        text = message(
            "{done} of {all} parts are kept in {path}; --resume goes on with them",
            done=done[0],
            all=done[1],
            path=place,
        )
        terminal.complain(text.render(terminal.language))
        raise


def write_report(swept: Swept, figure: str, place: Path, terminal: Terminal) -> None:
    """The report in all languages and the pictures in the reader's, into the folder *place*."""
    from sim.experiments.disk import write_whole
    from sim.interfaces.report import NAME, repeating
    from sim.interfaces.reports import of_sweep, sweep_pictures

    write_whole(place / NAME, of_sweep(swept, figure, repeating(terminal.words)))
    for name, picture in sweep_pictures(swept, figure, terminal.language).items():
        write_whole(place / f"{name}.png", picture.png)


def show(swept: Swept, figure: str, terminal: Terminal) -> None:
    """Print it all, the answer last."""
    from sim.interfaces import sweep_tables as tables
    from sim.interfaces.printed import print_sentence, print_table, print_title

    console, language = terminal.console(), terminal.language
    warn(swept.plan.base.warnings, terminal)
    print_table(console, tables.refused_table(swept, language))
    print_table(console, tables.points_table(swept, figure, language))
    print_table(console, tables.effects_table(swept, figure, language))
    print_title(console, translate(language, "Verdict"))
    print_sentence(console, tables.best_sentence(swept, figure, language))
