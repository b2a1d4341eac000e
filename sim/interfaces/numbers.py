"""Numbers as people read them: as many digits as are known, an interval, thousands apart."""

from __future__ import annotations

from math import floor, log10

from sim.i18n import translate
from sim.stats import Estimate

NOTHING = "–"
_DIGITS_ALONE = 4  # Of a number whose interval is not known.
_DIGITS_OF_INTERVAL = 2  # Of half an interval's length: more would be noise.
_MOST_DECIMALS = 4


def decimals(value: float, half: float = 0.0) -> int:
    """How many decimals tell *value* honestly, if half its interval is *half*.

    31.42 ± 4.5 has one; 0.03142 ± 0.0013 has four; 12 alone has none, 12.3456 alone has two.
    """
    if half > 0:
        return _clamped(_DIGITS_OF_INTERVAL - 1 - floor(log10(half)))
    if value == round(value):
        return 0
    return _clamped(_DIGITS_ALONE - 1 - floor(log10(abs(value))))


def _clamped(number: int) -> int:
    return min(max(number, 0), _MOST_DECIMALS)


def plain(value: float, places: int, *, signed: bool = False) -> str:
    """*value* with *places* decimals and thousands apart; never "-0"."""
    rounded = round(value, places) + 0.0
    return f"{rounded:+,.{places}f}" if signed and rounded else f"{rounded:,.{places}f}"


def shown_estimate(
    estimate: Estimate | None, factor: float, language: str, *, signed: bool = False
) -> str:
    """A mean times *factor* and half its interval: `31 ± 4`, `0 (equal in all 10)`.

    *signed* writes a plus before what is more. Without any value the answer is a dash; where only
    some runs had a value it says how many.
    """
    if estimate is None:
        return NOTHING
    value, half = estimate.value * factor, (estimate.half_width or 0.0) * factor
    places = decimals(value, half)
    text = plain(value, places, signed=signed)
    if half > 0:
        text += f" ± {plain(half, places)}"
    if estimate.n < estimate.of:
        return translate(
            language, "{value} (in {n} of {all})", value=text, n=estimate.n, all=estimate.of
        )
    if estimate.equal and estimate.n > 1:
        return translate(language, "{value} (equal in all {n})", value=text, n=estimate.n)
    return text
