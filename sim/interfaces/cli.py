"""The `seatrial` command: subcommands, each in a file of its own, and how they are called.

Nothing heavy is imported here, so that `--help` answers at once: a subcommand imports what it
needs when it runs.
"""

from __future__ import annotations

import contextlib
import io
import sys
from typing import Annotated

import typer

from sim.i18n import message, translate
from sim.interfaces.app_command import app as app_command
from sim.interfaces.claims_command import claims
from sim.interfaces.compare_command import compare
from sim.interfaces.drill_command import drill_rollback
from sim.interfaces.fit_command import fit
from sim.interfaces.group import Command, Group
from sim.interfaces.judge_command import judge
from sim.interfaces.kubectl_commands import describe, events, get, rollout
from sim.interfaces.options import Lang, option
from sim.interfaces.report_command import report
from sim.interfaces.run_command import run
from sim.interfaces.sweep_command import sweep
from sim.interfaces.terminal import INTERRUPTED, asked_language
from sim.interfaces.validate_command import validate

app = typer.Typer(
    cls=Group,
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help=message(
        "Sea trials for a Kubernetes rollout: what a release costs, before production."
    ).text,
)


def _show_version(asked: bool) -> None:
    if asked:
        import sim

        typer.echo(f"seatrial {sim.__version__}")
        raise typer.Exit


@app.callback()
def seatrial(
    version: Annotated[
        bool,
        option(
            "--version",
            is_eager=True,
            callback=_show_version,
            text=message("Show the version and exit."),
        ),
    ] = False,
    lang: Lang = None,
) -> None:
    """What stands before the subcommand; both options act while they are read."""


app.command(
    "compare",
    cls=Command,
    help=message(
        "Compare strategies for one release: the same traffic, faults and random draws for "
        "each.\n\nEvery strategy and an arm without a release run in the same window with the "
        "same seeds. "
        "The table shows each figure with its 95 % interval and what the release added to it."
    ).text,
)(compare)
app.command(
    "sweep",
    cls=Command,
    help=message(
        "Vary fields of the scenario, the Deployment, a strategy or a fault, and see what they do "
        "to a figure.\n\nEvery finished part is kept at once; --resume goes on after Ctrl-C or "
        "anything worse."
    ).text,
)(sweep)
app.command(
    "report",
    cls=Command,
    help=message(
        "Write a run, a comparison, a sweep or a drill as one HTML file that needs nothing beside "
        "it."
    ).text,
)(report)
app.command(
    "drill-rollback",
    cls=Command,
    help=message(
        "Send strategies back from the same bad release, and compare how fast and at what cost."
    ).text,
)(drill_rollback)
app.command(
    "run",
    cls=Command,
    help=message("Run one strategy once, and show its figures and what happened when.").text,
)(run)
app.command(
    "validate",
    cls=Command,
    help=message("Check scenarios and manifests: every mistake with its line and column.").text,
)(validate)
app.command(
    "judge",
    cls=Command,
    help=message(
        "Tell how often a limit on the error ratio is wrong: how often it stops a good version and "
        "lets a bad one pass, and what traffic it would take."
    ).text,
)(judge)
app.command(
    "fit",
    cls=Command,
    help=message(
        "Turn a recording of your own into a behaviour file: traffic and users from an access log "
        "or from counts, start-up times from a cluster.\n\nThe file is named beside a scenario or "
        "a manifest: `seatrial compare deployment.yaml behaviour.yaml`."
    ).text,
)(fit)
app.command(
    "claims",
    cls=Command,
    help=message(
        "Put the claims of a handbook's chapter to the test: which strategy is riskier, faster or "
        "cheaper, for each kind of fault.\n\nEvery claim holds, depends on the case, does not "
        "hold, or cannot be told from these runs, and the runs behind it are named."
    ).text,
)(claims)
app.command(
    "app",
    cls=Command,
    help=message(
        "Open the pages in a browser: compare, look into one run, describe a scenario."
    ).text,
)(app_command)
for name, function, text in (
    ("get", get, message("List a run's objects at one moment, as `kubectl get` would.")),
    ("describe", describe, message("Describe a run's objects at one moment, with their events.")),
    ("events", events, message("List the Kubernetes events of a run up to one moment.")),
    ("rollout", rollout, message("Tell a run's rollout status or history at one moment.")),
):
    app.command(name, cls=Command, help=text.text)(function)


def main() -> None:
    """Entry point of the `seatrial` command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        app()
    except KeyboardInterrupt:
        with contextlib.suppress(OSError):
            language = asked_language(sys.argv[1:])
            print(translate(language, "seatrial: interrupted"), file=sys.stderr)
        sys.exit(INTERRUPTED)
