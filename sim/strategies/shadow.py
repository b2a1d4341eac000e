"""Shadow: the new version answers copies of the requests, and nobody hears what it says."""

from __future__ import annotations

from dataclasses import dataclass

from sim.cluster import Cluster
from sim.model.objects import JsonObject
from sim.model.run import Phase, Setting
from sim.ports import Process
from sim.routers import Capability, Router, demand
from sim.strategies.bound_router import bound_router
from sim.strategies.deployment_settings import (
    ASSUMED,
    GIVEN,
    rolling_settings,
    rollout_settings,
)
from sim.strategies.giving_up import end_as_planned, give_up, is_given_up
from sim.strategies.rolling_update import roll_in, rolling_budget

SHADOW = "shadow"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shadow:
    """A second Deployment that a router mirrors requests to; then stable is rolled, or it goes.

    Its answers hurt nobody, but it computes, and it calls whatever the version calls: what both
    share has to carry the copies too. *shadow_replicas* without a number is stable's size.
    """

    router: str = "virtual_service"
    mirror_percent: float = 100.0
    mirror_seconds: float = 60.0
    shadow_replicas: int | None = None
    promote: bool = True

    def roll_out(self, cluster: Cluster, template: JsonObject) -> Process[Phase]:
        """Mirror for a while, take the shadow away, and replace stable's pods."""
        cluster.begin(template)
        if is_given_up(cluster):
            return (yield from self.go_back(cluster))
        if not cluster.noted("watched"):
            if not (yield from self._mirror(cluster, template)):
                return (yield from self.go_back(cluster))
            cluster.note("watched", "yes")
        if not self.promote:
            end_as_planned(cluster)
            return (yield from self.go_back(cluster))
        yield from self._withdraw(cluster)
        if not (yield from roll_in(cluster, template)):
            return (yield from self.go_back(cluster))
        return Phase.HEALTHY

    def _mirror(self, cluster: Cluster, template: JsonObject) -> Process[bool]:
        """Requests to stable alone first, then the shadow's pods, and then the copies."""
        router = self._router(cluster)
        cluster.create_track(SHADOW, template, 0)
        router.prepare()
        yield cluster.sleep_since("narrowed", router.hearing_seconds)
        pods = cluster.replicas if self.shadow_replicas is None else self.shadow_replicas
        cluster.scale(pods, SHADOW)
        deadline = cluster.deployment(SHADOW)["spec"]["progressDeadlineSeconds"]
        if not (yield cluster.until_available(pods, deadline, SHADOW)):
            give_up(cluster, SHADOW, pods, deadline)
            return False
        router.set_mirror(self.mirror_percent)
        yield cluster.sleep_since("mirrored", router.hearing_seconds + self.mirror_seconds)
        return True

    def _withdraw(self, cluster: Cluster) -> Process[None]:
        """No more copies; then the shadow's pods go, and only then does the Service reach all."""
        router = self._router(cluster)
        if router.mirrored():
            router.set_mirror(0.0)
        if cluster.has_track(SHADOW):
            yield cluster.sleep_since("unmirrored", router.hearing_seconds)
            deadline = cluster.deployment(SHADOW)["spec"]["progressDeadlineSeconds"]
            cluster.scale(0, SHADOW)
            yield cluster.until(lambda: cluster.sizes(SHADOW).available == 0, deadline)
            cluster.delete_track(SHADOW)
        router.clear()
        yield cluster.sleep_since("widened", router.hearing_seconds)

    def _router(self, cluster: Cluster) -> Router:
        found = bound_router(cluster, self.router, SHADOW)
        demand(found, Capability.MIRROR)
        return found

    def go_back(self, cluster: Cluster) -> Process[Phase]:
        """The shadow goes, and the old template comes back where it is there no more."""
        give_up(cluster)
        yield from self._withdraw(cluster)
        cluster.restore()
        yield cluster.until_rolled_out()
        return Phase.DEGRADED

    def planned_seconds(self) -> float:
        """How long requests are mirrored."""
        return self.mirror_seconds

    def settings(self, deployment: JsonObject, written: JsonObject) -> tuple[Setting, ...]:
        """The router and how much is mirrored, and the bounds within which stable is rolled."""
        pods = "replicas" if self.shadow_replicas is None else f"{self.shadow_replicas}"
        own = (
            ("router", self.router, GIVEN),
            ("mirrorPercent", f"{self.mirror_percent:g}", "Istio default (mirrorPercentage)"),
            ("mirrorSeconds", f"{self.mirror_seconds:g}", ASSUMED),
            ("shadowReplicas", pods, ASSUMED),
            ("promote", f"{self.promote}".lower(), ASSUMED),
        )
        found = tuple(Setting(name=name, value=text, source=by) for name, text, by in own)
        budget = rolling_settings(deployment, written, rolling_budget(deployment))
        return found + budget + rollout_settings(deployment, written)
