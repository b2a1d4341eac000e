"""A count that may be written as a share of a whole: `3` or `"25%"`."""

from __future__ import annotations

import re

from sim.errors import Invalid
from sim.i18n import message

_PERCENT = re.compile(r"[0-9]{1,9}%")


def scaled(value: int | str, whole: int, *, round_up: bool) -> int:
    """*value* itself, or its percentage of *whole* rounded up or down to a whole number.

    25% of 10 is 3 rounded up and 2 rounded down. `"25"` without a percent sign is an error, not
    25. (kubernetes/apimachinery pkg/util/intstr/intstr.go, GetScaledValueFromIntOrPercent)
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    share = percent(value)
    # Integers only: in floats, 1.1 x 100 is not 110.
    return -(-share * whole // 100) if round_up else share * whole // 100


def is_percent(value: object) -> bool:
    """Whether *value* is a number with a percent sign."""
    return isinstance(value, str) and _PERCENT.fullmatch(value) is not None


def percent(value: object) -> int:
    """The number before the percent sign. Raise `Invalid` for anything else."""
    if isinstance(value, str) and is_percent(value):
        return int(value[:-1])
    raise Invalid(
        message(
            "Invalid value: {value}: a valid percent string must be a numeric string followed by"
            " an ending '%'",
            value=repr(value),
        )
    )
