"""Replica ratio: both versions behind one Service, and pods are the shares.

What Kubernetes can do without an ingress or a mesh. A share is as fine as the number of pods is
large, and exact only in the long run: kube-proxy picks a pod for each connection at random.
(Argo Rollouts docs/features/canary/index.md, "basic canary")
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.model.canary_replicas import Split, by_ratio
from sim.model.objects import JsonObject, annotations_of
from sim.ports import KubeApi
from sim.routers.objects import annotate
from sim.routers.router import Capability, Sent, Side, Site, lacking
from sim.routers.services import require_shared, service_of

# How many pods both sides have together, on stable's Deployment.
WHOLE = "seatrial/replicas"


@dataclass(frozen=True, slots=True)
class ReplicaRatio:
    """Sizes of two Deployments; the whole is what stable had when it was prepared."""

    api: KubeApi
    site: Site

    name = "replica_ratio"
    capabilities = frozenset([Capability.WEIGHT])
    # Recommended until every node has heard (argoproj/argo-rollouts docs/features/specification.md,
    # scaleDownDelaySeconds).
    hearing_seconds = 30.0

    def prepare(self) -> None:
        """Note the whole. The Service must select both sides' pods."""
        require_shared(self.api, self.site)
        stable = self._stable()
        if WHOLE not in annotations_of(stable):
            annotate(self.api, stable, {WHOLE: str(stable["spec"]["replicas"])})

    def sizes(self, canary_percent: float, replicas: int) -> Split:
        """The split nearest to that share of *replicas* pods; neither is empty in between."""
        return by_ratio(replicas, _whole_percent(canary_percent), surge=False)

    def set_weight(self, canary_percent: float) -> None:
        """Give both Deployments the sizes of that share; 10 pods at 25 % are 3 and 7."""
        whole = int(annotations_of(self._stable()).get(WHOLE, self._stable()["spec"]["replicas"]))
        split = self.sizes(canary_percent, whole)
        # What grows goes first, so that nobody is missed meanwhile.
        sides = [(self.site.canary, split.canary), (self.site.stable, split.stable)]
        now = self._size(self.site.canary.deployment)
        for track, size in sides if split.canary >= now else reversed(sides):
            if self._size(track.deployment) != size:
                patch = {"spec": {"replicas": size}}
                self.api.patch("Deployment", track.deployment, patch, self.site.namespace)

    def set_match(self, sent: Sequence[Sent]) -> None:
        """Nobody can be told apart here."""
        if sent:
            raise lacking(self.name, Capability.MATCH)

    def set_mirror(self, percent: float) -> None:
        """A Service copies nothing."""
        if percent:
            raise lacking(self.name, Capability.MIRROR)

    def switch(self, side: Side) -> None:
        """Pods come and go one by one: nothing is switched."""
        raise lacking(self.name, Capability.SWITCH)

    def clear(self) -> None:
        """Forget the whole; the sizes stay, for they are pods in use."""
        annotate(self.api, self._stable(), {WHOLE: None})

    def weight(self) -> float:
        """Canary's part of all pods that are asked for."""
        canary = self._size(self.site.canary.deployment)
        whole = canary + self._size(self.site.stable.deployment)
        return 100.0 * canary / whole if whole else 0.0

    def matched(self) -> tuple[Sent, ...]:
        """Nobody."""
        return ()

    def mirrored(self) -> float:
        """Nothing."""
        return 0.0

    def active(self) -> Side | None:
        """The side that has all the pods."""
        service_of(self.api, self.site)
        canary = self._size(self.site.canary.deployment)
        stable = self._size(self.site.stable.deployment)
        if canary and stable:
            return None
        return Side.CANARY if canary else Side.STABLE

    def granularity(self, replicas: int) -> float:
        """One pod of all: 5 % needs 20 pods."""
        return 100.0 / max(replicas, 1)

    def _stable(self) -> JsonObject:
        return self.api.get("Deployment", self.site.stable.deployment, self.site.namespace)

    def _size(self, deployment: str) -> int:
        found = self.api.list("Deployment", self.site.namespace)
        for one in found:
            if one["metadata"]["name"] == deployment:
                return int(one["spec"].get("replicas", 1))
        return 0


def _whole_percent(percent: float) -> int:
    """Whole percents, and at least one where any is asked for."""
    if 0.0 < percent < 1.0:
        return 1
    if 99.0 < percent < 100.0:
        return 99
    return round(percent)
