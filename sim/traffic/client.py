"""The client's side: how long it waits for an answer, and when it tries again."""

from __future__ import annotations

from sim.model.behaviour import Clients
from sim.model.causes import Cause
from sim.model.draws import Purpose, Stream
from sim.model.network import ProxyKind
from sim.model.retry import as_clients_see, kind_of
from sim.traffic.attempt import FIRST_HEDGE, Attempt, Request
from sim.traffic.retry_budget import RetryBudget

MOST_ATTEMPTS = 256  # A draw tells this many attempts of one request apart.


class Client:
    """Patience and retries, the same for every user.

    A failure of a kind that is retried is tried again while attempts, time and budget are left.
    Attempt k + 1 starts back-off x 2**k x (1/2 + u) after the answer to attempt k, with u drawn for
    (request, k); at or after the deadline it does not start at all, and the client gives up at
    once. Clients of one of the *proxies* share its retry budget.
    """

    def __init__(
        self, clients: Clients, proxies: int, seed: int, proxy: ProxyKind = ProxyKind.KUBE_PROXY
    ) -> None:
        most = MOST_ATTEMPTS if clients.hedge_after_seconds is None else FIRST_HEDGE
        if not 1 <= clients.attempts <= most:
            raise ValueError(f"attempts must be 1 to {most}, not {clients.attempts}")
        self._clients = clients
        self._proxy = proxy
        self._jitter = Stream(seed, Purpose.BACKOFF)
        share = clients.retry_budget
        self._budgets = () if share is None else tuple(RetryBudget(share) for _ in range(proxies))

    def request(self, number: int, user: int, proxy: int, sent: float) -> Request:
        """A new wish of *user*, with its deadline."""
        return Request(number, user, proxy, sent, sent + self._clients.deadline_seconds)

    def attempt(self, request: Request, number: int, now: float) -> Attempt:
        """The try at *request* that starts *now*."""
        if self._budgets:
            self._budgets[request.proxy].begin()
        patience = now + self._clients.attempt_timeout_seconds
        return Attempt(request, number, now, min(patience, request.deadline))

    def hedge(self, first: Attempt, now: float) -> Attempt | None:
        """Another try beside *first* that starts *now*; None if the budget allows none."""
        budget = self._budgets[first.request.proxy] if self._budgets else None
        if budget is not None:
            if not budget.grant():
                return None
            budget.begin()
        hedge = Attempt(first.request, FIRST_HEDGE + first.number, now, first.gives_up)
        hedge.turn = first.turn
        return hedge

    def end(self, attempt: Attempt) -> None:
        """*attempt* is over, with or without being the answer."""
        if self._budgets:
            self._budgets[attempt.request.proxy].end(attempt.number > 0)

    def next_try(self, attempt: Attempt, cause: Cause, now: float) -> float | None:
        """When to try again after *attempt* ended with *cause*; None if that answer is final."""
        self.end(attempt)
        when = self._planned(attempt, cause, now)
        if when is not None and self._budgets and not self._budgets[attempt.request.proxy].grant():
            return None
        return when

    def _planned(self, attempt: Attempt, cause: Cause, now: float) -> float | None:
        """When it would be tried again, whatever the budget."""
        if cause == Cause.NONE or attempt.turn + 1 >= self._clients.attempts:
            return None
        seen = as_clients_see(cause, now >= attempt.gives_up)
        if kind_of(seen, self._proxy) not in self._clients.retry_on:
            return None
        jitter = 0.5 + self._jitter.uniform(attempt.request.number, attempt.turn)
        when = now + self._clients.backoff_seconds * 2.0**attempt.turn * jitter
        return when if when < attempt.request.deadline else None
