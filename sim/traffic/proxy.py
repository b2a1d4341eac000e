"""A proxy: what it believes about the endpoints, and how it picks one."""

from __future__ import annotations

from collections import deque
from typing import Protocol


class Balancer(Protocol):
    """A way to pick an endpoint; every proxy has one of its own, made from the run's seed."""

    def choose(self, endpoints: tuple[int, ...], request: int, attempt: int) -> int:
        """One of *endpoints*, of which there is at least one."""
        ...


class Proxy:
    """Sends attempts by the last endpoint list that it has heard.

    Lists are taken up when a request looks, which no one can tell from taking them up on time: a
    list for t is seen by requests at t.
    """

    def __init__(self, balancer: Balancer) -> None:
        self._balancer = balancer
        self._endpoints: tuple[int, ...] = ()
        self._coming: deque[tuple[float, tuple[int, ...]]] = deque()

    def hear(self, endpoints: tuple[int, ...], apply_at: float) -> None:
        """Believe in *endpoints* from *apply_at* on, and in no older list after that."""
        while self._coming and self._coming[-1][0] >= apply_at:
            self._coming.pop()
        self._coming.append((apply_at, endpoints))

    def choose(self, request: int, attempt: int, now: float) -> int:
        """The pod to send to; -1 if this proxy knows of none."""
        while self._coming and self._coming[0][0] <= now:
            self._endpoints = self._coming.popleft()[1]
        if not self._endpoints:
            return -1
        return self._balancer.choose(self._endpoints, request, attempt)
