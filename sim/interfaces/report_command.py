"""`seatrial report`: a run, a comparison, a sweep or a drill as one HTML file."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.i18n import message, translate
from sim.interfaces import options
from sim.interfaces.options import argument, option
from sim.interfaces.terminal import Terminal
from sim.interfaces.written_files import named, require_place


def report(
    ctx: typer.Context,
    folder: Annotated[
        str,
        argument(
            metavar="DIR", text=message("The folder of a run, a comparison, a sweep or a drill.")
        ),
    ],
    out: Annotated[
        str,
        option("--out", "-o", metavar="FILE", text=message("The file, by default report.html.")),
    ] = "report.html",
    lang: options.Lang = None,
) -> None:
    """Write a report."""
    from sim.experiments.disk import write_whole
    from sim.interfaces.report import read_report
    from sim.interfaces.report_page import page

    terminal: Terminal = ctx.find_root().obj
    require_place(out)
    text = page(read_report(folder, terminal.language), terminal.language)
    with named(out):
        write_whole(out, text)
    typer.echo(translate(terminal.language, "{path}: written", path=out))
