"""What paired runs say of "less than", and what many such answers come to: pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum

from sim.stats import Estimate


class Finding(StrEnum):
    """What one comparison says of the claim that the first has less than the second."""

    LESS = "less"  # As claimed.
    EQUAL = "equal"  # The same number in every pair.
    MORE = "more"  # The other way round.
    CANNOT_TELL = "cannot tell"


class Verdict(StrEnum):
    """What becomes of a claim."""

    HOLDS = "holds"
    DEPENDS = "depends on"
    DOES_NOT_HOLD = "does not hold"
    CANNOT_TELL = "cannot tell yet"


def finding(gap: Estimate | None) -> Finding:
    """What the interval of *first* - *second* says; one pair alone says nothing."""
    if gap is None or gap.n < 2:
        return Finding.CANNOT_TELL
    if gap.equal and gap.value == 0:
        return Finding.EQUAL
    if not gap.clear:
        return Finding.CANNOT_TELL
    return Finding.LESS if gap.value < 0 else Finding.MORE


def verdict(findings: Iterable[Finding]) -> Verdict:
    """Of a claim that *findings* were made about, each in another case.

    It holds if it was found and nothing else was; it depends on the case if it was found in some
    and not in others; it does not hold if it was found in none. What cannot be told counts for
    neither side.
    """
    told = set(findings) - {Finding.CANNOT_TELL}
    if not told:
        return Verdict.CANNOT_TELL
    if Finding.LESS not in told:
        return Verdict.DOES_NOT_HOLD
    return Verdict.HOLDS if told == {Finding.LESS} else Verdict.DEPENDS


def chained(pairs: Sequence[Finding]) -> Finding:
    """What the *pairs* of one ordering come to in one case: as claimed only if all of them are."""
    if Finding.MORE in pairs:
        return Finding.MORE
    if Finding.EQUAL in pairs:
        return Finding.EQUAL
    return Finding.CANNOT_TELL if Finding.CANNOT_TELL in pairs or not pairs else Finding.LESS


def until_censored(
    first: Sequence[float | None], second: Sequence[float | None], end: float
) -> tuple[tuple[float | None, ...], tuple[float | None, ...]]:
    """Two clocks by seed, of which one that has not stopped is later than *end* at the least.

    Where neither has stopped there is no pair. So a difference is never larger than the true one.
    """
    pairs = [
        (None, None) if a is None and b is None else (_or(a, end), _or(b, end))
        for a, b in zip(first, second, strict=True)
    ]
    return tuple(a for a, _ in pairs), tuple(b for _, b in pairs)


def _or(value: float | None, end: float) -> float:
    return end if value is None else value
