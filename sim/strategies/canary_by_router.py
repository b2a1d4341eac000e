"""A canary with a router: requests are shared out by weight, whatever the number of pods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.cluster import Cluster
from sim.model.canary_replicas import FULL, share
from sim.model.canary_steps import SetHeaderRoute, SetWeight, Step, canary_size
from sim.model.tracks import STABLE
from sim.ports import Process, Wait
from sim.routers import Capability, Router, Sent, demand
from sim.strategies.bound_router import bound_router
from sim.strategies.canary_traffic import BEYOND, CANARY, deadline
from sim.strategies.giving_up import give_up


@dataclass(frozen=True, slots=True, kw_only=True)
class ByRouter:
    """A router shares requests out: pods first, then the weight, and then pods that are too many.

    Stable keeps all its pods, or with *dynamic_stable_scale* those that its share needs: fewer
    only after requests have moved, more before they come back. (Argo Rollouts docs/features)
    """

    router: str
    steps: tuple[Step, ...]
    dynamic_stable_scale: bool
    progress_deadline_abort: bool = True
    abort_at_once: bool = False

    def shift(self, cluster: Cluster, weight: int, number: int) -> Process[bool]:
        """Let the side that gets more come up, write the weight, and wait until it is heard."""
        router = self._router(cluster)
        router.prepare()
        kept = FULL - weight if self.dynamic_stable_scale else FULL
        stable = share(cluster.replicas, kept)
        canary = canary_size(self.steps, number, weight, cluster.replicas)
        rising = 0 < weight >= round(router.weight())
        gaining, pods = (CANARY, canary) if rising else (STABLE, stable)
        if not (yield from self._come_up(cluster, pods, gaining)):
            return False
        router.set_weight(weight)
        yield cluster.until_heard(router.hearing_seconds)
        if not rising and (weight or number != BEYOND):
            cluster.scale(canary, CANARY)
        elif rising and weight < FULL:
            cluster.scale(stable)
        return True

    def resize(self, cluster: Cluster, weight: int, number: int) -> Process[bool]:
        """Only the canary's pods come or go, and the router gives them what it gave before."""
        self._router(cluster).prepare()
        pods = canary_size(self.steps, number, weight, cluster.replicas)
        return (yield from self._come_up(cluster, pods, CANARY))

    def _come_up(self, cluster: Cluster, pods: int, track: str) -> Process[bool]:
        cluster.scale(pods, track)
        patience = deadline(cluster, self.progress_deadline_abort)
        available: bool = yield cluster.until_available(pods, patience, track)
        if not available:
            give_up(cluster, track, pods, patience)
        return available

    def match(self, cluster: Cluster, sent: Sequence[Sent]) -> Wait:
        """Send whoever carries any of *sent* to the canary; none of them is nobody."""
        router = self._router(cluster)
        router.prepare()
        demand(router, Capability.MATCH)
        router.set_match(sent)
        return cluster.until_heard(router.hearing_seconds)

    def withdraw(self, cluster: Cluster) -> Process[bool]:
        """All requests to stable: at once, or with a dynamic one down the steps that it took.

        With *abort_at_once* a dynamic stable gets them at once too, however few pods it has left.
        Those that a header sent to the canary come first. A stable whose pods do not come up gets
        all requests too, or they would go to a canary that is being taken away.
        """
        router = self._router(cluster)
        router.prepare()
        if any(isinstance(step, SetHeaderRoute) for step in self.steps):
            router.set_match(())
        if self.abort_at_once:
            router.set_weight(0)
        for weight in (*self._taken_below(router.weight()), 0):
            if not (yield from self.shift(cluster, weight, BEYOND)):
                router.set_weight(0)
                cluster.scale(cluster.replicas)
                yield cluster.until_heard(router.hearing_seconds)
                return False
        return True

    def _taken_below(self, weight: float) -> list[int]:
        """The weights on the way down, if stable's pods have to come back for each of them."""
        taken = {step.percent for step in self.steps if isinstance(step, SetWeight)}
        down = sorted((one for one in taken if 0 < one < weight), reverse=True)
        return down if self.dynamic_stable_scale else []

    def clear(self, cluster: Cluster) -> None:
        """The objects are as they were before the release."""
        self._router(cluster).clear()

    def _router(self, cluster: Cluster) -> Router:
        found = bound_router(cluster, self.router, CANARY)
        demand(found, Capability.WEIGHT)
        return found
