"""The client's side: how long it waits for an answer, and when it tries again."""

from __future__ import annotations

from sim.model.behaviour import Clients
from sim.model.causes import Cause
from sim.model.draws import Purpose, Stream
from sim.traffic.attempt import Attempt, Request

MOST_ATTEMPTS = 256  # A draw tells this many attempts of one request apart.


class Client:
    """Patience and retries, the same for every user.

    Any failure is retried, whatever its cause, while attempts and time are left. Attempt k + 1
    starts back-off x 2**k x (1/2 + u) after the answer to attempt k, with u drawn for (request,
    k); at or after the deadline it does not start at all, and the client gives up at once.
    """

    def __init__(self, clients: Clients, seed: int) -> None:
        if not 1 <= clients.attempts <= MOST_ATTEMPTS:
            raise ValueError(f"attempts must be 1 to {MOST_ATTEMPTS}, not {clients.attempts}")
        self._clients = clients
        self._jitter = Stream(seed, Purpose.BACKOFF)

    def request(self, number: int, user: int, proxy: int, sent: float) -> Request:
        """A new wish of *user*, with its deadline."""
        return Request(number, user, proxy, sent, sent + self._clients.deadline_seconds)

    def attempt(self, request: Request, number: int, now: float) -> Attempt:
        """The try at *request* that starts *now*."""
        patience = now + self._clients.attempt_timeout_seconds
        return Attempt(request, number, now, min(patience, request.deadline))

    def next_try(self, attempt: Attempt, cause: Cause, now: float) -> float | None:
        """When to try again after *attempt* ended with *cause*; None if that answer is final."""
        if cause == Cause.NONE or attempt.number + 1 >= self._clients.attempts:
            return None
        jitter = 0.5 + self._jitter.uniform(attempt.request.number, attempt.number)
        when = now + self._clients.backoff_seconds * 2.0**attempt.number * jitter
        return when if when < attempt.request.deadline else None
