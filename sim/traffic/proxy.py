"""A proxy: what it believes about the endpoints, what it has on its way, and whom it picks."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping
from typing import Protocol

from sim.traffic.attempt import Attempt
from sim.traffic.gate import Gate
from sim.traffic.outliers import Outliers
from sim.traffic.pick import Pick

NOBODY = -1  # No endpoint is known.
ALL_OUT = -2  # All that are known are ejected.


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
    What its *outliers* have ejected gets nothing.
    """

    def __init__(
        self,
        balancer: Balancer,
        gate: Gate,
        *,
        affinity_seconds: float | None = None,
        avoid: int = 0,
        outliers: Outliers | None = None,
    ) -> None:
        self.gate = gate
        self._balancer = balancer
        self._affinity_seconds = affinity_seconds
        self._avoid = avoid
        self._outliers = outliers
        self._endpoints: tuple[int, ...] = ()
        self._heard = float("-inf")  # When it took that list up.
        self._coming: deque[tuple[float, tuple[int, ...]]] = deque()
        self._remembered: dict[int, tuple[int, float]] = {}  # By user: pod, last connection.
        self._in_flight: defaultdict[int, int] = defaultdict(int)

    def hear(self, endpoints: tuple[int, ...], apply_at: float) -> None:
        """Believe in *endpoints* from *apply_at* on, and in no older list after that."""
        while self._coming and self._coming[-1][0] >= apply_at:
            self._coming.pop()
        self._coming.append((apply_at, endpoints))

    def choose(self, attempt: Attempt, now: float) -> int:
        """The pod to send *attempt* to; `NOBODY`, or `ALL_OUT` if all are ejected."""
        listed = self._listed(now)
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
        attempt.listed = len(self._listed(now))
        attempt.heard = self._heard

    def sent(self, pod: int) -> None:
        """A request is on its way to *pod*."""
        self._in_flight[pod] += 1

    def heard_back(self, pod: int) -> None:
        """It has been answered by *pod*, or given up."""
        self._in_flight[pod] -= 1

    def judge(self, pod: int, failed: bool, now: float) -> None:
        """*pod* has served it well, or *failed* it."""
        if self._outliers is not None:
            self._outliers.note(pod, failed, self._listed(now), now)

    def _listed(self, now: float) -> tuple[int, ...]:
        """The last list that it has heard of."""
        while self._coming and self._coming[0][0] <= now:
            self._heard, self._endpoints = self._coming.popleft()
        return self._endpoints

    def _pick(self, attempt: Attempt, endpoints: tuple[int, ...]) -> int:
        for _ in range(self._avoid + 1):
            request = attempt.request
            pick = Pick(request.number, attempt.number, attempt.picks, request.user)
            attempt.picks += 1
            pod = self._balancer.choose(endpoints, pick, self._in_flight)
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
