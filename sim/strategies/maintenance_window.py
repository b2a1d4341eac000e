"""Maintenance window: close the service, replace everything, look at it, and open again."""

from __future__ import annotations

from dataclasses import dataclass

from sim.cluster import Cluster
from sim.model.objects import JsonObject
from sim.model.run import Phase, Setting
from sim.model.tracks import CLOSED, STABLE
from sim.ports import Process
from sim.strategies.deployment_settings import rollout_settings
from sim.strategies.giving_up import give_up, is_given_up

HANDBOOK = "handbook (1.2, a second for each of its minutes)"


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceWindow:
    """The classic window: users are kept out from the stop to the restore, whatever happens.

    Times count from the stop. By default they are the handbook's, its minutes as seconds.
    """

    update_seconds: float = 60.0
    verify_seconds: float = 180.0
    restore_seconds: float = 240.0

    def roll_out(self, cluster: Cluster, template: JsonObject) -> Process[Phase]:
        """Stop, update, verify and restore, each at its time; restore the old if it is no good."""
        cluster.begin(template)
        if is_given_up(cluster):
            return (yield from self.go_back(cluster))
        if not cluster.noted("restored"):
            cluster.switch(CLOSED)
            if not cluster.noted("updated"):
                yield cluster.sleep_since("stopped", cluster.hearing_seconds)
                cluster.scale(0)
                yield cluster.sleep_since("stopped", self.update_seconds)
                cluster.release(template)
                cluster.note("updated", "yes")
            cluster.scale(cluster.replicas)
            yield cluster.sleep_since("stopped", self.verify_seconds)
            patience = self.restore_seconds - self.verify_seconds
            if not (yield cluster.until_available(cluster.replicas, patience)):
                give_up(cluster, STABLE, cluster.replicas, patience)
                return (yield from self.go_back(cluster))
            yield cluster.sleep_since("stopped", self.restore_seconds)
            cluster.note("restored", "yes")
        cluster.open()
        return Phase.HEALTHY

    def go_back(self, cluster: Cluster) -> Process[Phase]:
        """Put the old version back, and open when it is up."""
        give_up(cluster)
        cluster.restore()
        cluster.scale(cluster.replicas)
        yield cluster.until_rolled_out()
        cluster.open()
        return Phase.DEGRADED

    def planned_seconds(self) -> float:
        """From the stop to the restore."""
        return self.restore_seconds

    def settings(self, deployment: JsonObject, written: JsonObject) -> tuple[Setting, ...]:
        """The times, and the Deployment's own."""
        own = (
            ("updateSeconds", self.update_seconds),
            ("verifySeconds", self.verify_seconds),
            ("restoreSeconds", self.restore_seconds),
        )
        found = tuple(Setting(name=n, value=f"{t:g}", source=HANDBOOK) for n, t in own)
        return found + rollout_settings(deployment, written)
