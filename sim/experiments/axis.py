"""An axis of a sweep: one field and its values, `maxSurge=1,25%,50%` or `preStop=0s:30s:5s`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from sim.errors import Problem, ScenarioError
from sim.experiments.field_names import Field, field_named
from sim.i18n import message
from sim.model.objects import JsonObject

MOST_VALUES = 1_000
_NUMBER = r"-?\d+(?:\.\d+)?"
_UNIT = r"(?:ms|s|m|h|d|%|x|/s|/m|/h|Mi|Gi|Mi?B/s)?"
_RANGE = re.compile(rf"({_NUMBER})({_UNIT}):({_NUMBER})({_UNIT})(?::({_NUMBER})({_UNIT}))?", re.A)


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """*field* takes one of *values*, in their order; or, without any, some from *low* to *high*.

    *digits* are the decimals that such a value is written with, and *unit* what follows them.
    """

    field: Field
    values: tuple[str, ...]
    low: Fraction = Fraction(0)
    high: Fraction = Fraction(0)
    digits: int = 0
    unit: str = ""

    @property
    def name(self) -> str:
        """What its field was called."""
        return self.field.name

    def at(self, share: float) -> str:
        """The value that lies *share* (from 0, below 1) of the way along the axis."""
        if self.values:
            return self.values[floor(share * len(self.values))]
        steps = (self.high - self.low) * 10**self.digits
        step = floor(Fraction(share) * (steps + 1))  # Both ends are as likely as any between.
        return _written(self.low + Fraction(step, 10**self.digits), self.digits) + self.unit


def axes_of(texts: Sequence[str], deployment: JsonObject) -> tuple[Axis, ...]:
    """An axis for each of *texts*.

    Raise a `ScenarioError` with every mistake in them, for none at all, and for a field that is
    varied twice.
    """
    found = [axis(text, deployment) for text in texts]
    problems = [one for one in found if isinstance(one, Problem)]
    axes = tuple(one for one in found if isinstance(one, Axis))
    met: dict[tuple[bool, str], str] = {}
    for one in axes:
        what = (one.field.fault, one.field.path or one.field.name)
        if what in met:
            text = message("{name} and {other} are the same field", name=met[what], other=one.name)
            hint = message("one --vary with all its values, or faults by name: bug:new=1%,5%")
            problems.append(Problem(text, file="--vary", hint=hint))
        met[what] = one.name
    if not found:
        hint = message("such as --vary maxSurge=1,25%,50%")
        problems.append(Problem(message("there is nothing to vary"), hint=hint))
    if problems:
        raise ScenarioError(problems)
    return axes


def axis(text: str, deployment: JsonObject) -> Axis | Problem:
    """*text* (`NAME=VALUES`) understood for a scenario with *deployment*, or what is wrong."""
    name, equals, written = text.partition("=")
    place = f"--vary {text[:80]}"
    if not equals or not written.strip() or not name.strip() or len(text) > 2_000:
        return Problem(
            message("{found} is nothing to vary", found=repr(text[:60])),
            file=place,
            hint=message("name=values, such as maxSurge=1,25%,50% or preStop=0s:30s:5s"),
        )
    field = field_named(name.strip(), deployment)
    if isinstance(field, Problem):
        return field
    found = _RANGE.fullmatch(written.strip())
    if found is None:
        return _listed(field, _split(written), place)
    return _ranged(field, found, place)


def _split(written: str) -> list[str]:
    """The words between commas; a list in brackets is one of them."""
    return [part.strip() for part in re.findall(r"(?:\[[^\]]*\]|[^,\[\]])+", written)]


def _listed(field: Field, values: list[str], place: str) -> Axis | Problem:
    if len(set(values)) < len(values):
        return Problem(message("a value stands there twice"), file=place, field=field.name)
    if len(values) > MOST_VALUES:
        return _too_many(field, place)
    return Axis(field=field, values=tuple(values))


def _too_many(field: Field, place: str) -> Problem:
    text = message("more than {most} values", most=MOST_VALUES)
    return Problem(text, file=place, field=field.name)


def _ranged(field: Field, found: re.Match[str], place: str) -> Axis | Problem:
    units = {unit for unit in (found[2], found[4], found[6]) if unit}
    low, high = Fraction(found[1]), Fraction(found[3])
    if len(units) > 1 or low >= high:
        return Problem(
            message("{found} is not a range", found=repr(found[0])),
            file=place,
            field=field.name,
            hint=message("from:to:step in one unit, the lower end first, such as 0s:30s:5s"),
        )
    unit = units.pop() if units else ""
    if found[5] is None:
        digits = max(_digits(found[1]), _digits(found[3]))
        return Axis(field=field, values=(), low=low, high=high, digits=digits, unit=unit)
    step = Fraction(found[5])
    if step <= 0 or (high - low) / step > MOST_VALUES:
        return _too_many(field, place)
    count = floor((high - low) / step) + 1
    digits = max(_digits(found[1]), _digits(found[5]))
    values = tuple(_written(low + n * step, digits) + unit for n in range(count))
    return Axis(field=field, values=values)


def _digits(number: str) -> int:
    return len(number.partition(".")[2])


def _written(number: Fraction, digits: int) -> str:
    return f"{float(number):.{digits}f}"
