"""The gate of a proxy: a rate that it keeps to, and a number of requests that it has under way."""

from __future__ import annotations

from sim.model.causes import Cause
from sim.model.protection import Protection


class Gate:
    """Lets requests in as *protection* allows, from the moment *now* on.

    A bucket of `burst` tokens, full at first, fills at the allowed rate; a request takes a token or
    is rate-limited. Requests in flight are counted from the gate to the client's answer.
    """

    def __init__(self, protection: Protection, now: float) -> None:
        self._rules = protection
        self._tokens = float(protection.burst)
        self._filled = now
        self._in_flight = 0

    def enter(self, now: float) -> Cause:
        """Let a request in (`NONE`), or say why not."""
        rules = self._rules
        if 0 < rules.most_in_flight <= self._in_flight:
            return Cause.POOL_OVERFLOW
        if rules.per_second > 0.0:
            filled = self._tokens + rules.per_second * (now - self._filled)
            self._tokens = min(filled, float(rules.burst))
            self._filled = now
            if self._tokens < 1.0:
                return Cause.RATE_LIMITED
            self._tokens -= 1.0
        self._in_flight += 1
        return Cause.NONE

    def leave(self) -> None:
        """The client has its answer, or has given up."""
        self._in_flight -= 1
