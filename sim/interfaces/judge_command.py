"""`seatrial judge`: how often a limit on the error ratio is wrong, and what it would take."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from sim.i18n import message
from sim.interfaces import options
from sim.interfaces.judged_traffic import Traffic, read_share, read_traffic
from sim.interfaces.options import option
from sim.interfaces.terminal import Terminal

if TYPE_CHECKING:
    from sim.experiments.judge_trials import LimitReport, Wrongness
    from sim.model.objects import JsonObject
    from sim.stats.intervals import Proportion

SCHEMA_VERSION = 1


def judge(
    ctx: typer.Context,
    requests: Annotated[
        int | None,
        option(
            "--requests",
            metavar="N",
            min=1,
            text=message("How many requests of the new version the rule sees."),
        ),
    ] = None,
    rps: Annotated[
        str | None,
        option(
            "--rps",
            metavar="N",
            text=message("Instead of --requests: all requests per second, with --for."),
        ),
    ] = None,
    weight: Annotated[
        str,
        option(
            "--weight",
            metavar="PERCENT",
            text=message("The new version's part of --rps."),
        ),
    ] = "100",
    for_: Annotated[
        str | None,
        option("--for", metavar="DURATION", text=message("How long the rule watches.")),
    ] = None,
    limit: Annotated[
        str,
        option(
            "--limit",
            metavar="SHARE",
            text=message("More errors than this are an alarm."),
        ),
    ] = "1%",
    good: Annotated[
        str,
        option(
            "--good",
            metavar="SHARE",
            text=message("Errors of a version that should pass."),
        ),
    ] = "0.5%",
    bad: Annotated[
        str,
        option(
            "--bad",
            metavar="SHARE",
            text=message("Errors of a version that should be stopped."),
        ),
    ] = "2%",
    under: Annotated[
        str,
        option(
            "--under",
            metavar="SHARE",
            text=message("How often either may be wrong with traffic enough."),
        ),
    ] = "5%",
    seed: Annotated[int, option("--seed", metavar="S", text=message("The seed."))] = 0,
    as_json: options.Json = False,
    lang: options.Lang = None,
) -> None:
    """Tell what a limit is worth."""
    terminal: Terminal = ctx.find_root().obj
    traffic = read_traffic(requests, rps, weight, for_)
    shares = {
        "limit": read_share("--limit", limit),
        "good": read_share("--good", good),
        "bad": read_share("--bad", bad),
        "under": read_share("--under", under, more_than_nothing=True),
    }
    from sim.experiments.judge_trials import judge_limit

    found = judge_limit(traffic.requests, seed=seed, **shares)
    if as_json:
        print(json.dumps(to_json(found, traffic), indent=2, ensure_ascii=False, allow_nan=False))
    else:
        show(found, traffic, terminal)


def show(found: LimitReport, traffic: Traffic, terminal: Terminal) -> None:
    """Print both ratios and the traffic that would be enough."""
    from sim.interfaces.judge_tables import limit_table, traffic_sentence
    from sim.interfaces.printed import print_sentence, print_table

    console, language = terminal.console(), terminal.language
    print_table(console, limit_table(found, traffic, language))
    print_sentence(console, traffic_sentence(found, traffic, language))


def to_json(found: LimitReport, traffic: Traffic) -> JsonObject:
    """The report under stable names, never translated."""
    needed = found.needed
    return {
        "schemaVersion": SCHEMA_VERSION,
        "kind": "Judge",
        "requests": found.requests,
        "requestsPerSecond": traffic.per_second,
        "weight": traffic.weight,
        "seconds": traffic.seconds,
        "limit": found.limit,
        "good": found.good,
        "bad": found.bad,
        "seed": found.seed,
        "falseAlarms": _wrongness(found.false_alarms),
        "misses": _wrongness(found.misses),
        "under": found.under,
        "requestsNeeded": needed,
        "secondsNeeded": None if needed is None else traffic.seconds_for(needed),
    }


def _wrongness(found: Wrongness) -> JsonObject:
    seen = found.simulated
    return {"exact": found.exact, "simulated": None if seen is None else _proportion(seen)}


def _proportion(seen: Proportion) -> JsonObject:
    return {"value": seen.value, "low": seen.low, "high": seen.high, "trials": seen.n}
