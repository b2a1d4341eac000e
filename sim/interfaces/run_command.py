"""`seatrial run`: one strategy, one seed, and the whole record of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import isinf
from typing import TYPE_CHECKING, Annotated

import typer

from sim.i18n import message
from sim.interfaces import options
from sim.interfaces.engine import make_engine_ready
from sim.interfaces.options import option
from sim.interfaces.scenario_input import Shortcuts, read_scenario, warn
from sim.interfaces.terminal import Terminal
from sim.interfaces.written_files import named, require_place, write_picture

if TYPE_CHECKING:
    from sim.analysis.figures import Yardstick
    from sim.interfaces.query_tables import Answers
    from sim.model.attempts import Recorder
    from sim.model.objects import JsonObject
    from sim.model.run import Run
    from sim.scenario.scenario import Scenario

SCHEMA_VERSION = 1


def run(
    ctx: typer.Context,
    sources: options.Sources,
    strategy: Annotated[
        str | None,
        option(
            "--strategy",
            metavar="NAME",
            text=message("The strategy to run; by default a Rollout's own, else RollingUpdate."),
        ),
    ] = None,
    seed: Annotated[int, option("--seed", metavar="S", text=message("The seed."))] = 0,
    out: Annotated[
        str | None,
        option(
            "--out",
            metavar="DIR",
            text=message("Keep the run in this new folder: seconds, pods, events, objects."),
        ),
    ] = None,
    requests: Annotated[
        str | None,
        option(
            "--requests",
            metavar="FILE",
            text=message(
                "Write every attempt at every request to this Parquet file while the run goes on."
            ),
        ),
    ] = None,
    query: Annotated[
        list[str] | None,
        option(
            "--query",
            metavar="PROMQL",
            text=message("Ask the monitoring this at the end of the window; may be given again."),
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
    engine: options.Engine = "kernel",
    as_json: options.Json = False,
    png: options.Png = None,
    lang: options.Lang = None,
) -> None:
    """Run one strategy once."""
    terminal: Terminal = ctx.find_root().obj
    if strategy is not None:
        require_strategy(strategy)
    shortcuts = Shortcuts(rps=rps, users=users, timeout=timeout, attempts=attempts, slo=slo)
    scenario = read_scenario(
        sources,
        deployment=deployment,
        images=image,
        to=to,
        faults=fault,
        overrides=[*shortcuts.overrides(), *(set_ or ())],
    )
    from sim.interfaces.printed import print_table

    chosen = strategy or own_strategy(scenario)
    for place in filter(None, (png, out, requests)):
        require_place(place, folder=place is out)
    make_engine_ready(engine, terminal)
    from sim.interfaces.query_tables import answers_json, answers_table, required

    asked = required(query)
    found, yardstick, answers = _run(
        scenario,
        chosen,
        seed,
        engine,
        keep_objects=out is not None,
        requests=requests,
        asked=asked,
    )
    if out is not None:
        from sim.experiments.folder import write_run_folder
        from sim.interfaces.report import NAME, repeating
        from sim.interfaces.reports import of_run

        report = of_run(scenario, found, yardstick, repeating(terminal.words))
        with named(out):
            write_run_folder(out, scenario, found, {NAME: report})
    if png is not None:
        write_picture(png, [found], terminal.language)
    if as_json:
        warn(scenario.warnings, terminal)
        told = to_json(found, yardstick) | answers_json(answers)
        print(json.dumps(told, indent=2, ensure_ascii=False, allow_nan=False))
    else:
        show(scenario, found, yardstick, terminal)
        print_table(terminal.console(), answers_table(answers, terminal.language))


def own_strategy(scenario: Scenario) -> str:
    """What releases *scenario* if nobody names a strategy."""
    return "RollingUpdate" if scenario.own is None else scenario.own.name


def require_strategy(name: str) -> None:
    """Raise a `ScenarioError` with the known names if there is no strategy called *name*."""
    from sim.errors import ScenarioError
    from sim.strategies import STRATEGIES

    if name not in STRATEGIES:
        raise ScenarioError([STRATEGIES.unknown(name)])


def _run(
    scenario: Scenario,
    strategy: str,
    seed: int,
    engine: str,
    *,
    keep_objects: bool,
    requests: str | None,
    asked: Sequence[str],
) -> tuple[Run, Yardstick, Answers]:
    """The run, the no-release run of the same seed to measure it by, and what was *asked*."""
    from sim.analysis.figures import Yardstick
    from sim.experiments.window import measured_window
    from sim.interfaces.query_tables import answers_of
    from sim.session import Session
    from sim.session import run as run_session

    window = measured_window(scenario, [strategy])
    yardstick = Yardstick(
        no_release=run_session(scenario, None, seed, window=window, engine=engine),
        slo_availability=scenario.slo_availability,
        prices=scenario.prices,
    )
    with _recorder(requests) as recorder:
        session = Session(
            scenario,
            strategy,
            seed,
            window=window,
            keep_objects=keep_objects,
            engine=engine,
            recorder=recorder,
            monitored=bool(asked),
        )
        session.advance(window.end)
        answers = answers_of(session, asked)
        found = session.finish()
    return found, yardstick, answers


@contextmanager
def _recorder(path: str | None) -> Iterator[Recorder | None]:
    """Who writes every attempt to the file *path*; nobody, if there is none to write."""
    if path is None:
        yield None
        return
    from sim.experiments.request_file import request_file

    with named(path), request_file(path) as recorder:
        yield recorder


def show(scenario: Scenario, found: Run, yardstick: Yardstick, terminal: Terminal) -> None:
    """Print what the run rests on, what happened, and what it came to."""
    from sim.interfaces.alert_tables import alerts_table, measurements_table
    from sim.interfaces.comparison_tables import settings_table
    from sim.interfaces.experiment_table import experiment_table
    from sim.interfaces.printed import print_sentence, print_table
    from sim.interfaces.run_tables import (
        deeds_table,
        events_table,
        run_causes_table,
        run_classes_table,
        run_figures_table,
    )
    from sim.interfaces.scenario_tables import assumptions_table
    from sim.interfaces.story_table import stories_table

    console, language = terminal.console(), terminal.language
    print_table(console, assumptions_table(scenario, language))
    warn(scenario.warnings, terminal)
    print_table(console, settings_table([(found.strategy, found.settings)], language))
    print_table(console, deeds_table(found, language))
    print_table(console, events_table(found, language))
    print_table(console, alerts_table(found, language))
    print_table(console, measurements_table(found, language))
    print_table(console, run_figures_table(found, yardstick, scenario.prices, language))
    if found.experiment is not None:
        print_table(console, experiment_table(found.experiment, language))
    print_table(console, run_causes_table(found, language))
    print_table(console, run_classes_table(found, language))
    print_table(console, stories_table([found], language))
    if found.given_up is not None:
        reason = found.given_up.describe()
        text = message(
            "{strategy} gave the release up: {reason}", strategy=found.strategy, reason=reason
        )
        print_sentence(console, text.render(language))


def _classes(found: Run) -> JsonObject:
    """Requests and failed ones by class, where there are classes."""
    from sim.analysis.failures import by_class

    counts = by_class(found).items()
    return {name: {"requests": sent, "failed": failed} for name, (sent, failed) in counts}


def to_json(found: Run, by: Yardstick) -> JsonObject:
    """The run's figures, causes and events under stable names, never translated."""
    from sim.analysis.failures import by_cause, sent
    from sim.analysis.figures import FIGURES, measure
    from sim.interfaces.alert_tables import alerts_json, measurements_json
    from sim.interfaces.experiment_table import experiment_json

    return {
        "schemaVersion": SCHEMA_VERSION,
        "kind": "Run",
        "scenario": {"name": found.scenario, "digest": found.scenario_digest},
        "strategy": found.strategy,
        "seed": found.seed,
        "digest": found.digest(),
        "window": {
            "startSeconds": found.window.start,
            "firstWriteSeconds": found.window.first_write,
            "endSeconds": found.window.end,
        },
        "phase": None if found.phase is None else found.phase.value,
        "givenUp": None if found.given_up is None else found.given_up.to_json(),
        "requests": sent(found),
        "figures": {
            key: {"unit": FIGURES[key].unit.value, "value": value}
            for key, value in measure(found, by).items()
        },
        "experiment": None if found.experiment is None else experiment_json(found.experiment),
        "causes": {cause.key: count for cause, count in by_cause(found).items()},
        **({"classes": classes} if (classes := _classes(found)) else {}),
        "failures": [
            {
                **one._asdict(),
                "heard": None if isinf(one.heard) else one.heard,
                "cause": one.cause.key,
                "doing": one.doing.value,
                "version": found.versions[one.version] if one.version >= 0 else None,
                "pod": one.pod_name or None,
                "endpoint_class": (found.classes[one.endpoint_class] if found.classes else None),
            }
            for one in found.failures
        ],
        "settings": [
            {"name": setting.name, "value": setting.value, "source": setting.source}
            for setting in found.settings
        ],
        "alerts": alerts_json(found),
        "measurements": measurements_json(found),
        "restarts": found.restarts,
        "deeds": [deed._asdict() for deed in found.deeds],
        "events": [
            {"time": e.time, "object": e.subject, "reason": e.reason, "note": e.note}
            for e in found.events
        ],
    }
