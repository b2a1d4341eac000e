"""Numbers as Prometheus' templates write them for people.

(prometheus/prometheus template/template.go: humanize, humanize1024, humanizeDuration,
humanizePercentage; Go's %v and %.4g)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isinf, isnan

_LARGE = ("k", "M", "G", "T", "P", "E", "Z", "Y")
_SMALL = ("m", "u", "n", "p", "f", "a", "z", "y")
_BINARY = ("ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi")
_PLAIN_DIGITS = 21  # From 1e21 on Go writes an exponent.


def go_float(value: float) -> str:
    """As Go prints a float64: `0.0523`, `3`, `1e-05`, `NaN`, `+Inf`."""
    if isnan(value):
        return "NaN"
    if isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    text = repr(float(value))
    mantissa, e, exponent = text.partition("e")
    if e and 0 <= int(exponent) < _PLAIN_DIGITS:
        return f"{value:.0f}"
    if not e and value and abs(value) < 1e-4:
        text = f"{value:e}"
    if e:
        return f"{mantissa.removesuffix('.0')}e{exponent}"
    return text.removesuffix(".0")


def four_digits(value: float) -> str:
    """Go's `%.4g`."""
    return go_float(value) if isnan(value) or isinf(value) else f"{value:.4g}"


def humanize(value: float) -> str:
    """With a metric prefix: 1234567 is `1.235M`, 0.0123 is `12.3m`."""
    if value == 0 or isnan(value) or isinf(value):
        return four_digits(value)
    return _prefixed(value)


def humanize_1024(value: float) -> str:
    """With a binary prefix: 2048 is `2ki`."""
    if abs(value) <= 1 or isnan(value) or isinf(value):
        return four_digits(value)
    prefix = ""
    for one in _BINARY:
        if abs(value) < 1024:
            break
        prefix, value = one, value / 1024
    return f"{value:.4g}{prefix}"


def humanize_duration(value: float) -> str:
    """Seconds as days, hours, minutes and seconds: 3725 is `1h 2m 5s`."""
    if isnan(value) or isinf(value):
        return four_digits(value)
    if value == 0:
        return "0s"
    if abs(value) < 1:
        return _prefixed(value) + "s"
    sign, whole = ("-" if value < 0 else ""), int(abs(value))
    seconds, minutes = whole % 60, whole // 60 % 60
    hours, days = whole // 3600 % 24, whole // 86400
    if days:
        return f"{sign}{days}d {hours}h {minutes}m {seconds}s"
    if hours:
        return f"{sign}{hours}h {minutes}m {seconds}s"
    if minutes:
        return f"{sign}{minutes}m {seconds}s"
    return f"{value:.4g}s"


def humanize_percentage(value: float) -> str:
    """A ratio in percent: 0.0523 is `5.23%`."""
    return four_digits(100 * value) + "%"


def _prefixed(value: float) -> str:
    prefix = ""
    if abs(value) >= 1:
        for one in _LARGE:
            if abs(value) < 1000:
                break
            prefix, value = one, value / 1000
    else:
        for one in _SMALL:
            if abs(value) >= 1:
                break
            prefix, value = one, value * 1000
    return f"{value:.4g}{prefix}"


HUMANIZED: Mapping[str, Callable[[float], str]] = {
    "humanize": humanize,
    "humanize1024": humanize_1024,
    "humanizeDuration": humanize_duration,
    "humanizePercentage": humanize_percentage,
}
