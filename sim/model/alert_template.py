"""Templates in an alert's labels and annotations: `{{ $value | humanizePercentage }}`.

The part of Go's templates that alerts use: `$value`, `$labels.name` (or `.Value`, `.Labels.name`),
the humanizing functions, `printf` of one number, `toUpper`, `toLower`, `title`. Anything else is
refused by name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from sim.i18n import message
from sim.model.humanized import HUMANIZED, go_float
from sim.model.samples import Labels
from sim.model.unreadable import Unreadable

_ACTION = re.compile(r"\{\{(-?)(.*?)(-?)\}\}", re.DOTALL)
_VALUE = ("$value", ".Value")
_LABEL = re.compile(r"(?:\$labels|\.Labels)\.([A-Za-z_]\w*)", re.ASCII)
_FORMAT = re.compile(r'"([^"%]*)%(\.\d{1,2})?([fgesv])([^"%]*(?:%%[^"%]*)*)"', re.ASCII)
_WORD = re.compile(r'"(?:[^"\\]|\\.)*"|[^\s|]+|\|')
_TEXT = {"toUpper": str.upper, "toLower": str.lower, "title": str.title}
_LONGEST = 4096

Value: TypeAlias = "float | str"


@dataclass(frozen=True, slots=True)
class Template:
    """What is *written*, with gaps. Raise `Unreadable` for what is not understood."""

    written: str

    def __post_init__(self) -> None:
        if len(self.written) > _LONGEST:
            raise Unreadable(message("a template of more than {most} characters", most=_LONGEST))
        self.filled((), 0.0)

    def filled(self, labels: Labels, value: float) -> str:
        """The text for an alert with these *labels* and this *value*."""
        text, place, trim = [], 0, False
        for action in _ACTION.finditer(self.written):
            before = self.written[place : action.start()]
            text.append(_trimmed(before, left=trim, right=bool(action[1])))
            text.append(_shown(_action(action[2].strip(), dict(labels), value)))
            place, trim = action.end(), bool(action[3])
        rest = self.written[place:]
        if "{{" in rest:
            raise _refused(rest[rest.index("{{") :][:20])
        return "".join([*text, _trimmed(rest, left=trim, right=False)])


def _trimmed(text: str, *, left: bool, right: bool) -> str:
    text = text.lstrip() if left else text
    return text.rstrip() if right else text


def _action(written: str, labels: Mapping[str, str], value: float) -> Value:
    """A pipeline: the first command's result is the last argument of the second, and so on."""
    words = _WORD.findall(written)
    commands: list[list[str]] = [[]]
    for word in words:
        if word == "|":
            commands.append([])
        else:
            commands[-1].append(word)
    found: Value | None = None
    for number, command in enumerate(commands):
        if not command:
            raise _refused(written)
        found = _command(command, found if number else None, labels, value)
    assert found is not None
    return found


def _command(
    words: list[str], piped: Value | None, labels: Mapping[str, str], value: float
) -> Value:
    first, *rest = words
    if (rest or piped is not None) and first not in (*HUMANIZED, *_TEXT, "printf"):
        raise _refused(first)
    arguments = [_operand(word, labels, value) for word in rest if not _FORMAT.fullmatch(word)]
    if piped is not None:
        arguments.append(piped)
    if first in HUMANIZED and len(arguments) == 1:
        return HUMANIZED[first](_number(arguments[0], first))
    if first in _TEXT and len(arguments) == 1:
        return _TEXT[first](_shown(arguments[0]))
    if first == "printf" and rest and len(arguments) == 1:
        return _printed(rest[0], arguments[0])
    if piped is None and not rest:
        return _operand(first, labels, value)
    raise _refused(first)


def _operand(word: str, labels: Mapping[str, str], value: float) -> Value:
    if word in _VALUE:
        return value
    if (found := _LABEL.fullmatch(word)) is not None:
        return labels.get(found[1], "")  # As Prometheus: a label that is not there is empty.
    raise _refused(word)


def _number(value: Value, function: str) -> float:
    try:
        return float(value)
    except ValueError:
        if value == "":
            return 0.0  # A label that is looked at before there is an alert.
        raise _refused(f"{function} {value}") from None


def _printed(form: str, value: Value) -> str:
    found = _FORMAT.fullmatch(form)
    if found is None:
        raise _refused(form)
    before, digits, kind, after = found.groups()
    number = f"{digits or ''}{kind}"
    shown = _shown(value) if kind in "sv" else format(_number(value, "printf"), number)
    return f"{before}{shown}{after.replace('%%', '%')}"


def _shown(value: Value) -> str:
    return value if isinstance(value, str) else go_float(value)


def _refused(what: str) -> Unreadable:
    return Unreadable(
        message("{found} is not understood in a template", found=what[:60]),
        message(
            "known: {known}", known=", ".join(["$value", "$labels.NAME", *HUMANIZED, "printf"])
        ),
    )
