"""Pairs of strategies, seed by seed: how often one lost fewer requests than the other."""

from __future__ import annotations

from sim.i18n import translate
from sim.interfaces.table import Row, Table
from sim.model.objects import JsonObject
from sim.stats import wilson

JUDGED = "failed_requests"
SAME = "–"


def pairs_table(comparison: JsonObject, language: str) -> Table:
    """Row against column: in how many of the paired runs the row lost fewer requests."""
    arms = [arm for arm in comparison["arms"] if arm["strategy"] is not None]
    lost = {arm["strategy"]: arm["figures"][JUDGED]["values"] for arm in arms}
    rows = [
        Row(
            cells=(
                first,
                *(
                    SAME if first == second else _fewer(lost[first], lost[second], language)
                    for second in lost
                ),
            )
        )
        for first in lost
    ]
    return Table(
        title=translate(
            language,
            "How likely the row loses fewer requests than the column (paired runs, 95 % interval)",
        ),
        headings=(translate(language, "strategy"), *lost),
        rows=tuple(rows) if len(rows) > 1 else (),
    )


def chance_sentence(comparison: JsonObject, language: str) -> str:
    """How likely the best strategy is to lose fewer requests than the next; empty for one alone."""
    arms = [arm for arm in comparison["arms"] if arm["strategy"] is not None]
    if len(arms) < 2:
        return ""
    best, other = sorted(arms, key=lambda arm: float(sum(arm["figures"][JUDGED]["values"])))[:2]
    one, two = best["figures"][JUDGED]["values"], other["figures"][JUDGED]["values"]
    fewer, n = sum(a < b for a, b in zip(one, two, strict=True)), len(one)
    share = wilson(fewer, n)
    return translate(
        language,
        "{best} lost fewer requests than {other} in {fewer} of {n} paired runs, so in the next one "
        "it does with a probability of {low} to {high} % (95 % interval).",
        best=best["strategy"],
        other=other["strategy"],
        fewer=fewer,
        n=n,
        low=f"{100 * share.low:.0f}",
        high=f"{100 * share.high:.0f}",
    )


def _fewer(one: list[float], two: list[float], language: str) -> str:
    fewer = sum(a < b for a, b in zip(one, two, strict=True))
    equal = sum(a == b for a, b in zip(one, two, strict=True))
    share = wilson(fewer, len(one))
    text = translate(
        language,
        "{n} of {all} ({low} to {high} %)",
        n=fewer,
        all=len(one),
        low=f"{100 * share.low:.0f}",
        high=f"{100 * share.high:.0f}",
    )
    if not equal:
        return text
    return translate(language, "{text}, {equal} equal", text=text, equal=equal)
