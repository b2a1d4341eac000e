"""A condition on the result of a query, as an AnalysisTemplate writes it: `result[0] < 0.01`.

The part of expr-lang that release checks use (argoproj/argo-rollouts utils/evaluate/evaluate.go):
comparisons of `result`, `result[N]`, `len(result)`, `default(…)` and numbers, `isNaN`, `isInf`,
`isNil`, and `&&`, `||`, `!` with their words. Anything else is refused by name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import isinf, isnan
from operator import eq, ge, gt, le, lt, ne
from typing import TypeAlias

from sim.i18n import message
from sim.model.unreadable import Unreadable

Result: TypeAlias = "float | Sequence[float]"
Value: TypeAlias = "float | bool | Sequence[float] | None"
_Part: TypeAlias = "Callable[[Result], Value]"

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d*)?(?:[eE][-+]?\d+)?|\.\d+)|(?P<word>[A-Za-z_]\w*)"
    r"|(?P<sign>&&|\|\||[<>=!]=|[<>!()\[\],-]))",
    re.ASCII,
)
_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "<": lt,
    ">": gt,
    "<=": le,
    ">=": ge,
    "==": eq,
    "!=": ne,
}
_LONGEST = 500
_DEEPEST = 20


class NoAnswer(Exception):
    """The condition cannot be asked of that result: what Argo Rollouts calls an error."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What is *written*, taken apart. Raise `Unreadable` if it is no condition."""

    written: str
    _part: _Part = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_part", _Reader(self.written).whole())

    def holds(self, result: Result) -> bool:
        """Whether *result* (a number, or the values of a vector) fits. Raise `NoAnswer` if that
        makes no sense, as the first value of nothing does."""
        found = self._part(result)
        if not isinstance(found, bool):
            raise NoAnswer(f"expected bool, but got {found}")
        return found

    def __reduce__(self) -> tuple[type[Condition], tuple[str]]:
        return Condition, (self.written,)


class _Reader:
    """Recursive descent over the tokens of a condition."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = self._read(text)
        self._at = 0
        self._depth = 0

    def whole(self) -> _Part:
        """All of it."""
        part = self._either()
        if self._at < len(self._tokens):
            raise self._refused(self._tokens[self._at])
        return part

    def _read(self, text: str) -> list[str]:
        if len(text) > _LONGEST:
            raise Unreadable(message("a condition of more than {most} characters", most=_LONGEST))
        tokens, place = [], 0
        while text[place:].strip():
            found = _TOKEN.match(text, place)
            if found is None:
                raise self._refused(text[place:].strip()[:20])
            tokens.append(found[0].strip())
            place = found.end()
        return tokens

    def _refused(self, what: str) -> Unreadable:
        return Unreadable(
            message(
                "{found} is not understood in the condition {text}", found=what, text=self._text
            ),
            message("such as {example}", example="result[0] < 0.01"),
        )

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _next(self) -> str:
        token = self._peek()
        if not token:
            raise Unreadable(
                message("the condition {text} ends too early", text=repr(self._text)),
                message("such as {example}", example="result[0] < 0.01"),
            )
        self._at += 1
        return token

    def _take(self, *wanted: str) -> bool:
        if self._peek() in wanted:
            self._at += 1
            return True
        return False

    def _require(self, wanted: str) -> None:
        if (found := self._next()) != wanted:
            raise self._refused(found)

    def _either(self) -> _Part:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self._refused("(")
        parts = [self._both()]
        while self._take("||", "or"):
            parts.append(self._both())
        self._depth -= 1
        return parts[0] if len(parts) == 1 else lambda r: any(_truth(part(r)) for part in parts)

    def _both(self) -> _Part:
        parts = [self._not()]
        while self._take("&&", "and"):
            parts.append(self._not())
        return parts[0] if len(parts) == 1 else lambda r: all(_truth(part(r)) for part in parts)

    def _not(self) -> _Part:
        if self._take("!", "not"):
            inner = self._value()
            return lambda r: not _truth(inner(r))
        left = self._value()
        if self._peek() not in _COMPARISONS:
            return left
        holds, right = _COMPARISONS[self._next()], self._value()
        return lambda r: holds(_number(left(r)), _number(right(r)))

    def _value(self) -> _Part:
        token = self._next()
        if token == "(":
            inner = self._either()
            self._require(")")
            return inner
        if token == "-":
            positive = self._value()
            return lambda r: -_number(positive(r))
        if token[0].isdigit() or token[0] == ".":
            number = float(token)
            return lambda r: number
        if token == "result":
            return self._result()
        if token in _FUNCTIONS:
            self._require("(")
            arguments = [self._either()]
            while self._take(","):
                arguments.append(self._either())
            self._require(")")
            count, function = _FUNCTIONS[token]
            if len(arguments) != count:
                raise self._refused(token)
            return lambda r: function(r, *arguments)
        if token in ("true", "false"):
            return lambda r: token == "true"
        raise self._refused(token)

    def _result(self) -> _Part:
        if not self._take("["):
            return lambda r: r
        index = self._next()
        if not index.isdigit():
            raise self._refused(index)
        self._require("]")
        return lambda r: _item(r, int(index))


def _item(result: Result, index: int) -> float:
    if isinstance(result, int | float):
        raise NoAnswer("the result is a number and has no items")
    if index >= len(result):
        raise NoAnswer(f"index out of range: {index} (array length is {len(result)})")
    return result[index]


def _truth(value: Value) -> bool:
    if not isinstance(value, bool):
        raise NoAnswer(f"expected bool, but got {value}")
    return value


def _number(value: Value) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise NoAnswer(f"expected a number, but got {value}")
    return value


def _length(result: Result, part: _Part) -> float:
    found = part(result)
    if found is None or isinstance(found, int | float):
        raise NoAnswer(f"invalid argument for len: {found}")
    return float(len(found))


def _default(result: Result, part: _Part, otherwise: _Part) -> Value:
    """Argo's: for what is nil; an index beyond the end is still an error."""
    found = part(result)
    return otherwise(result) if found is None else found


_FUNCTIONS: Mapping[str, tuple[int, Callable[..., Value]]] = {
    "len": (1, _length),
    "isNaN": (1, lambda result, part: isnan(_number(part(result)))),
    "isInf": (1, lambda result, part: isinf(_number(part(result)))),
    "isNil": (1, lambda result, part: part(result) is None),
    "default": (2, _default),
}
