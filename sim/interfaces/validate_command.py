"""`seatrial validate`: every mistake in the given files, or what is assumed about them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import typer

from sim.errors import ScenarioError
from sim.i18n import translate
from sim.interfaces import options
from sim.interfaces.scenario_input import read_scenario, warn
from sim.interfaces.terminal import BAD_INPUT, Terminal


def validate(
    ctx: typer.Context,
    sources: options.Sources,
    deployment: options.Deployment = None,
    image: options.Images = None,
    to: options.To = None,
    fault: options.Faults = None,
    set_: options.Overrides = None,
    lang: options.Lang = None,
) -> None:
    """Check the files."""
    from sim.interfaces.printed import print_table
    from sim.interfaces.scenario_tables import assumptions_table

    terminal: Terminal = ctx.find_root().obj
    console, language = terminal.console(), terminal.language
    bad = False
    for group in _inputs(sources):
        try:
            scenario = read_scenario(
                group,
                deployment=deployment,
                images=image,
                to=to,
                faults=fault,
                overrides=set_ or (),
            )
        except ScenarioError as error:
            terminal.report(error)
            bad = True
            continue
        warn(scenario, terminal)
        console.print(translate(language, "{file}: ok", file=", ".join(group)))
        print_table(console, assumptions_table(scenario, language))
    if bad:
        raise typer.Exit(BAD_INPUT)


def _inputs(sources: Sequence[str]) -> Iterator[list[str]]:
    """What is checked together: a scenario alone, all manifests as one, as `compare` does."""
    manifests = []
    for source in sources:
        if source != "-" and _stands_alone(source):
            yield [source]
        else:
            manifests.append(source)
    if manifests:
        yield manifests


def _stands_alone(source: str) -> bool:
    """Whether *source* is a scenario, or cannot be opened at all."""
    from sim.scenario.source import open_source

    try:
        return open_source(source).is_scenario
    except ScenarioError:
        return True
