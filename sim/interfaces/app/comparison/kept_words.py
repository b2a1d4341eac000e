"""Who keeps the limits, in a sentence and as a table: how many runs, how sure, what it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sim.analysis.rollback_figures import BACK
from sim.i18n import message, translate
from sim.interfaces.app.comparison.kept import Held, Kept, share_of, surest
from sim.interfaces.app.comparison.limits import LIMITS
from sim.interfaces.numbers import NOTHING, shown_estimate
from sim.interfaces.table import Row, Table
from sim.stats import Proportion


def kept_sentences(found: Sequence[Kept], language: str, *, awaited: bool) -> tuple[str, ...]:
    """Which strategies keep all limits, and how likely; then of whom that is not known.

    While the rollback drill is *awaited* that is so of all that break no other limit.
    """
    best, share = surest(found)
    opened = [one.strategy for one in found if share_of(one.every) is None]
    if awaited and opened:
        return _before_the_drill(best, share, language)
    said = [] if share is None else [_of_the_known(best, share, bool(opened), language)]
    if opened:
        text = translate(
            language,
            "Of {strategies} these runs cannot tell; why stands under the table.",
            strategies=", ".join(opened),
        )
        said.append(text)
    return tuple(said)


def _before_the_drill(
    best: Sequence[Kept], share: Proportion | None, language: str
) -> tuple[str, ...]:
    """Known already are those that break another limit in every run."""
    first = translate(
        language, "Which strategies keep all your limits is known when the rollback is measured."
    )
    if share is None:
        return (first,)
    text = translate(
        language,
        "However long it takes, {strategies} breaks another limit in each of {all} runs.",
        strategies=", ".join(one.strategy for one in best),
        all=share.n,
    )
    return first, text


def _of_the_known(best: Sequence[Kept], share: Proportion, some_open: bool, language: str) -> str:
    said = {
        "strategies": ", ".join(one.strategy for one in best),
        "n": share.count,
        "all": share.n,
        "low": f"{100 * share.low:.0f}",
        "high": f"{100 * share.high:.0f}",
    }
    if share.count == 0 and some_open:
        text = message("{strategies} keeps all your limits in none of {all} runs", **said)
    elif share.count == 0:
        text = message(
            "No strategy keeps all your limits: {strategies} in none of {all} runs", **said
        )
    elif len(best) > 1:
        text = message(
            "All your limits are kept most surely by {strategies}: in {n} of {all} runs each",
            **said,
        )
    else:
        text = message(
            "All your limits are kept most surely by {strategies}: in {n} of {all} runs", **said
        )
    return translate(
        language,
        "{sentence}, so in the next one with a probability of {low} to {high} % (95 % interval).",
        sentence=text,
        **said,
    )


def kept_table(
    found: Sequence[Kept], given: Mapping[str, float], pending: str, language: str
) -> Table:
    """For each strategy in how many runs it keeps each limit, with its means, and all of them.

    *pending* is what a cell says that waits for the rollback drill; empty if nothing is awaited.
    """
    rows = []
    for one in found:
        cells = [
            _counted(held, pending if figure == BACK else "", language)
            for figure, held in one.by_limit.items()
        ]
        last = _counted(one.every, pending, language)
        means = [shown_estimate(mean, 1.0, language) for mean in one.measured.values()]
        name = translate(language, "mean")
        likely = _likely(one.every, language)
        rows.append(Row(cells=(one.strategy, last, *cells)))
        rows.append(Row(cells=(name, likely, *means), subordinate=True))
    names = [_limit(figure, most, language) for figure, most in given.items()]
    explains = [LIMITS[figure].definition.render(language) for figure in given]
    return Table(
        title=translate(language, "Runs that keep the limits"),
        headings=(translate(language, "strategy"), translate(language, "all limits"), *names),
        rows=tuple(rows),
        heading_explains=("", "", *explains),
    )


def _limit(figure: str, most: float, language: str) -> str:
    return translate(
        language, "{figure} ≤ {most}", figure=LIMITS[figure].label, most=f"{most:,.6g}"
    )


def _counted(held: Held, pending: str, language: str) -> str:
    """`✓ 10 of 10`: all, none or some of the runs, or nobody can tell."""
    share = share_of(held)
    if share is None:
        return pending or translate(language, "? cannot tell")
    mark = "✓" if share.count == share.n else "✕" if not share.count else "~"
    return translate(
        language,
        "{mark} {n} of {all}",
        mark=mark,
        n=share.count,
        all=share.n,
    )


def _likely(held: Held, language: str) -> str:
    """`72 to 100 % likely`: the 95 % interval of how likely the next release keeps them."""
    share = share_of(held)
    if share is None:
        return NOTHING
    low, high = f"{100 * share.low:.0f}", f"{100 * share.high:.0f}"
    return translate(language, "{low} to {high} % likely", low=low, high=high)
