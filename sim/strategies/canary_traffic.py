"""How requests come to a canary, whether by the number of its pods or by a router."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from sim.cluster import Cluster
from sim.model.sent import Sent
from sim.ports import Process, Wait

CANARY = "canary"
BEYOND = -1  # The number of no step: sizes follow the weight.


class Traffic(Protocol):
    """How requests come to the canary. Both answer False if pods do not come up in time."""

    def shift(self, cluster: Cluster, weight: int, number: int) -> Process[bool]:
        """Give the canary *weight* percent in step *number*, with the pods for it."""
        ...

    def resize(self, cluster: Cluster, weight: int, number: int) -> Process[bool]:
        """Give the canary the pods of step *number*, and no other share than it has."""
        ...

    def match(self, cluster: Cluster, sent: Sequence[Sent]) -> Wait:
        """Send requests that carry any of *sent* to the canary, until everybody has heard."""
        ...

    def withdraw(self, cluster: Cluster) -> Process[bool]:
        """Give stable all requests, and the pods for them."""
        ...

    def clear(self, cluster: Cluster) -> None:
        """Stable has all requests: leave nothing behind."""
        ...


def deadline(cluster: Cluster, aborts: bool = True) -> float:
    """How long pods may take until a step is given up; without end if nothing *aborts* it."""
    found: float = cluster.deployment()["spec"]["progressDeadlineSeconds"]
    return found if aborts else float("inf")
