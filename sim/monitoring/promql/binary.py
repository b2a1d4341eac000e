"""Binary operators between numbers and vectors: arithmetic, comparisons, and sets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import copysign, fmod, inf, isinf, isnan, nan
from operator import add, eq, ge, gt, le, lt, mul, ne, sub
from typing import Any

from sim.model.samples import NAME, Labels, Sample, Vector
from sim.monitoring.promql.matching import Matching, both, either, only_left, paired
from sim.monitoring.promql.refusing import unsupported

Number = Callable[[float, float], float]


def divided(a: float, b: float) -> float:
    """As IEEE 754 has it: something by nothing is infinite, nothing by nothing is no number."""
    if b != 0.0:
        return a / b
    if a == 0.0 or isnan(a):
        return nan
    return copysign(inf, a) * copysign(1.0, b)


def remainder(a: float, b: float) -> float:
    """The remainder with the sign of *a*."""
    return nan if b == 0.0 or isinf(a) else fmod(a, b)


def power(a: float, b: float) -> float:
    """*a* to the power of *b*; too large is infinite, and no real number is none."""
    try:
        return float(a**b) if a >= 0.0 or b == int(b) else nan
    except OverflowError:
        return -inf if a < 0.0 and b % 2 == 1 else inf
    except ZeroDivisionError:
        return copysign(inf, a) if b % 2 == 1 else inf
    except ValueError:
        return nan


ARITHMETIC: Mapping[str, Number] = {
    "+": add,
    "-": sub,
    "*": mul,
    "/": divided,
    "%": remainder,
    "^": power,
}
COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "==": eq,
    "!=": ne,
    ">": gt,
    "<": lt,
    ">=": ge,
    "<=": le,
}
SETS: Mapping[str, Callable[[Vector, Vector, Matching], Vector]] = {
    "and": both,
    "or": either,
    "unless": only_left,
}


def combined(op: str, left: Vector | float, right: Vector | float, modifier: Any) -> Vector | float:
    """*left* *op* *right*; *modifier* holds `bool`, `on`, `ignoring` and `group_left`."""
    if op in SETS:
        assert isinstance(left, tuple) and isinstance(right, tuple)  # The parser sees to it.
        return SETS[op](left, right, Matching.of(modifier))
    if op not in ARITHMETIC and op not in COMPARISONS:
        raise unsupported(op)
    as_number = modifier is not None and modifier.return_bool
    if isinstance(left, tuple) and isinstance(right, tuple):
        drops_name = op in ARITHMETIC or as_number
        pairing = _pairing(op, as_number=as_number)
        return paired(left, right, Matching.of(modifier), pairing, drops_name=drops_name)
    if isinstance(left, tuple):
        assert isinstance(right, float)
        return _with_number(op, left, lambda value: (value, right), as_number=as_number)
    if isinstance(right, tuple):
        number = left
        return _with_number(op, right, lambda value: (number, value), as_number=as_number)
    if op in ARITHMETIC:
        return ARITHMETIC[op](left, right)
    return float(COMPARISONS[op](left, right))


def _pairing(op: str, *, as_number: bool) -> Callable[[float, float], float | None]:
    if op in ARITHMETIC:
        return ARITHMETIC[op]
    holds = COMPARISONS[op]
    if as_number:
        return lambda a, b: float(holds(a, b))
    return lambda a, b: a if holds(a, b) else None


def _with_number(
    op: str, vector: Vector, sides: Callable[[float], tuple[float, float]], *, as_number: bool
) -> Vector:
    """Each sample with a number on its other side; a comparison keeps the sample as it is."""
    if op in ARITHMETIC:
        number = ARITHMETIC[op]
        return tuple(Sample(nameless(one.labels), number(*sides(one.value))) for one in vector)
    holds = COMPARISONS[op]
    if as_number:
        return tuple(
            Sample(nameless(one.labels), float(holds(*sides(one.value)))) for one in vector
        )
    return tuple(one for one in vector if holds(*sides(one.value)))


def nameless(labels: Labels) -> Labels:
    """*labels* without the metric's name, for what is no longer that metric."""
    return tuple(pair for pair in labels if pair[0] != NAME)
