"""The retry budget of one proxy's clients: retries are a bounded share of what is under way."""

from __future__ import annotations

from sim.model.retry import most_retries


class RetryBudget:
    """Counts attempts and retries; a retry counts from its decision to its answer."""

    def __init__(self, share: float) -> None:
        self._share = share
        self._in_flight = 0
        self._retries = 0

    def begin(self) -> None:
        """An attempt starts, a first one or one that has been granted."""
        self._in_flight += 1

    def end(self, is_retry: bool) -> None:
        """An attempt has its answer."""
        self._in_flight -= 1
        self._retries -= is_retry

    def grant(self) -> bool:
        """Whether one more retry may be made; if so it counts from now on."""
        granted = self._retries < most_retries(self._in_flight, self._share)
        self._retries += granted
        return granted
