"""`seatrial validate`: every mistake in the given files, or what is assumed about them."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Literal

import typer

from sim.errors import ScenarioError
from sim.i18n import Message, message, translate
from sim.interfaces import options
from sim.interfaces.scenario_input import read_scenario, warn
from sim.interfaces.terminal import BAD_INPUT, Terminal

if TYPE_CHECKING:
    from rich.console import Console

    from sim.scenario.load import Checked


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
    from sim.monitoring.rule_groups import require_answerable

    terminal: Terminal = ctx.find_root().obj
    console, language = terminal.console(), terminal.language
    stdin = _typed() if "-" in sources else None
    bad = False
    for group in _inputs(sources, stdin):
        try:
            if not group.is_scenario and deployment is None:
                checked = group.checked()
                require_answerable(checked.rules)
                if len(checked.deployments) != 1:
                    warn(checked.warnings, terminal)
                    _say_ok(console, group, language)
                    console.print(_why_no_release(checked.deployments).render(language))
                    continue
            scenario = read_scenario(
                group.sources,
                stdin=group.stdin(),
                deployment=deployment,
                images=image,
                to=to,
                faults=fault,
                overrides=set_ or (),
            )
            own = () if scenario.own is None else scenario.own.questions
            require_answerable(scenario.rules, [one.asked for one in own])
        except ScenarioError as error:
            terminal.report(error)
            bad = True
            continue
        warn(scenario.warnings, terminal)
        _say_ok(console, group, language)
        print_table(console, assumptions_table(scenario, language))
    if bad:
        raise typer.Exit(BAD_INPUT)


def _say_ok(console: Console, group: Group, language: str) -> None:
    # A path in two lines could not be copied.
    console.print(translate(language, "{file}: ok", file=group.title), soft_wrap=True)


def _why_no_release(deployments: Sequence[str]) -> Message:
    if not deployments:
        return message("There is no Deployment among them, so there is nothing to release.")
    return message(
        "Several Deployments: {names}. Name one with --deployment to see what its release rests"
        " on.",
        names=", ".join(deployments),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What is checked together: a scenario alone, all manifests as one, as `compare` does."""

    sources: tuple[str, ...]
    is_scenario: bool
    typed: bytes | None  # Standard input, kept because it can be read only once.

    @property
    def title(self) -> str:
        """Its files, as they were given."""
        return ", ".join(self.sources)

    def stdin(self) -> BytesIO | None:
        """Standard input from its beginning."""
        return None if self.typed is None else BytesIO(self.typed)

    def checked(self) -> Checked:
        """Its manifests as such. Raise a `ScenarioError` with every problem."""
        from sim.scenario.load import validate as validate_manifests

        return validate_manifests(self.sources, stdin=self.stdin())


def _typed() -> bytes:
    """Standard input, up to more than any manifest may have."""
    from sim.scenario.dialect import MANIFEST

    return sys.stdin.buffer.read(MANIFEST.most_bytes + 1)


def _inputs(sources: Sequence[str], typed: bytes | None) -> Iterator[Group]:
    kinds = {source: _kind(source, typed) for source in sources}
    behaviours = tuple(source for source in sources if kinds[source] == "behaviour")
    for source in sources:
        if kinds[source] == "alone":
            yield Group(sources=(source, *behaviours), is_scenario=True, typed=typed)
    manifests = tuple(source for source in sources if kinds[source] == "manifest")
    if behaviours and (manifests or "alone" not in kinds.values()):
        # Laid over them, or refused as nothing by itself.
        yield Group(sources=(*manifests, *behaviours), is_scenario=True, typed=typed)
    elif manifests:
        yield Group(sources=manifests, is_scenario=False, typed=typed)


def _kind(source: str, typed: bytes | None) -> Literal["alone", "behaviour", "manifest"]:
    """What *source* is; a scenario stands alone, and so does what cannot be opened at all."""
    from sim.scenario.source import open_source

    try:
        opened = open_source(source, None if typed is None else BytesIO(typed))
    except ScenarioError:
        return "alone"
    if opened.is_behaviour:
        return "behaviour"
    return "alone" if opened.is_scenario else "manifest"
