"""Time on a picture: how long a step of it is, and in what its axis counts, by how much is shown.

A picture of a day has no more steps than one of ten minutes, or nobody could load or read it.
"""

from __future__ import annotations

from itertools import pairwise
from math import ceil, floor
from typing import NamedTuple

from sim.i18n import Message, message

MINUTE, HOUR, DAY = 60, 3600, 86_400
ROUND_SECONDS = (
    *(1, 2, 5, 10, 15, 30),
    *(MINUTE * n for n in (1, 2, 5, 10, 15, 30)),
    *(HOUR * n for n in (1, 2, 3, 6, 12, 24)),
)
IN_SECONDS, IN_MINUTES = 15 * MINUTE, 3 * HOUR  # So much is counted in them at the most.


class TimeUnit(NamedTuple):
    """What a time axis counts in: so many *seconds*, and the words below the axis."""

    seconds: int
    axis: Message


_UNITS = (
    TimeUnit(1, message("seconds since the first write")),
    TimeUnit(MINUTE, message("minutes since the first write")),
    TimeUnit(HOUR, message("hours since the first write")),
)


def step_for(seconds: float, most: int, least: int = 1) -> int:
    """The shortest round step, *least* or longer, of which *most* cover so many *seconds*.

    600 steps for 10 minutes are of 1 s, for 8 hours (48 s at least) of 1 min, for a day of 5 min.
    """
    for step in ROUND_SECONDS:
        if step >= least and seconds <= most * step:
            return step
    return DAY * ceil(seconds / (most * DAY))


def edges_of(start: float, end: float, step: int, zero: float) -> list[int]:
    """Where the steps over [*start*, *end*] begin and the last one ends, in whole seconds.

    They are counted from *zero*, so that what was before it and after it never share one; the
    first and the last may be shorter. 30 s before to 150 s after in steps of 60 s: -30, 0, 60,
    120, 150.
    """
    low, high, anchor = floor(start), ceil(end), floor(zero)
    second = anchor + ((low - anchor) // step + 1) * step
    return [low, *range(second, high, step), high]


def unit_of(shown: tuple[float, float]) -> TimeUnit:
    """The unit of an axis over so much time."""
    seconds = shown[1] - shown[0]
    if seconds <= IN_SECONDS:
        return _UNITS[0]
    return _UNITS[1] if seconds <= IN_MINUTES else _UNITS[2]


def time_ticks(shown: tuple[float, float], most: int = 6) -> list[int]:
    """Round moments of the time *shown*, in seconds, at most so many and one."""
    step = step_for(shown[1] - shown[0], most)
    return [n * step for n in range(ceil(shown[0] / step), floor(shown[1] / step) + 1)]


def step_words(step: int) -> Message:
    """A round step as people say it."""
    for seconds, words in ((HOUR, message("{n} h")), (MINUTE, message("{n} min"))):
        if step % seconds == 0:
            return Message(words.text, {"n": step // seconds})
    return message("{n} s", n=step)


def moment_words(seconds: float) -> str:
    """A moment: `-30 s`, and from a quarter of an hour on `0:15:00`, `2:05:30`, as clocks have it.

    Hours may be any number: a week has 168.
    """
    if abs(seconds) <= IN_SECONDS:
        return f"{seconds:g} s"
    whole = abs(round(seconds))
    sign = "-" if seconds < 0 else ""
    return f"{sign}{whole // HOUR}:{whole % HOUR // MINUTE:02d}:{whole % MINUTE:02d}"


def grouped(count: int, most: int) -> list[tuple[int, int]]:
    """Numbers 0 to *count* in at most so many neighbourly groups, each (first, after the last)."""
    size = max(1, -(-count // most))
    return list(pairwise([*range(0, count, size), count])) if count else []
