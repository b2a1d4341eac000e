"""A proxy: what it believes about the endpoints, what it has on its way, and whom it picks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Protocol

from sim.traffic.attempt import Attempt
from sim.traffic.belief import Belief
from sim.traffic.gate import Gate
from sim.traffic.outliers import Outliers
from sim.traffic.pick import Pick
from sim.traffic.routing import Table

NOBODY = -1  # No endpoint is known.
ALL_OUT = -2  # All that are known are ejected.


class Balancer(Protocol):
    """A way to pick an endpoint; every proxy has one of its own, made from the run's seed."""

    def choose(self, endpoints: tuple[int, ...], pick: Pick, in_flight: Mapping[int, int]) -> int:
        """One of *endpoints*, of which there is at least one.

        *in_flight* is what this proxy has sent to each and not heard back from.
        """
        ...


class Backend:
    """What one proxy believes about a backend's endpoints, and how it picks one of them."""

    def __init__(self, balancer: Balancer) -> None:
        self.balancer = balancer
        self.endpoints: Belief[tuple[int, ...]] = Belief(())


class Proxy:
    """Sends attempts by the last routes and endpoint lists that it has heard of.

    Each backend has a balancer of its own; what is on its way to a pod counts for all of them.
    With *affinity_seconds* a user gets the same pod until it has not connected for so long, or the
    pod has left the list (kube-proxy's ClientIP affinity). It picks again up to *avoid* times
    rather than take a pod that has failed this attempt already. What its *outliers* have ejected
    gets nothing. *weight_of* is what each pod gets beside the others, if its balancer asks.
    """

    def __init__(
        self,
        new_balancer: Callable[[], Balancer],
        gate: Gate,
        *,
        affinity_seconds: float | None = None,
        avoid: int = 0,
        outliers: Outliers | None = None,
        weight_of: Callable[[int], int],
    ) -> None:
        self.gate = gate
        self._new_balancer = new_balancer
        self._affinity_seconds = affinity_seconds
        self._avoid = avoid
        self._outliers = outliers
        self._weight_of = weight_of
        self._backends: dict[int, Backend] = {}
        self._table: Belief[Table | None] = Belief(None)
        self._remembered: dict[int, tuple[int, float]] = {}  # By user: pod, last connection.
        self._in_flight: defaultdict[int, int] = defaultdict(int)

    def hear(self, endpoints: tuple[int, ...], apply_at: float, backend: int = 0) -> None:
        """Believe in *endpoints* from *apply_at* on, and in no older list after that."""
        self._backend(backend).endpoints.hear(endpoints, apply_at)

    def hear_routes(self, table: Table, apply_at: float) -> None:
        """Route by *table* from *apply_at* on, and by no older one after that."""
        self._table.hear(table, apply_at)

    def table(self, now: float) -> Table | None:
        """The routes that it knows; None if it has not heard of any."""
        return self._table.at(now)

    def is_empty(self, backend: int, now: float) -> bool:
        """Whether it knows of no endpoint of *backend*."""
        return not self._backend(backend).endpoints.at(now)

    def choose(self, attempt: Attempt, now: float) -> int:
        """The pod to send *attempt* to; `NOBODY`, or `ALL_OUT` if all are ejected."""
        listed = self._backend(attempt.backend).endpoints.at(now)
        if not listed:
            return NOBODY
        healthy = listed if self._outliers is None else self._outliers.healthy(listed, now)
        if not healthy:
            return ALL_OUT
        if self._affinity_seconds is None:
            return self._pick(attempt, healthy)
        return self._faithful_pick(attempt, healthy, now, self._affinity_seconds)

    def note_belief(self, attempt: Attempt, now: float) -> None:
        """Write down what this proxy believes as it sends *attempt*."""
        attempt.tried_at = now
        believed = self._backend(attempt.backend).endpoints
        attempt.listed = len(believed.at(now))
        attempt.heard = believed.heard

    def sent(self, pod: int) -> None:
        """A request is on its way to *pod*."""
        self._in_flight[pod] += 1

    def heard_back(self, pod: int) -> None:
        """It has been answered by *pod*, or given up."""
        self._in_flight[pod] -= 1

    def judge(self, attempt: Attempt, failed: bool, now: float) -> None:
        """Its pod has served *attempt* well, or *failed* it."""
        if self._outliers is not None:
            listed = self._backend(attempt.backend).endpoints.at(now)
            self._outliers.note(attempt.pod, failed, listed, now)

    def _backend(self, number: int) -> Backend:
        if number not in self._backends:
            self._backends[number] = Backend(self._new_balancer())
        return self._backends[number]

    def _pick(self, attempt: Attempt, endpoints: tuple[int, ...]) -> int:
        balancer = self._backend(attempt.backend).balancer
        for _ in range(self._avoid + 1):
            request = attempt.request
            name = (request.number, attempt.number, attempt.picks)
            pick = Pick(*name, request.user, self._weight_of)
            attempt.picks += 1
            pod = balancer.choose(endpoints, pick, self._in_flight)
            if pod not in attempt.tried:
                break
        return pod

    def _faithful_pick(
        self, attempt: Attempt, endpoints: tuple[int, ...], now: float, seconds: float
    ) -> int:
        user = attempt.request.user
        pod, last = self._remembered.get(user, (-1, now))
        if now - last > seconds or pod not in endpoints:
            pod = self._pick(attempt, endpoints)
        self._remembered[user] = (pod, now)
        return pod
