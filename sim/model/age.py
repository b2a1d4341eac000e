"""How kubectl writes a length of time: short, and coarser the longer it is.

(kubernetes/apimachinery pkg/util/duration/duration.go, HumanDuration)
"""

from __future__ import annotations

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_YEAR = 365 * _DAY


def go_duration(seconds: float) -> str:
    """Whole seconds as Go writes a duration: 10s, 1m20s, 5m0s, 1h0m0s."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}h{minutes}m{rest}s"
    return f"{minutes}m{rest}s" if minutes else f"{rest}s"


def human_duration(seconds: float) -> str:
    """119 s is `119s`, 2 to 10 minutes are `2m5s`, up to 3 h `95m`, up to 8 h `3h20m`, up to two
    days `30h`, up to 8 days `5d6h`, up to two years `400d`."""
    whole = int(seconds)
    if whole < -1:
        return "<invalid>"
    if whole < 0:
        return "0s"
    if whole < 2 * _MINUTE:
        return f"{whole}s"
    if whole < 10 * _MINUTE:
        return _two(whole, _MINUTE, "m", 1, "s")
    if whole < 3 * _HOUR:
        return f"{whole // _MINUTE}m"
    if whole < 8 * _HOUR:
        return _two(whole, _HOUR, "h", _MINUTE, "m")
    if whole < 2 * _DAY:
        return f"{whole // _HOUR}h"
    if whole < 8 * _DAY:
        return _two(whole, _DAY, "d", _HOUR, "h")
    if whole < 2 * _YEAR:
        return f"{whole // _DAY}d"
    if whole < 8 * _YEAR:
        return _two(whole, _YEAR, "y", _DAY, "d")
    return f"{whole // _YEAR}y"


def _two(whole: int, large: int, name: str, small: int, rest_name: str) -> str:
    rest = whole % large // small
    return f"{whole // large}{name}" + (f"{rest}{rest_name}" if rest else "")
