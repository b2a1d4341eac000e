"""Who keeps the limits, in a sentence and as a table: how many runs, how sure, what it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sim.analysis.rollback_figures import BACK
from sim.i18n import translate
from sim.interfaces.app.kept import Held, Kept, share_of, surest
from sim.interfaces.app.limits import LIMITS
from sim.interfaces.numbers import shown_estimate
from sim.interfaces.table import Row, Table
from sim.stats import Proportion


def kept_sentences(found: Sequence[Kept], language: str) -> list[str]:
    """Which strategies keep all limits, and how likely; of whom that is still open."""
    best, share = surest(found)
    opened = [one.strategy for one in found if share_of(one.every) is None]
    said = [] if share is None else [_of_the_known(best, share, language)]
    if opened:
        text = translate(
            language, "Not known yet, or at all: {strategies}.", strategies=", ".join(opened)
        )
        said.append(text)
    return said


def _of_the_known(best: Sequence[Kept], share: Proportion, language: str) -> str:
    values = {
        "strategies": ", ".join(one.strategy for one in best),
        "n": share.count,
        "all": share.n,
        "low": f"{100 * share.low:.0f}",
        "high": f"{100 * share.high:.0f}",
    }
    if share.count == 0:
        return translate(
            language,
            "No strategy keeps all your limits: {strategies} in none of {all} runs, so in the next "
            "one with a probability of {low} to {high} % (95 % interval).",
            **values,
        )
    if len(best) > 1:
        return translate(
            language,
            "All your limits are kept most surely by {strategies}: in {n} of {all} runs each, so "
            "in the next one with a probability of {low} to {high} % (95 % interval).",
            **values,
        )
    return translate(
        language,
        "All your limits are kept most surely by {strategies}: in {n} of {all} runs, so in the "
        "next one with a probability of {low} to {high} % (95 % interval).",
        **values,
    )


def kept_table(
    found: Sequence[Kept], given: Mapping[str, float], pending: str, language: str
) -> Table:
    """For each strategy in how many runs it keeps each limit and all of them, and its means.

    *pending* is what a cell says that waits for the rollback drill; empty if nothing is awaited.
    """
    rows = []
    for one in found:
        cells = [
            _kept(held, pending if figure == BACK else "", language)
            for figure, held in one.by_limit.items()
        ]
        last = _kept(one.every, pending, language)
        rows.append(Row(cells=(one.strategy, *cells, last)))
        means = [shown_estimate(mean, 1.0, language) for mean in one.measured.values()]
        mean = translate(language, "mean")
        rows.append(Row(cells=(mean, *means, ""), subordinate=True))
    return Table(
        title=translate(language, "Runs that keep the limits (95 % interval of the share)"),
        headings=(
            translate(language, "strategy"),
            *(_limit(figure, most, language) for figure, most in given.items()),
            translate(language, "all limits"),
        ),
        rows=tuple(rows),
        heading_explains=(
            "",
            *(LIMITS[figure].definition.render(language) for figure in given),
            "",
        ),
    )


def _limit(figure: str, most: float, language: str) -> str:
    return translate(
        language, "{figure} ≤ {most}", figure=LIMITS[figure].label, most=f"{most:,.6g}"
    )


def _kept(held: Held, pending: str, language: str) -> str:
    share = share_of(held)
    if share is None:
        return pending or translate(language, "? cannot tell")
    mark = "✓" if share.count == share.n else "✕" if not share.count else "~"
    return translate(
        language,
        "{mark} {n} of {all} ({low} to {high} %)",
        mark=mark,
        n=share.count,
        all=share.n,
        low=f"{100 * share.low:.0f}",
        high=f"{100 * share.high:.0f}",
    )
