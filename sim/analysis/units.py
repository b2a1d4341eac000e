"""Units: what a figure counts, its word for people, and how a number in it is written."""

from __future__ import annotations

from enum import StrEnum
from math import floor, log10

from sim.i18n import Message, message

GIB = 2.0**30


class Unit(StrEnum):
    """The unit of a figure; the value is its stable name in `--json`."""

    REQUESTS = "requests"
    USERS = "users"
    PODS = "pods"
    SHARE = "share"
    TIMES = "times"
    SECONDS = "seconds"
    MILLISECONDS = "milliseconds"
    POD_SECONDS = "pod_seconds"
    CORE_SECONDS = "core_seconds"
    BYTE_SECONDS = "byte_seconds"
    MONEY = "money"


def label(unit: Unit) -> Message:
    """The word for *unit* in the head of a column."""
    return {
        Unit.REQUESTS: message("requests"),
        Unit.USERS: message("users"),
        Unit.PODS: message("pods"),
        Unit.SHARE: Message("%"),
        Unit.TIMES: message("times the allowed rate"),
        Unit.SECONDS: Message("s"),
        Unit.MILLISECONDS: Message("ms"),
        Unit.POD_SECONDS: message("pod-seconds"),
        Unit.CORE_SECONDS: message("core-seconds"),
        Unit.BYTE_SECONDS: message("GiB-seconds"),
        Unit.MONEY: message("money"),
    }[unit]


def scaled(value: float, unit: Unit) -> float:
    """*value* as the label counts it: percent for shares, GiB for bytes."""
    if unit is Unit.SHARE:
        return 100.0 * value
    return value / GIB if unit is Unit.BYTE_SECONDS else value


def number(value: float, unit: Unit, *, spread: float = 0.0) -> str:
    """*value* in the unit of the label, without it: as many digits as mean something.

    With a *spread* (half an interval) two digits of that: 31.42 ± 4.47 is 31.4, 690.3 ± 20.4 is
    690. Without, three digits, whole ones kept; and 0.99982 of a share is 99.982 %, for it is
    the distance from 100 that matters.
    """
    shown = scaled(value, unit)
    if spread > 0:
        return _trimmed(shown, _decimals(scaled(spread, unit), 2))
    if unit is Unit.SHARE:
        rest = min(abs(shown), abs(100.0 - abs(shown))) or 1.0
        return _trimmed(shown, _decimals(rest, 2))
    return _trimmed(shown, _decimals(shown, 3) if shown else 0)


def _decimals(scale: float, digits: int) -> int:
    """How many decimals show that many *digits* of a number as large as *scale*."""
    return min(max(digits - 1 - floor(log10(abs(scale))), 0), 4)


def _trimmed(shown: float, digits: int) -> str:
    text = f"{shown:,.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text
