"""`seatrial claims`: what a handbook says of strategies, put to the test by runs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from sim.i18n import message
from sim.interfaces import options
from sim.interfaces.compare_command import MOST_RUNS
from sim.interfaces.engine import make_engine_ready
from sim.interfaces.options import argument, option
from sim.interfaces.terminal import Terminal

if TYPE_CHECKING:
    from sim.experiments.claims.report import ClaimReport


def claims(
    ctx: typer.Context,
    chapter: Annotated[
        str,
        argument(metavar="CHAPTER", text=message("The handbook's chapter, such as 1.3.")),
    ],
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
    lang: options.Lang = None,
) -> None:
    """Put the claims of a chapter to the test."""
    from sim.experiments.claims.check import chapter_called, check_claims
    from sim.experiments.claims.claims_json import to_json
    from sim.interfaces.waiting import progress_of

    terminal: Terminal = ctx.find_root().obj
    found = chapter_called(chapter)
    make_engine_ready(engine, terminal)
    with progress_of(terminal) as progress:
        report = check_claims(
            found,
            seeds=range(seed, seed + runs),
            workers=workers,
            progress=progress,
            engine=engine,
        )
    if as_json:
        print(json.dumps(to_json(report), indent=2, ensure_ascii=False, allow_nan=False))
    else:
        show(report, terminal)


def show(report: ClaimReport, terminal: Terminal) -> None:
    """Print it all: how, on what, the figures, the statements, and each ordering's verdict last."""
    from sim.interfaces.claims_tables import (
        cases_table,
        figures_table,
        measures_table,
        statements_table,
        verdict_sentence,
    )
    from sim.interfaces.printed import print_sentence, print_table

    console, language = terminal.console(), terminal.language
    print_table(console, measures_table(report, language))
    print_table(console, cases_table(report, language))
    for found in report.judged:
        print_table(console, figures_table(report, found, language))
    for found in report.judged:
        print_table(console, statements_table(found, language))
    for found in report.judged:
        print_sentence(console, verdict_sentence(report, found, language))
