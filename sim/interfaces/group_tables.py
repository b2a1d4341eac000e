"""The two groups of an A/B test as tables: who was in them, what they did, and what B changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sim.i18n import Message, message
from sim.interfaces.numbers import NOTHING, decimals, plain
from sim.interfaces.table import Row, Table
from sim.stats.ratios import difference_of_ratios, difference_of_shares
from sim.stats.two_samples import two_proportions, welch

if TYPE_CHECKING:
    from sim.model.experiment import Experiment, Group

    Gap = tuple[float, float, float]


def who_table(found: Experiment, language: str) -> Table:
    """Who came, who saw which version, and how many requests that made."""
    a, b = found.a, found.b
    both = max(1, a.users + b.users)
    rows = (
        (message("users, by the version that answered first"), a.users, b.users),
        (message("of these saw the other version too"), a.flipped, b.flipped),
        (message("users who saw this version at all"), a.users + b.flipped, b.users + a.flipped),
        (message("requests of the group"), a.requests, b.requests),
        (message("of these answered by the other version"), a.by_other, b.by_other),
    )
    meant = found.share_of_b
    shares = (
        (message("share of all users (%)"), a.users / both, b.users / both),
        (message("share that was meant (%)"), 1.0 - meant, meant),
    )
    each = message("requests per user")
    lines = [(text, f"{one:,}", f"{two:,}") for text, one, two in rows]
    lines[1:1] = [(text, f"{100 * one:.4g}", f"{100 * two:.4g}") for text, one, two in shares]
    one, two = (f"{group.requests / max(1, group.users):.3g}" for group in (a, b))
    lines.append((each, one, two))
    return Table(
        title=message("Who is in the groups").render(language),
        headings=(message("figure").render(language), "A", "B"),
        rows=tuple(Row(cells=(text.render(language), one, two)) for text, one, two in lines),
        figures_from=1,
    )


def did_table(found: Experiment, language: str) -> Table:
    """What users did and met, and how much more or less it is with B, at 95 %."""
    a, b = found.a, found.b
    counts = [(group.conversions, group.users) for group in (a, b)]
    left = [(group.left, group.users) for group in (a, b)]
    lines: tuple[tuple[Message, Callable[[Group], float], float, Gap | None], ...] = (
        (message("conversion (% of users)"), _share_converted, 100.0, _of_counts(counts)),
        (message("revenue per user"), lambda one: one.revenue.mean, 1.0, _of_revenue(a, b)),
        (message("left at once (% of users)"), _share_left, 100.0, _of_counts(left)),
        (
            message("failed (% of requests)"),
            lambda one: one.failed.value,
            100.0,
            difference_of_shares(a.failed, b.failed) if a.requests and b.requests else None,
        ),
        (
            message("mean latency (ms)"),
            lambda one: one.latency.value,
            1000.0,
            difference_of_ratios(a.latency, b.latency) if a.users > 1 < b.users else None,
        ),
    )
    rows = [
        Row(cells=(message("users who converted").render(language), *_counts(found), NOTHING)),
        *(
            Row(
                cells=(
                    text.render(language),
                    *(plain(factor * value(one), _places(gap, factor)) for one in (a, b)),
                    shown_gap(gap, factor, language),
                )
            )
            for text, value, factor, gap in lines
        ),
    ]
    return Table(
        title=message("What they did, and what they met").render(language),
        headings=(
            message("figure").render(language),
            "A",
            "B",
            message("B − A (95 % interval)").render(language),
        ),
        rows=tuple(rows),
        figures_from=1,
    )


def shown_gap(gap: Gap | None, factor: float, language: str) -> str:
    """A difference with its interval, as exact as that is; a dash if there is none."""
    if gap is None:
        return NOTHING
    places = _places(gap, factor)
    value, low, high = (plain(factor * one, places, signed=True) for one in gap)
    shown = message("{value} ({low} to {high})", value=value, low=low, high=high)
    return shown.render(language)


def _places(gap: Gap | None, factor: float) -> int:
    half = 0.0 if gap is None else factor * (gap[2] - gap[1]) / 2
    return decimals(factor, half) if half > 0 else 2


def _counts(found: Experiment) -> tuple[str, str]:
    return f"{found.a.conversions:,}", f"{found.b.conversions:,}"


def _share_converted(group: Group) -> float:
    return group.conversions / group.users if group.users else 0.0


def _share_left(group: Group) -> float:
    return group.left / group.users if group.users else 0.0


def _of_counts(counts: list[tuple[int, int]]) -> Gap | None:
    if not all(n for _, n in counts):
        return None
    first, second = counts
    gap = two_proportions(first, second)
    return gap.value, gap.low, gap.high


def _of_revenue(a: Group, b: Group) -> Gap | None:
    if min(a.users, b.users) < 2 or not a.revenue.variance + b.revenue.variance:
        return None
    gap = welch(a.revenue, b.revenue)
    return gap.value, gap.low, gap.high
