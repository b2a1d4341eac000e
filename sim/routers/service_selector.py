"""Service selector: one patch moves every new connection from one version to the other.

Blue-green as the handbook and Argo Rollouts have it: the Service that users know selects one
side's pods, and a second one, the preview, always selects canary's. Proxies hear of the switch
each in its own time, and connections that are open stay where they are (facts 7.1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.model.canary_replicas import Split
from sim.ports import KubeApi
from sim.routers.router import Capability, Sent, Side, Site, lacking
from sim.routers.services import (
    point,
    pointed,
    put_services_back,
    require_distinct,
    side_service,
)


@dataclass(frozen=True, slots=True)
class ServiceSelector:
    """The selector of one Service; all or nothing."""

    api: KubeApi
    site: Site

    name = "service_selector"
    capabilities = frozenset([Capability.SWITCH])
    # Recommended until every node has heard (argoproj/argo-rollouts docs/features/specification.md,
    # scaleDownDelaySeconds).
    hearing_seconds = 30.0

    @property
    def preview(self) -> str:
        """The Service that always selects canary's pods, for who wants to look at them first."""
        return f"{self.site.service}-preview"

    def prepare(self) -> None:
        """The Service selects stable only, unless it has been switched; the preview exists."""
        require_distinct(self.site)
        if pointed(self.api, self.site) is not Side.CANARY:
            point(self.api, self.site, self.site.stable)
        side_service(self.api, self.site, self.preview, self.site.canary)

    def sizes(self, canary_percent: float, replicas: int) -> Split:
        """Canary has all its pods before anybody is sent there; stable keeps its own."""
        return Split(canary=replicas if canary_percent > 0.0 else 0, stable=replicas)

    def set_weight(self, canary_percent: float) -> None:
        """All or nothing."""
        if canary_percent not in (0.0, 100.0):
            raise lacking(self.name, Capability.WEIGHT)
        self.switch(Side.CANARY if canary_percent else Side.STABLE)

    def set_match(self, sent: Sequence[Sent]) -> None:
        """A Service knows no headers."""
        if sent:
            raise lacking(self.name, Capability.MATCH)

    def set_mirror(self, percent: float) -> None:
        """A Service copies nothing."""
        if percent:
            raise lacking(self.name, Capability.MIRROR)

    def switch(self, side: Side) -> None:
        """One patch of the selector."""
        site = self.site
        point(self.api, site, site.canary if side is Side.CANARY else site.stable)

    def clear(self) -> None:
        """The preview goes, and the Service selects what it did at first."""
        put_services_back(self.api, self.site, self.preview)

    def weight(self) -> float:
        """All or nothing."""
        return 100.0 if self.active() is Side.CANARY else 0.0

    def matched(self) -> tuple[Sent, ...]:
        """Nobody."""
        return ()

    def mirrored(self) -> float:
        """Nothing."""
        return 0.0

    def active(self) -> Side | None:
        """The side that the Service selects."""
        return pointed(self.api, self.site)

    def granularity(self, replicas: int) -> float:
        """All or nothing."""
        return 100.0
