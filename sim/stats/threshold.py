"""A limit on an error ratio, as a rule: how often it alarms at a good version and misses a bad one.

Of n requests the errors are binomial, so both ratios are known exactly.
"""

from __future__ import annotations

from fractions import Fraction
from math import floor

from sim.stats.intervals import binomial_tail

MOST_REQUESTS = 10**9


def allowed_errors(requests: int, limit: float) -> int:
    """How many errors do not exceed *limit* yet: 1 of 100 at 1 %, 1 of 199, 2 of 200."""
    return floor(requests * _exactly(limit))


def alarm_ratio(requests: int, limit: float, error_ratio: float) -> float:
    """How often a version with *error_ratio* exceeds *limit* among *requests*.

    100 requests and a limit of 1 %: 0.090 at 0.5 %, 0.597 at 2 %.
    """
    return binomial_tail(allowed_errors(requests, limit) + 1, requests, error_ratio)


def requests_needed(limit: float, good: float, bad: float, most_wrong: float) -> int | None:
    """From how many requests on *good* alarms and *bad* is missed less often than *most_wrong*.

    On, for the ratios go up and down as the limit passes whole numbers: of a few more requests a
    single error more may be allowed or not. None if no amount is enough (good < limit < bad must
    hold), or if it is more than a thousand million. 1 %, 0.5 % and 2 % at 5 % take 800; 523 do
    as well, but 524 do not.
    """
    if not good < limit < bad:
        return None
    ends = _Blocks(limit, good, bad, most_wrong)
    if not ends.are_right(ends.last):
        return None
    wrong, right = -1, ends.last
    while right - wrong > 1:  # The first number of allowed errors that is enough, for all n of it.
        middle = (wrong + right) // 2
        if ends.are_right(middle):
            right = middle
        else:
            wrong = middle
    return ends.first_of_the_last_wrong(right)


class _Blocks:
    """Numbers of requests with the same allowed errors: *k* of them from start(k) to end(k).

    Inside a block false alarms become more with each request and misses less.
    """

    def __init__(self, limit: float, good: float, bad: float, most_wrong: float) -> None:
        self._limit = _exactly(limit)
        self._good, self._bad, self._most_wrong = good, bad, most_wrong
        self.last = floor(MOST_REQUESTS * self._limit)

    def start(self, k: int) -> int:
        """The smallest n of which the limit allows *k* errors."""
        return -floor(-k / self._limit)

    def end(self, k: int) -> int:
        """The largest such n."""
        return self.start(k + 1) - 1

    def alarms_rarely(self, k: int, n: int) -> bool:
        return binomial_tail(k + 1, n, self._good) <= self._most_wrong

    def misses_rarely(self, k: int, n: int) -> bool:
        return 1.0 - binomial_tail(k + 1, n, self._bad) <= self._most_wrong

    def are_right(self, k: int) -> bool:
        """Whether all of the block with *k* are."""
        return self.alarms_rarely(k, self.end(k)) and self.misses_rarely(k, self.start(k))

    def first_of_the_last_wrong(self, right: int) -> int:
        """The smallest n from which on all are right, if the blocks from *right* on are."""
        k = right - 1
        if k < 0 or not self.alarms_rarely(k, self.end(k)):
            return self.start(right)
        low, high = (
            self.start(k) - 1,
            self.end(k) + 1,
        )  # Misses alone: too many at low, few at high.
        while high - low > 1:
            middle = (low + high) // 2
            if self.misses_rarely(k, middle):
                high = middle
            else:
                low = middle
        return high


def _exactly(limit: float) -> Fraction:
    """What a person wrote: 0.01 is one hundredth, which no float is."""
    return Fraction(repr(limit))
