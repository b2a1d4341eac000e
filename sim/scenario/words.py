"""The words of a scenario file: durations, shares, rates, quantities as pydantic field types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, WithJsonSchema
from pydantic.alias_generators import to_camel

from sim.i18n import Message, message
from sim.model import duration as words
from sim.model.quantity import PATTERN, quantity
from sim.model.unreadable import Unreadable


class Strict(BaseModel):
    """A part of the file: camelCase names, nothing unknown, nothing converted silently."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=False,
        validate_by_alias=True,
        extra="forbid",
        frozen=True,
        allow_inf_nan=False,
    )


def _word(parse: Callable[[str], Any], wanted: Message, numbers: bool = False) -> BeforeValidator:
    """Reads one kind of word; anything that is no text is refused with what is wanted."""

    def read(found: Any) -> Any:
        is_number = isinstance(found, int | float) and not isinstance(found, bool)
        if not isinstance(found, str) and not (is_number and (numbers or found == 0)):
            raise Unreadable(message("wanted {wanted}", wanted=wanted), wanted)
        return parse(str(found))

    return BeforeValidator(read)


def _not_negative(text: str) -> float:
    value = quantity(text)
    if value < 0:
        raise Unreadable(
            message("{found} is negative", found=repr(text)), message("nothing less than 0")
        )
    return value


def _cores(text: str) -> float:
    value = _not_negative(text)
    if value == 0 or value > 100_000:
        raise Unreadable(
            message("{found} cores cannot be", found=repr(text)),
            message("more than 0 and at most 100000"),
        )
    return value


def _rate(text: str) -> float:
    value = words.rate(text)
    if value > MOST_PER_SECOND:
        raise Unreadable(
            message("{found} is too fast", found=repr(text)),
            message("at most {most} requests per second", most=MOST_PER_SECOND),
        )
    return value


MOST_PER_SECOND = 1_000_000

_DURATION = message("a duration, such as 250ms, 5s or 1h30m")
_RANGE = message("a duration, or a range of two such as 0.1s..1s")
_SHARE = message("a percentage, such as 5% or 99.9%")
_RATE = message("a rate, such as 100/s or 6000/m")
_FACTOR = message("a factor, such as 3x")
_QUANTITY = message("a quantity, such as 250m or 128Mi")

Duration = Annotated[
    float,
    _word(words.duration, _DURATION),
    WithJsonSchema({"type": ["string", "integer"], "pattern": words.DURATION_PATTERN}),
]
Range = Annotated[
    tuple[float, float],
    _word(words.duration_range, _RANGE),
    WithJsonSchema({"type": ["string", "integer"], "pattern": words.RANGE_PATTERN}),
]
Share = Annotated[
    float,
    _word(words.share, _SHARE),
    WithJsonSchema({"type": "string", "pattern": words.SHARE_PATTERN}),
]
Rate = Annotated[
    float,
    _word(_rate, _RATE),
    WithJsonSchema({"type": "string", "pattern": words.RATE_PATTERN}),
]
Factor = Annotated[
    float,
    _word(words.factor, _FACTOR),
    WithJsonSchema({"type": "string", "pattern": words.FACTOR_PATTERN}),
]
Bytes = Annotated[
    float,
    _word(_not_negative, _QUANTITY, numbers=True),
    WithJsonSchema({"type": ["string", "number"], "pattern": PATTERN}),
]
Cores = Annotated[
    float,
    _word(_cores, _QUANTITY, numbers=True),
    WithJsonSchema({"type": ["string", "number"], "pattern": PATTERN}),
]
