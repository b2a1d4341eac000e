"""A proxy: what it believes about the endpoints, what it has on its way, and whom it picks."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping
from typing import Protocol

from sim.traffic.attempt import Attempt
from sim.traffic.pick import Pick


class Balancer(Protocol):
    """A way to pick an endpoint; every proxy has one of its own, made from the run's seed."""

    def choose(self, endpoints: tuple[int, ...], pick: Pick, in_flight: Mapping[int, int]) -> int:
        """One of *endpoints*, of which there is at least one.

        *in_flight* is what this proxy has sent to each and not heard back from.
        """
        ...


class Proxy:
    """Sends attempts by the last endpoint list that it has heard.

    Lists are taken up when a request looks, which no one can tell from taking them up on time: a
    list for t is seen by requests at t. With *affinity_seconds* a user gets the same pod until it
    has not connected for so long, or the pod has left the list (kube-proxy's ClientIP affinity).
    It picks again up to *avoid* times rather than take a pod that has failed this attempt already.
    """

    def __init__(
        self, balancer: Balancer, *, affinity_seconds: float | None = None, avoid: int = 0
    ) -> None:
        self._balancer = balancer
        self._affinity_seconds = affinity_seconds
        self._avoid = avoid
        self._endpoints: tuple[int, ...] = ()
        self._coming: deque[tuple[float, tuple[int, ...]]] = deque()
        self._remembered: dict[int, tuple[int, float]] = {}  # By user: pod, last connection.
        self._in_flight: defaultdict[int, int] = defaultdict(int)

    def hear(self, endpoints: tuple[int, ...], apply_at: float) -> None:
        """Believe in *endpoints* from *apply_at* on, and in no older list after that."""
        while self._coming and self._coming[-1][0] >= apply_at:
            self._coming.pop()
        self._coming.append((apply_at, endpoints))

    def choose(self, attempt: Attempt, now: float) -> int:
        """The pod to send *attempt* to; -1 if this proxy knows of none."""
        while self._coming and self._coming[0][0] <= now:
            self._endpoints = self._coming.popleft()[1]
        if not self._endpoints:
            return -1
        if self._affinity_seconds is None:
            return self._pick(attempt)
        return self._faithful_pick(attempt, now, self._affinity_seconds)

    def sent(self, pod: int) -> None:
        """A request is on its way to *pod*."""
        self._in_flight[pod] += 1

    def heard_back(self, pod: int) -> None:
        """It has been answered by *pod*, or given up."""
        self._in_flight[pod] -= 1

    def _pick(self, attempt: Attempt) -> int:
        for _ in range(self._avoid + 1):
            pick = Pick(attempt.request.number, attempt.number, attempt.picks)
            attempt.picks += 1
            pod = self._balancer.choose(self._endpoints, pick, self._in_flight)
            if pod not in attempt.tried:
                break
        return pod

    def _faithful_pick(self, attempt: Attempt, now: float, seconds: float) -> int:
        user = attempt.request.user
        pod, last = self._remembered.get(user, (-1, now))
        if now - last > seconds or pod not in self._endpoints:
            pod = self._pick(attempt)
        self._remembered[user] = (pod, now)
        return pod
