"""Kubernetes resource quantities: `250m`, `16Gi`, `1.5`, `2e3` as plain numbers, and back.

Source: kubernetes/apimachinery:pkg/api/resource/quantity.go (grammar and suffixes).
"""

from __future__ import annotations

import re
from fractions import Fraction

from sim.i18n import message
from sim.model.unreadable import Unreadable

# The pattern that the API server itself names in its refusal.
PATTERN = "^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$"

_LONGEST = 64
_NUMBER = re.compile(r"([+-]?)([0-9]+\.?[0-9]*|\.[0-9]+)(.*)", re.ASCII)
_EXPONENT = re.compile(r"[eE]([+-]?[0-9]{1,3})", re.ASCII)
_SUFFIXES = {
    "n": Fraction(1, 10**9),
    "u": Fraction(1, 10**6),
    "m": Fraction(1, 1000),
    "": Fraction(1),
    "k": Fraction(10**3),
    "M": Fraction(10**6),
    "G": Fraction(10**9),
    "T": Fraction(10**12),
    "P": Fraction(10**15),
    "E": Fraction(10**18),
    "Ki": Fraction(2**10),
    "Mi": Fraction(2**20),
    "Gi": Fraction(2**30),
    "Ti": Fraction(2**40),
    "Pi": Fraction(2**50),
    "Ei": Fraction(2**60),
}
# What people write instead, in small letters.
_SLIPS = {
    **{"k": "k", "kb": "k", "mb": "M", "g": "G", "gb": "G", "t": "T", "tb": "T"},
    **{"ki": "Ki", "kib": "Ki", "mi": "Mi", "mib": "Mi", "gi": "Gi", "gib": "Gi"},
    **{"ti": "Ti", "tib": "Ti", "mbi": "Mi", "gbi": "Gi", "": ""},
}
_BINARY = ("Ei", "Pi", "Ti", "Gi", "Mi", "Ki")


def quantity(text: str | int | float) -> float:
    """The number that a quantity stands for: cores, bytes, a count.

    `250m` is 0.25, `128Mi` is 134217728, `1e3` is 1000. Raise `Unreadable` for anything else.
    """
    written = str(text)
    found = _NUMBER.fullmatch(written) if len(written) <= _LONGEST else None
    if found is None:
        raise _not_a_quantity(written)
    sign, digits, suffix = found.groups()
    factor = _SUFFIXES.get(suffix)
    if factor is None:
        exponent = _EXPONENT.fullmatch(suffix)
        if exponent is None:
            raise _not_a_quantity(written)
        factor = Fraction(10) ** int(exponent[1])
    try:
        value = float(Fraction(digits) * factor)
    except OverflowError as error:
        raise Unreadable(message("{found} is too large a quantity", found=repr(written))) from error
    return -value if sign == "-" else value


def _not_a_quantity(written: str) -> Unreadable:
    shown = written if len(written) <= _LONGEST else written[:_LONGEST] + "…"
    found = _NUMBER.fullmatch(written.replace(" ", ""))
    meant = _SLIPS.get(found[3].lower()) if found is not None and len(written) <= _LONGEST else None
    if found is not None and meant is not None:
        return Unreadable(
            message("{found} is not a quantity", found=repr(shown)),
            message("did you mean {name}?", name=f"{found[1]}{found[2]}{meant}"),
        )
    return Unreadable(
        message("{found} is not a quantity", found=repr(shown)),
        message(
            "a number with an optional suffix, such as 250m, 1.5 or 128Mi; it must match {pattern}",
            pattern=f"'{PATTERN}'",
        ),
    )


def show_bytes(value: float) -> str:
    """*value* bytes with the largest binary suffix that leaves it whole: 67108864 is `64Mi`."""
    for suffix in _BINARY:
        unit = float(_SUFFIXES[suffix])
        if value >= unit and value % unit == 0:
            return f"{int(value / unit)}{suffix}"
    return f"{value:.15g}"


def show_cores(value: float) -> str:
    """*value* cores as Kubernetes prints them: 0.1 is `100m`, 4.0 is `4`."""
    milli = value * 1000
    if value != int(value) and abs(milli - round(milli)) < 1e-9:
        return f"{round(milli)}m"
    return f"{value:.15g}"
