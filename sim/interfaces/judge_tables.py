"""What a limit on an error ratio is worth, as a table and a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.i18n import translate
from sim.interfaces.numbers import NOTHING
from sim.interfaces.table import Row, Table
from sim.model.duration import show_duration, show_rate, show_share
from sim.stats.threshold import allowed_errors

if TYPE_CHECKING:
    from sim.experiments.judge_trials import LimitReport, Wrongness
    from sim.interfaces.judged_traffic import Traffic


def limit_table(found: LimitReport, traffic: Traffic, language: str) -> Table:
    """False alarms and misses: exact, and simulated with their interval."""
    seen = found.false_alarms.simulated
    trials = translate(language, "simulated")
    if seen is not None:
        trials = translate(language, "in {trials} simulated trials", trials=f"{seen.n:,}")
    rows = (
        (
            translate(
                language,
                "false alarms: a version with {share} errors is stopped",
                share=show_share(found.good),
            ),
            found.false_alarms,
        ),
        (
            translate(
                language,
                "misses: a version with {share} errors passes",
                share=show_share(found.bad),
            ),
            found.misses,
        ),
    )
    return Table(
        title=_title(found, traffic, language),
        headings=(
            translate(language, "how often it is wrong"),
            translate(language, "exact (%)"),
            trials + " (%)",
        ),
        rows=tuple(Row(cells=(name, *_ratios(wrong, language))) for name, wrong in rows),
        figures_from=1,
    )


def _title(found: LimitReport, traffic: Traffic, language: str) -> str:
    """The rule in words: what alarms, and whence the requests come."""
    rule = translate(
        language,
        "Alarm at more than {limit} errors: {errors} or more of {requests} requests",
        limit=show_share(found.limit),
        errors=f"{allowed_errors(found.requests, found.limit) + 1:,}",
        requests=f"{found.requests:,}",
    )
    if traffic.per_second is None or traffic.weight is None or traffic.seconds is None:
        return rule
    whence = translate(
        language,
        "{weight} of {rate} for {duration}",
        weight=show_share(traffic.weight),
        rate=show_rate(traffic.per_second),
        duration=show_duration(traffic.seconds),
    )
    return translate(language, "{rule} ({whence})", rule=rule, whence=whence)


def _ratios(wrong: Wrongness, language: str) -> tuple[str, str]:
    exact = f"{100 * wrong.exact:.3g}"
    seen = wrong.simulated
    if seen is None:
        return exact, NOTHING
    return exact, translate(
        language,
        "{value} ({low} to {high})",
        value=f"{100 * seen.value:.3g}",
        low=f"{100 * seen.low:.3g}",
        high=f"{100 * seen.high:.3g}",
    )


def traffic_sentence(found: LimitReport, traffic: Traffic, language: str) -> str:
    """What it would take, or why nothing is enough."""
    under = show_share(found.under)
    if not found.good < found.limit < found.bad:
        return translate(
            language,
            "No traffic is enough to get both under {under}: the limit {limit} must lie between "
            "what should pass ({good}) and what should be stopped ({bad}).",
            under=under,
            limit=show_share(found.limit),
            good=show_share(found.good),
            bad=show_share(found.bad),
        )
    if found.needed is None:
        return translate(
            language,
            "It takes more than a thousand million requests to get both under {under}.",
            under=under,
        )
    seconds = traffic.seconds_for(found.needed)
    if seconds is None:
        return translate(
            language,
            "It takes {requests} requests to get both under {under}.",
            requests=f"{found.needed:,}",
            under=under,
        )
    return translate(
        language,
        "It takes {requests} requests to get both under {under}: {duration} of this traffic.",
        requests=f"{found.needed:,}",
        under=under,
        duration=show_duration(float(round(seconds)) if seconds >= 10 else round(seconds, 1)),
    )
