"""The options that several subcommands share, each with one name and one meaning."""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

import typer

from sim.i18n import LANGUAGES, Message, message, translate
from sim.interfaces.terminal import asked_language


def option(*names: str, text: Message, metavar: str | None = None, **settings: Any) -> Any:
    """An option called *names* whose help is *text*; the help page translates it."""
    return typer.Option(*names, help=text.text, metavar=metavar, show_default=False, **settings)


def argument(*, text: Message, metavar: str) -> Any:
    """A positional argument shown as *metavar* whose help is *text*."""
    return typer.Argument(help=text.text, metavar=metavar, show_default=False)


def known_language(value: str | None) -> str | None:
    """Refuse a language that Seatrial does not speak."""
    if value is None or value in LANGUAGES:
        return value
    language = asked_language(())
    raise typer.BadParameter(
        translate(language, "no language {name}; known: {known}", name=value, known="zh, en")
    )


Sources: TypeAlias = Annotated[
    list[str],
    argument(
        metavar="SOURCE",
        text=message(
            "A scenario's directory or file, manifest files, - for standard input, or the name "
            "of a bundled scenario (web-app)."
        ),
    ),
]
Deployment: TypeAlias = Annotated[
    str | None,
    option(
        "--deployment",
        metavar="NAME",
        text=message("The Deployment to release, where the manifests hold several."),
    ),
]
Images: TypeAlias = Annotated[
    list[str] | None,
    option(
        "--image",
        metavar="CONTAINER=IMAGE",
        text=message("The release changes this container's image; may be repeated."),
    ),
]
To: TypeAlias = Annotated[
    str | None,
    option(
        "--to", metavar="FILE", text=message("The release is the pod template of this manifest.")
    ),
]
Faults: TypeAlias = Annotated[
    list[str] | None,
    option(
        "--fault",
        metavar="KIND:WHOM:HOW",
        text=message(
            "Something that goes wrong with a version, a machine or a dependency, such as "
            "bug:new:5%, leak:new:2MiB/s, node:node-1:40s or lock:database:40s..70s; may be "
            "repeated."
        ),
    ),
]
Overrides: TypeAlias = Annotated[
    list[str] | None,
    option(
        "--set",
        metavar="FIELD=VALUE",
        text=message(
            "Another value for a field of the scenario's spec, such as traffic.rate=100/s; "
            "may be repeated."
        ),
    ),
]
Rate: TypeAlias = Annotated[
    str | None,
    option(
        "--rps", metavar="N", text=message("Requests per second; short for --set traffic.rate=N/s.")
    ),
]
Population: TypeAlias = Annotated[
    int | None,
    option(
        "--users",
        metavar="N",
        min=1,
        text=message("How many users there are; short for --set users.population=N."),
    ),
]
Timeout: TypeAlias = Annotated[
    str | None,
    option(
        "--timeout",
        metavar="DURATION",
        text=message(
            "How long a client waits for one attempt; short for --set clients.attemptTimeout=…"
        ),
    ),
]
Attempts: TypeAlias = Annotated[
    int | None,
    option(
        "--attempts",
        metavar="N",
        min=1,
        text=message("How often a client tries in all; short for --set clients.attempts=N."),
    ),
]
Slo: TypeAlias = Annotated[
    str | None,
    option(
        "--slo",
        metavar="SHARE",
        text=message("The availability that was promised; short for --set slo.availability=SHARE."),
    ),
]
Engine: TypeAlias = Annotated[
    str,
    option(
        "--engine",
        metavar="kernel|reference",
        text=message(
            "What carries the requests: kernel is compiled once, for about half a minute, and is "
            "some hundred times as fast; reference is plain Python, to read and to check by. Both "
            "give the same results, to the bit. By default kernel."
        ),
    ),
]
Workers: TypeAlias = Annotated[
    int | None,
    option(
        "--workers",
        metavar="N",
        min=1,
        text=message("Processes; by default one for each core."),
    ),
]
WhoWorks: TypeAlias = Annotated[
    str,
    option(
        "--executor",
        metavar="local|dask://HOST:PORT",
        text=message(
            "Who carries out the runs: processes of this machine, or the workers of a Dask cluster "
            "(extra cluster). The results are the same bytes. By default local."
        ),
    ),
]
Precision: TypeAlias = Annotated[
    str | None,
    option(
        "--precision",
        metavar="SHARE",
        text=message(
            "Without --runs: how small half the interval of a difference is to be, against the "
            "larger mean; by default 10%. A difference that is clear need not be as precise."
        ),
    ),
]
Budget: TypeAlias = Annotated[
    str | None,
    option(
        "--budget",
        metavar="DURATION",
        text=message(
            "Without --runs: stop after this time and say what could be told, such as 60s."
        ),
    ),
]
Required: TypeAlias = Annotated[
    list[str] | None,
    option(
        "--require",
        metavar="LIMIT",
        text=message(
            "A limit on a figure, such as downtime<=5s or cost<=1.3x (x: times what it is without "
            "a release), or on the way back: rollback<=60s drills it from the finish, under the "
            "same seeds, which takes about as long again. May be repeated. Exit code 1 if no "
            "strategy meets all of them."
        ),
    ),
]
Intervals: TypeAlias = Annotated[
    str | None,
    option(
        "--intervals",
        metavar="student|bca",
        text=message(
            "How intervals are made: Student's t, or from 30 runs on the BCa bootstrap. By default "
            "student with --runs, and bca without."
        ),
    ),
]
Json: TypeAlias = Annotated[
    bool,
    option("--json", text=message("Print JSON and nothing else on standard output.")),
]
Png: TypeAlias = Annotated[
    str | None,
    option(
        "--png", metavar="FILE", text=message("Draw pods and traffic over time into this file.")
    ),
]
Lang: TypeAlias = Annotated[
    str | None,
    option(
        "--lang",
        metavar="zh|en",
        callback=known_language,
        text=message("Language of everything printed but JSON; by default the locale's."),
    ),
]
