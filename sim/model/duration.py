"""Durations `1h30m`, ranges `0.1s..1s`, shares `5%`, rates `100/s` and factors `3x`.

All arithmetic is exact until the last step, so `99.9%` is the float 0.999 and `5ms` is 0.005.
"""

from __future__ import annotations

import re
from fractions import Fraction

from sim.i18n import message
from sim.model.unreadable import Unreadable

_LONGEST = 64
_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
DURATION_PATTERN = rf"^(0|({_NUMBER}(ms|s|m|h|d))+)$"
RANGE_PATTERN = rf"^({_NUMBER}(ms|s|m|h|d))+(\.\.({_NUMBER}(ms|s|m|h|d))+)?$|^0$"
SHARE_PATTERN = rf"^{_NUMBER}%$"
RATE_PATTERN = rf"^{_NUMBER}/(s|m|h|d)$"
FACTOR_PATTERN = rf"^{_NUMBER}x$"

_DURATION = re.compile(DURATION_PATTERN, re.ASCII)
_PART = re.compile(rf"({_NUMBER})(ms|s|m|h|d)", re.ASCII)
_SHARE = re.compile(rf"({_NUMBER})%", re.ASCII)
_RATE = re.compile(rf"({_NUMBER})/(s|m|h|d)", re.ASCII)
_FACTOR = re.compile(rf"({_NUMBER})x", re.ASCII)
_SECONDS = {
    "ms": Fraction(1, 1000),
    "s": Fraction(1),
    "m": Fraction(60),
    "h": Fraction(3600),
    "d": Fraction(86400),
}
_LONGEST_DURATION = 366 * 86400


def duration(text: str | int) -> float:
    """Seconds: `250ms` is 0.25, `1h30m` is 5400. A bare 0 needs no unit."""
    written = str(text)
    if len(written) > _LONGEST or not _DURATION.fullmatch(written):
        raise Unreadable(
            message("{found} is not a duration", found=_shown(written)),
            message("a number with a unit (ms, s, m, h, d), such as 250ms, 5s or 1h30m"),
        )
    total = sum((Fraction(n) * _SECONDS[unit] for n, unit in _PART.findall(written)), Fraction(0))
    if total > _LONGEST_DURATION:
        raise Unreadable(
            message("{found} is too long", found=_shown(written)), message("at most a year")
        )
    return float(total)


def duration_range(text: str | int) -> tuple[float, float]:
    """Two durations `0.1s..1s`, low before high; a single one stands for both."""
    low_text, dots, high_text = str(text).partition("..")
    low = duration(low_text)
    high = duration(high_text) if dots else low
    if high < low:
        raise Unreadable(
            message("{found} runs backwards", found=_shown(str(text))),
            message("the shorter duration comes first, as in 0.1s..1s"),
        )
    return low, high


def share(text: str) -> float:
    """A part of the whole from 0 to 1: `5%` is 0.05. More than 100% is refused."""
    found = _match(_SHARE, text)
    if found is None:
        raise Unreadable(
            message("{found} is not a share", found=_shown(str(text))),
            message("a percentage, such as 5% or 99.9%"),
        )
    value = Fraction(found[1]) / 100
    if value > 1:
        raise Unreadable(
            message("{found} is more than everything", found=_shown(text)), message("at most 100%")
        )
    return float(value)


def rate(text: str) -> float:
    """Events per second: `100/s` is 100, `6000/m` is 100 as well."""
    found = _match(_RATE, text)
    if found is None:
        raise Unreadable(
            message("{found} is not a rate", found=_shown(str(text))),
            message("a number per unit of time (s, m, h, d), such as 100/s or 6000/m"),
        )
    return float(Fraction(found[1]) / _SECONDS[found[2]])


def factor(text: str) -> float:
    """How many times as much: `3x` is 3."""
    found = _match(_FACTOR, text)
    if found is None:
        raise Unreadable(
            message("{found} is not a factor", found=_shown(str(text))),
            message("a number followed by x, such as 3x or 0.5x"),
        )
    return float(Fraction(found[1]))


def _match(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    return pattern.fullmatch(str(text)) if len(str(text)) <= _LONGEST else None


def _shown(written: str) -> str:
    return repr(written if len(written) <= _LONGEST else written[:_LONGEST] + "…")


def show_duration(seconds: float) -> str:
    """*seconds* in the largest units that need no fraction: 5400 is `1h30m`, 0.25 is `250ms`."""
    if seconds == 0:
        return "0s"
    if seconds != int(seconds):
        milliseconds = seconds * 1000
        if seconds < 1 and abs(milliseconds - round(milliseconds)) < 1e-9:
            return f"{round(milliseconds)}ms"
        return f"{seconds:.15g}s"
    parts, left = [], int(seconds)
    for unit in ("d", "h", "m", "s"):
        count, left = divmod(left, int(_SECONDS[unit]))
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts)


def show_range(bounds: tuple[float, float]) -> str:
    """A pair of bounds as `100ms..1s`, a single duration if they are equal."""
    low, high = bounds
    return show_duration(low) if low == high else f"{show_duration(low)}..{show_duration(high)}"


def show_share(value: float) -> str:
    """0.999 as `99.9%`."""
    return f"{float(Fraction(str(value)) * 100):.12g}%"


def show_rate(per_second: float) -> str:
    """50.0 as `50/s`."""
    return f"{per_second:.12g}/s"


def show_factor(value: float) -> str:
    """3.0 as `3x`."""
    return f"{value:.12g}x"
