"""A/B test: two versions side by side for a stated time; the one that users take better stays."""

from __future__ import annotations

from dataclasses import dataclass

from sim.cluster import Cluster
from sim.model.asked_share import MOVING, WEIGHT
from sim.model.canary_replicas import FULL
from sim.model.objects import JsonObject
from sim.model.run import Phase, Setting
from sim.model.verdict import Side as Group
from sim.ports import Process
from sim.routers import Capability, Kind, Router, Sent, Side, demand
from sim.strategies.bound_router import bound_router
from sim.strategies.deployment_settings import ASSUMED, GIVEN, rollout_settings
from sim.strategies.giving_up import give_up, is_given_up
from sim.strategies.strategy import ARGO

B = "b"
HANDBOOK = "handbook (5.2 and 5.3)"


@dataclass(frozen=True, slots=True, kw_only=True)
class ABTest:
    """A second Deployment, and a router that sends to it who belongs to group B.

    By *assign* `user`, requests say so in a *header*, which the client made of a hash of the user,
    or which says something else about him; by `request`, each one is shared out by weight anew.
    """

    router: str = "virtual_service"
    assign: str = "user"
    header: str = "ab-test-group"
    value: str = "B"
    share: float = 0.5
    salt: str = ""
    seconds: float = 300.0
    decide: str = "conversion"
    alpha: float = 0.05
    scale_down_delay_seconds: float = 30.0

    def roll_out(self, cluster: Cluster, template: JsonObject) -> Process[Phase]:
        """Both versions for all the time; then B for everybody if it won, else A."""
        cluster.begin(template)
        if is_given_up(cluster):
            return (yield from self.go_back(cluster))
        if not cluster.noted("winner"):
            if not (yield from self._side_by_side(cluster, template)):
                return (yield from self.go_back(cluster))
            found = cluster.experiment(self.alpha)
            won = found is not None and found.verdict(self.decide).winner is Group.B
            cluster.note("winner", Group.B if won else Group.A)
        if cluster.noted("winner") != Group.B:
            give_up(cluster, analysis="A/B test")
            return (yield from self.go_back(cluster))
        cluster.note(WEIGHT, f"{MOVING}{FULL}")
        router = self._router(cluster)
        router.switch(Side.CANARY)
        yield cluster.sleep_since("switched", router.hearing_seconds)
        cluster.note(WEIGHT, f"{FULL}")
        yield cluster.sleep_since("promoted", self.scale_down_delay_seconds)
        cluster.scale(0)
        return Phase.HEALTHY

    def _side_by_side(self, cluster: Cluster, template: JsonObject) -> Process[bool]:
        """Requests to A alone first, then B's pods, then both groups until the time is up."""
        router = self._router(cluster)
        cluster.create_track(B, template, 0)
        router.prepare()
        yield cluster.sleep_since("narrowed", router.hearing_seconds)
        cluster.scale(cluster.replicas, B)
        deadline = cluster.deployment(B)["spec"]["progressDeadlineSeconds"]
        if not (yield cluster.until_available(cluster.replicas, deadline, B)):
            give_up(cluster, B, cluster.replicas, deadline)
            return False
        if self.assign == "user":
            router.set_match((Sent(kind=Kind.HEADER, name=self.header, value=self.value),))
        else:
            router.set_weight(FULL * self.share)
        yield cluster.sleep_since("assigned", router.hearing_seconds)
        cluster.note(WEIGHT, f"{FULL * self.share:g}")
        yield cluster.sleep_since("began", self.seconds)
        return True

    def _router(self, cluster: Cluster) -> Router:
        found = bound_router(cluster, self.router, B)
        by_user = self.assign == "user"
        demand(found, Capability.MATCH if by_user else Capability.WEIGHT)
        return found

    def go_back(self, cluster: Cluster) -> Process[Phase]:
        """A gets everything, and B goes."""
        give_up(cluster)
        cluster.note(WEIGHT, f"{MOVING}0")
        router = self._router(cluster)
        if cluster.has_track(B):
            cluster.scale(cluster.replicas)
            deadline = cluster.deployment()["spec"]["progressDeadlineSeconds"]
            yield cluster.until_available(cluster.replicas, deadline)
            router.prepare()
            router.switch(Side.STABLE)
            yield cluster.sleep_since("switched-back", router.hearing_seconds)
            cluster.scale(0, B)
            yield cluster.until(lambda: cluster.sizes(B).available == 0, deadline)
            cluster.delete_track(B)
        router.clear()
        return Phase.DEGRADED

    def planned_seconds(self) -> float:
        """The experiment, and how long A stays after it lost."""
        return self.seconds + self.scale_down_delay_seconds

    def settings(self, deployment: JsonObject, written: JsonObject) -> tuple[Setting, ...]:
        """Who is in which group, for how long, and what decides."""
        own = (
            ("router", self.router, GIVEN),
            ("assign", self.assign, HANDBOOK),
            ("header", f"{self.header}: {self.value}", HANDBOOK),
            ("share", f"{self.share:.0%}", HANDBOOK),
            ("salt", self.salt or "-", ASSUMED),
            ("seconds", f"{self.seconds:g}", ASSUMED),
            ("decide", self.decide, ASSUMED),
            ("alpha", f"{self.alpha:g}", "handbook (5.4)"),
            ("scaleDownDelaySeconds", f"{self.scale_down_delay_seconds:g}", ARGO),
        )
        found = tuple(Setting(name=name, value=text, source=by) for name, text, by in own)
        return found + rollout_settings(deployment, written)
