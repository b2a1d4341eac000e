"""Draws as `sim.model.draws` has them, to the bit; see there for what they are."""

from __future__ import annotations

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from sim.traffic.kernel.compiled import inlined
from sim.traffic.kernel.records import Records

_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S12, _S8 = (np.uint64(bits) for bits in (30, 27, 31, 12, 8))
_LN2 = 0.6931471805599453
_SQRT_HALF = 0.7071067811865476
_MANTISSA = (1 << 52) - 1
_HALF = 1022 << 52  # The exponent of [1/2, 1).


@intrinsic
def bits_of(context, number):  # type: ignore[no-untyped-def]
    """The 64 bits of a float, as an integer."""

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        return builder.bitcast(arguments[0], ir.IntType(64))

    return types.int64(types.float64), generate


@intrinsic
def float_of(context, number):  # type: ignore[no-untyped-def]
    """The float that has these 64 bits."""

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        return builder.bitcast(arguments[0], ir.DoubleType())

    return types.float64(types.int64), generate


@inlined
def random_bits(keys: Records, number: int, attempt: int) -> np.uint64:
    """64 random bits for (*number*, *attempt*), from a stream's keys."""
    counter = (np.uint64(number) << _S8) | np.uint64(attempt)
    x = keys.key + counter * keys.multiplier
    x = (x ^ (x >> _S30)) * _FIRST
    x = (x ^ (x >> _S27)) * _SECOND
    return x ^ (x >> _S31)


@inlined
def uniform(keys: Records, number: int, attempt: int) -> float:
    """One uniform draw strictly between 0 and 1 for (*number*, *attempt*), from a stream's keys."""
    x = random_bits(keys, number, attempt)
    return (np.float64(np.int64(x >> _S12)) + 0.5) * 2.0**-52


@inlined
def halves_of(x: float) -> tuple[float, int]:
    """A normal *x* > 0 as m x 2**e with m from a half to 1: (m, e), as `math.frexp` has it."""
    bits = bits_of(x)
    return float_of((bits & _MANTISSA) | _HALF), (bits >> 52) - 1022


@inlined
def log(x: float) -> float:
    """Natural logarithm of a normal *x* > 0, by the steps of `sim.model.draws.log`."""
    bits = bits_of(x)
    exponent = (bits >> 52) - 1022
    mantissa = float_of((bits & _MANTISSA) | _HALF)
    if mantissa < _SQRT_HALF:
        mantissa *= 2.0
        exponent -= 1
    s = (mantissa - 1.0) / (mantissa + 1.0)
    z = s * s
    series = 1.0 / 23.0
    series = series * z + 1.0 / 21.0
    series = series * z + 1.0 / 19.0
    series = series * z + 1.0 / 17.0
    series = series * z + 1.0 / 15.0
    series = series * z + 1.0 / 13.0
    series = series * z + 1.0 / 11.0
    series = series * z + 1.0 / 9.0
    series = series * z + 1.0 / 7.0
    series = series * z + 1.0 / 5.0
    series = series * z + 1.0 / 3.0
    series = series * z + 1.0
    return 2.0 * s * series + exponent * _LN2


@inlined
def power_of_two(n: int) -> float:
    """2.0**n for n from 0 to 255."""
    return float_of((1023 + np.int64(n)) << 52)
