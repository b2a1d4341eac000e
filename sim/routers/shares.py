"""Shares as the whole numbers that manifests want, and cookies as patterns of a header."""

from __future__ import annotations

import re
from math import ceil

_COOKIE = re.compile(r"\^\(\.\*;\\s\*\)\?(?P<name>[^=]+)=(?P<value>.*)\(;\.\*\)\?\$")


def whole_weights(canary_percent: float) -> tuple[int, int]:
    """Weights of stable and canary: (90, 10) for 10 %, (9975, 25) for a quarter of a percent.

    Raise a `ValueError` for what is no percentage.
    """
    if not 0.0 <= canary_percent <= 100.0:
        raise ValueError(f"canary_percent must be from 0 to 100, not {canary_percent}")
    if canary_percent == int(canary_percent):
        return 100 - int(canary_percent), int(canary_percent)
    canary = round(canary_percent * 100)
    return 10_000 - canary, canary


def rounded_up(percent: float) -> int:
    """Whole percents that are enough."""
    return ceil(percent)


def cookie_pattern(name: str, value: str) -> str:
    """What matches the whole header `cookie` if the cookie *name* in it is *value*."""
    return rf"^(.*;\s*)?{re.escape(name)}={re.escape(value)}(;.*)?$"


def cookie_of(pattern: str) -> tuple[str, str] | None:
    """Name and value of the cookie that `cookie_pattern` made *pattern* of."""
    found = _COOKIE.fullmatch(pattern)
    if found is None:
        return None
    name, value = (re.sub(r"\\(.)", r"\1", found[key]) for key in ("name", "value"))
    return name, value
