"""When a client tries again: on which kinds of failure, and how many retries it may afford.

The conditions are called as Envoy's `retry_on` calls them, as far as they are about what is
simulated; each cause of failure belongs to exactly one.
"""

from __future__ import annotations

from enum import StrEnum

from sim.model.causes import Cause


class RetryOn(StrEnum):
    """A kind of failure, as the one who retries can tell them apart."""

    CONNECT_FAILURE = "connect-failure"  # The connection was refused, or nobody answered.
    RESET = "reset"  # The connection broke before the answer.
    SERVER_ERROR = "5xx"  # A proxy or the application answered so.
    TIMEOUT = "timeout"  # Patience ended.


EVERY_FAILURE = tuple(RetryOn)
_CONNECTING = (Cause.REFUSED_STARTING, Cause.REFUSED_TERMINATING, Cause.NODE_UNREACHABLE)
_BROKEN = (
    *(Cause.GONE_AT_SIGTERM, Cause.CUT_BY_SIGKILL, Cause.CUT_BY_CRASH_OR_OOM),
    *(Cause.IDLE_RESET, Cause.PACKET_LOST),
)
_LATE = (Cause.TIMED_OUT_WAITING, Cause.TIMED_OUT_IN_SERVICE)


def kind_of(cause: Cause) -> RetryOn:
    """What a failure by *cause* looks like from outside: connection, reset, timeout, or a 5xx."""
    if cause in _CONNECTING:
        return RetryOn.CONNECT_FAILURE
    if cause in _BROKEN:
        return RetryOn.RESET
    return RetryOn.TIMEOUT if cause in _LATE else RetryOn.SERVER_ERROR


def most_retries(in_flight: int, budget: float) -> float:
    """How many of *in_flight* attempts may be retries under a *budget* (a share); 3 always may.

    Envoy's retry budget: 20 % of 100 are 20, 20 % of 5 are 3. (`envoyproxy/envoy:api/envoy/config/
    cluster/v3/circuit_breaker.proto`, RetryBudget: budget_percent, min_retry_concurrency 3)
    """
    return max(budget * in_flight, 3.0)
