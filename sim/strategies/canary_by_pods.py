"""A canary without a router: both versions behind one Service, and pods are the shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.cluster import Cluster
from sim.errors import RolloutError
from sim.i18n import message
from sim.model.canary_replicas import Split, by_ratio, next_split
from sim.model.rollout import Sizes, fenceposts
from sim.model.sent import Sent
from sim.model.tracks import STABLE
from sim.ports import Process, Wait
from sim.strategies.canary_traffic import BEYOND, CANARY, deadline
from sim.strategies.giving_up import give_up
from sim.strategies.rolling_update import rolling_budget


@dataclass(frozen=True, slots=True, kw_only=True)
class ByPods:
    """Pods are the shares: they move one by one, within the Deployment's surge and unavailable."""

    progress_deadline_abort: bool = True

    def shift(self, cluster: Cluster, weight: int, number: int) -> Process[bool]:
        """Move pods until the nearest split is there and all of it available."""
        budget = rolling_budget(cluster.deployment())
        bounds = fenceposts(cluster.replicas, budget["maxSurge"], budget["maxUnavailable"])
        wanted = by_ratio(cluster.replicas, weight, surge=bounds.surge > 0)
        while True:
            canary, stable = cluster.sizes(CANARY), cluster.sizes()
            now = Split(canary=canary.size, stable=stable.size)
            following = next_split(bounds, wanted, canary, stable)
            if following != now:
                cluster.scale(following.stable)
                cluster.scale(following.canary, CANARY)
            elif now == wanted and _complete(canary) and _complete(stable):
                return True
            else:
                seen = {CANARY: canary, STABLE: stable}
                patience = deadline(cluster, self.progress_deadline_abort)
                if not (yield cluster.until_resized(seen, patience)):
                    late, size = (STABLE, stable) if _complete(canary) else (CANARY, canary)
                    give_up(cluster, late, size.size, patience)
                    return False

    def resize(self, cluster: Cluster, weight: int, number: int) -> Process[bool]:
        """The pods are the share: there is no other number of them for it."""
        raise RolloutError(message("a canary by pods has the pods of its share: name a router"))

    def match(self, cluster: Cluster, sent: Sequence[Sent]) -> Wait:
        """A Service does not look into requests."""
        raise RolloutError(message("a canary by pods cannot tell requests apart: name a router"))

    def withdraw(self, cluster: Cluster) -> Process[bool]:
        """Move all pods back."""
        return (yield from self.shift(cluster, 0, BEYOND))

    def clear(self, cluster: Cluster) -> None:
        """There is nothing but pods."""


def _complete(side: Sizes) -> bool:
    return side.available >= side.size
