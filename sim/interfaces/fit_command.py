"""`seatrial fit`: one's own log, counts or cluster as a behaviour file for any scenario."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from sim.i18n import message, translate
from sim.interfaces import options
from sim.interfaces.options import argument, option
from sim.interfaces.terminal import Terminal

if TYPE_CHECKING:
    from sim.fitting.recording import Recording

SCHEMA_VERSION = 1


def fit(
    ctx: typer.Context,
    recording: Annotated[
        str,
        argument(
            metavar="RECORDING",
            text=message(
                "An access log (common or combined format, also gzipped), a CSV file with the "
                "columns timestamp,value, or what `kubectl get pods,events -o json` printed."
            ),
        ),
    ],
    out: Annotated[
        str | None,
        option("-o", "--out", metavar="FILE", text=message("Write the behaviour file here.")),
    ] = None,
    at: Annotated[
        str | None,
        option(
            "--at",
            metavar="TIME",
            text=message(
                "Where the traffic to try a release on begins, such as 2026-11-24T09:00; by "
                "default where it is busiest."
            ),
        ),
    ] = None,
    for_: Annotated[
        str,
        option("--for", metavar="DURATION", text=message("How long it is; by default an hour.")),
    ] = "1h",
    step: Annotated[
        str,
        option("--step", metavar="DURATION", text=message("How often its rate may change.")),
    ] = "1m",
    gap: Annotated[
        str,
        option(
            "--gap",
            metavar="DURATION",
            text=message("A longer pause of a user ends a visit; at most 30m, the default."),
        ),
    ] = "30m",
    png: Annotated[
        str | None,
        option("--png", metavar="FILE", text=message("Draw how well it fits into this file.")),
    ] = None,
    as_json: options.Json = False,
    lang: options.Lang = None,
) -> None:
    """Tell what a recording says about traffic, users and pods."""
    from sim.fitting.recording import Wishes, read
    from sim.interfaces.scenario_input import warn
    from sim.interfaces.written_files import require_place, write_text

    terminal: Terminal = ctx.find_root().obj
    for path in filter(None, (out, png)):
        require_place(path)
    found = read(recording, Wishes.of(at=at, length=for_, step=step, gap=gap))
    warn(found.warnings, terminal)
    if out is not None:
        write_text(out, found.document)
    if png is not None:
        _draw(found, png, terminal)
    if as_json:
        whole = {"schemaVersion": SCHEMA_VERSION, "kind": "Fit", **found.to_json()}
        print(json.dumps(whole, indent=2, ensure_ascii=False, allow_nan=False))
    else:
        show(found, out, terminal)


def _draw(found: Recording, path: str, terminal: Terminal) -> None:
    from sim.analysis.picture import save_png
    from sim.errors import Problem
    from sim.interfaces.scenario_input import warn
    from sim.interfaces.written_files import named

    drawn = found.draw(terminal.language)
    if drawn is None:
        text = message("is not written: only of traffic there is a picture")
        warn([Problem(text, f"--png {path}")], terminal)
        return
    with named(path):
        save_png(drawn, path)


def show(found: Recording, out: str | None, terminal: Terminal) -> None:
    """Print what was found, and the file or where it went."""
    from sim.interfaces.fit_tables import fit_table
    from sim.interfaces.printed import print_sentence, print_table

    console, language = terminal.console(), terminal.language
    print_table(console, fit_table(found, language))
    if out is None:
        console.print(found.document, markup=False, highlight=False, soft_wrap=True)
        return
    print_sentence(
        console,
        translate(
            language, "Written to {file}: name it beside a scenario or a manifest.", file=out
        ),
    )
