"""Random numbers as pure functions of what they are for, never of the order of asking.

A draw depends on (seed, purpose, number, attempt) alone: two strategies meet the same arrivals,
users and demands, a run repeats to the bit, and a new component never shifts another's draws.
The mixing function is the finaliser of splitmix64 (Steele, Lea, Flood 2014). Every purpose has an
odd multiplier of its own, for streams that share one constant overlap at a lag. The logarithm is
made of + - x and division only, so that interpreted and compiled code give the same bits.
"""

from __future__ import annotations

from enum import IntEnum
from math import frexp

_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15
_FIRST = 0xBF58476D1CE4E5B9
_SECOND = 0x94D049BB133111EB
_ATTEMPT_BITS = 8
_LN2 = 0.6931471805599453
_SQRT_HALF = 0.7071067811865476
_SERIES = tuple(1.0 / k for k in range(23, 0, -2))  # Of artanh(s) / s, the last term first.


class Purpose(IntEnum):
    """What a draw is for. Numbers are part of the definition of a run: append, never reorder."""

    ARRIVAL = 1
    USER = 2
    PROXY = 3
    BALANCER = 4
    DEMAND = 5
    BUG = 6
    BACKOFF = 7
    WATCH = 8
    PROPAGATION = 9
    SCHEDULE = 10
    SANDBOX = 11
    PULL = 12
    POD_NAME = 13
    POD_UID = 14
    PROBE_PHASE = 15
    STARTUP = 16
    PROXY_PHASE = 17
    RELIST_PHASE = 18
    LEASE_PHASE = 19
    BALANCER_SECOND = 20
    BALANCER_AGAIN = 21
    METHOD = 22
    SWEEP_PHASE = 23
    HASH_RING = 24
    HASH_USER = 25
    SAMPLE = 26
    CALL = 27
    LATENCY = 28
    DEPENDENCY_ERROR = 29
    ATTRIBUTE = 30
    ROUTE = 31
    STICKY = 32
    MIRROR = 33
    FLAG = 34
    HANG = 40
    GOING_ON = 50
    THINKING = 51
    TRIAL = 60
    ENDPOINT_CLASS = 69
    SCRAPE_PHASE = 70
    RULE_PHASE = 71
    CRASH = 72
    PAGER = 80
    REACTION = 81
    SYNC_PERIOD = 90
    CONFIG_WATCH = 91
    CONVERSION = 92
    SWEEP = 95


def _mix(x: int) -> int:
    x = ((x ^ (x >> 30)) * _FIRST) & _MASK
    x = ((x ^ (x >> 27)) * _SECOND) & _MASK
    return x ^ (x >> 31)


class Stream:
    """All draws of one *purpose* under one *seed*."""

    __slots__ = ("_key", "_multiplier")

    def __init__(self, seed: int, purpose: Purpose) -> None:
        self._key = _mix((seed & _MASK) ^ (purpose * _SECOND & _MASK))
        self._multiplier = _mix(self._key ^ _GOLDEN) | 1

    @property
    def keys(self) -> tuple[int, int]:
        """All that its draws depend on, for a compiled twin: what is added, and the multiplier."""
        return self._key, self._multiplier

    def bits(self, number: int, attempt: int = 0) -> int:
        """64 random bits for (*number*, *attempt*); attempts are 0 to 255."""
        counter = (number << _ATTEMPT_BITS) | attempt
        # _mix, written out: this is called some six times for every request.
        x = (self._key + counter * self._multiplier) & _MASK
        x = ((x ^ (x >> 30)) * _FIRST) & _MASK
        x = ((x ^ (x >> 27)) * _SECOND) & _MASK
        return x ^ (x >> 31)

    def uniform(self, number: int, attempt: int = 0) -> float:
        """One uniform draw strictly between 0 and 1.

        52 bits and a half: with 53 the half would round away and the largest draw be 1 itself.
        """
        return ((self.bits(number, attempt) >> 12) + 0.5) * 2.0**-52

    def between(self, bounds: tuple[float, float], number: int, attempt: int = 0) -> float:
        """One uniform draw between the two *bounds*."""
        low, high = bounds
        return low + (high - low) * self.uniform(number, attempt)

    def exponential(self, number: int, attempt: int = 0) -> float:
        """One draw of the exponential distribution with mean 1, by inversion."""
        return -log(self.uniform(number, attempt))


def log(x: float) -> float:
    """Natural logarithm of *x* > 0 by + - x and division only; relative error below 1e-15.

    With x = m * 2**e and m in [sqrt(1/2), sqrt(2)), ln m = 2 artanh((m - 1) / (m + 1)), whose
    series converges by a factor of 34 a term.
    """
    mantissa, exponent = frexp(x)
    if mantissa < _SQRT_HALF:
        mantissa *= 2.0
        exponent -= 1
    s = (mantissa - 1.0) / (mantissa + 1.0)
    z = s * s
    series = 0.0
    for coefficient in _SERIES:
        series = series * z + coefficient
    return 2.0 * s * series + exponent * _LN2
