"""What goes wrong, as written: `kind:whom:how`. Which kinds exist is known higher up."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sim.errors import Problem
from sim.i18n import message
from sim.scenario.node import Place

_GRAMMAR = re.compile(r"([A-Za-z][\w-]*):([A-Za-z][\w.-]*):(\S+)")
_LONGEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultSpec:
    """One fault, taken apart but not judged; *text* is what was written, at *file*:*line*.

    *version* is whom it is about: a version, or a machine or a dependency by its name.
    """

    kind: str
    version: str
    amount: str
    text: str
    file: str
    line: int
    column: int

    @property
    def endpoint_class(self) -> str:
        """The class of requests that it is limited to, if its kind can be: what follows the @."""
        return split_class(split_moment(self.amount)[0])[1]


def split_class(amount: str) -> tuple[str, str]:
    """An amount like `3%@checkout` as what comes before the @, and the class after it."""
    before, _, endpoint_class = amount.partition("@")
    return (before, endpoint_class) if endpoint_class else (amount, "")


def split_moment(amount: str) -> tuple[str, str]:
    """An amount like `5%@60s` or `3%@checkout@60s..90s` as what comes before its moment, and that.

    A moment begins with a digit, a class of requests does not.
    """
    before, _, when = amount.rpartition("@")
    return (before, when) if before and when[:1].isdigit() else (amount, "")


def parse(text: str, place: Place, field: str = "") -> FaultSpec | Problem:
    """*text* taken apart, or the problem with it."""
    found = _GRAMMAR.fullmatch(text.strip()) if len(text) <= _LONGEST else None
    if found is None:
        return place.problem(
            message("{found} is not a fault", found=repr(text[:60])),
            field,
            message("kind:version:amount, such as bug:new:5% or slow:new:3x"),
        )
    kind, version, amount = found.groups()
    return FaultSpec(
        kind=kind,
        version=version,
        amount=amount,
        text=text.strip(),
        file=place.file,
        line=place.line,
        column=place.column,
    )
