"""A user's visit: one request after the other, with time to think in between."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log

# A visit's number has 40 bits, the place of a request within its visit 16; see `place_of`.
VISIT_BITS = 40
MOST_REQUESTS_A_VISIT = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Visits:
    """How long visits are and how they end.

    After each request that was answered well a user goes on with probability 1 - 1 / *requests*,
    so that a visit has *requests* requests on average (geometric), and thinks before the next one
    for *think_seconds* on average (exponential). After one that failed, *leaves* of the users who
    would have gone on do not.
    """

    requests: float
    think_seconds: float
    leaves: float = 0.0

    @property
    def goes_on(self) -> float:
        """The probability that a request which was answered is not the last of its visit."""
        return 1.0 - 1.0 / self.requests

    @property
    def most_are_over_after(self) -> float:
        """The time after its first request at which a visit is over with probability 98 %.

        Requests follow each other as a Poisson process that ends with probability 1 / *requests*
        each time, so what is left of a visit is exponential with mean think x requests; the time
        for answers is not in it.
        """
        if self.requests == 1.0:
            return 0.0
        return float(ceil(-log(0.02) * self.think_seconds * self.requests))


def number_of(visit: int, place: int) -> int:
    """The number of the request that is the *place*-th of *visit*, both from 0."""
    return visit | place << VISIT_BITS


def visit_of(request: int) -> int:
    """The visit to which *request* belongs: the number of its first one."""
    return request & (1 << VISIT_BITS) - 1


def place_of(request: int) -> int:
    """How many requests of its visit came before *request*."""
    return request >> VISIT_BITS
