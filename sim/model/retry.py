"""When a client tries again: on which kinds of failure, and how many retries it may afford.

The conditions are called as Envoy's `retry_on` calls them, as far as they are about what is
simulated; each cause of failure belongs to exactly one.
"""

from __future__ import annotations

from enum import StrEnum

from sim.model.causes import Cause
from sim.model.network import ProxyKind


class RetryOn(StrEnum):
    """A kind of failure, as the one who retries can tell them apart."""

    CONNECT_FAILURE = "connect-failure"  # The connection was refused, or nobody answered.
    RESET = "reset"  # The connection broke before the answer.
    SERVER_ERROR = "5xx"  # A proxy or the application answered so.
    TIMEOUT = "timeout"  # Patience ended.


MOST_HEDGED_ATTEMPTS = 64  # Each may have a hedge, whose number is 64 more.
EVERY_FAILURE = tuple(RetryOn)
_CONNECTING = (Cause.REFUSED_STARTING, Cause.REFUSED_TERMINATING, Cause.NODE_UNREACHABLE)
_BROKEN = (
    *(Cause.GONE_AT_SIGTERM, Cause.CUT_BY_SIGKILL, Cause.CUT_BY_CRASH_OR_OOM),
    *(Cause.IDLE_RESET, Cause.PACKET_LOST),
)
_LATE = (Cause.TIMED_OUT_WAITING, Cause.TIMED_OUT_IN_SERVICE)


def kind_of(cause: Cause, proxy: ProxyKind = ProxyKind.KUBE_PROXY) -> RetryOn:
    """What a failure by *cause* looks like to a client: connection, reset, timeout, or a 5xx.

    A *proxy* that works per request answers for pods that it cannot reach: 502, 503 or 504.
    """
    if cause in _LATE:
        return RetryOn.TIMEOUT
    if proxy is ProxyKind.KUBE_PROXY and cause in _CONNECTING:
        return RetryOn.CONNECT_FAILURE
    if proxy is ProxyKind.KUBE_PROXY and cause in _BROKEN:
        return RetryOn.RESET
    return RetryOn.SERVER_ERROR


def as_clients_see(cause: Cause, gave_up: bool) -> Cause:
    """*cause*, or a plain timeout if the client *gave_up* on a machine that does not answer."""
    if gave_up and cause is Cause.NODE_UNREACHABLE:
        return Cause.TIMED_OUT_IN_SERVICE
    return cause


def most_retries(in_flight: int, budget: float) -> float:
    """How many of *in_flight* attempts may be retries under a *budget* (a share); 3 always may.

    Envoy's retry budget: 20 % of 100 are 20, 20 % of 5 are 3. (`envoyproxy/envoy:api/envoy/config/
    cluster/v3/circuit_breaker.proto`, RetryBudget: budget_percent, min_retry_concurrency 3)
    """
    return max(budget * in_flight, 3.0)
