"""Recreate: stop every old pod, wait until the last is gone, then start the new ones."""

from __future__ import annotations

from dataclasses import dataclass

from sim.cluster import Cluster
from sim.model.objects import JsonObject
from sim.model.run import Phase, Setting
from sim.ports import Process
from sim.strategies.deployment_settings import rollout_settings
from sim.strategies.giving_up import revert


@dataclass(frozen=True, slots=True, kw_only=True)
class Recreate:
    """One patch with `strategy.type: Recreate`; the Deployment controller does the rest."""

    def roll_out(self, cluster: Cluster, template: JsonObject) -> Process[Phase]:
        """Release *template* and watch as `kubectl rollout status` would."""
        cluster.release(template, {"type": "Recreate"})
        phase: Phase = yield cluster.until_rolled_out()
        return phase

    def go_back(self, cluster: Cluster) -> Process[Phase]:
        """`kubectl rollout undo`: the same again with the old template."""
        revert(cluster)
        yield cluster.until_rolled_out()
        return Phase.DEGRADED

    def planned_seconds(self) -> float:
        """It waits for nothing but the pods."""
        return 0.0

    def settings(self, deployment: JsonObject, written: JsonObject) -> tuple[Setting, ...]:
        """What it runs with on *deployment*, and which of it the manifest as *written* says."""
        return rollout_settings(deployment, written)
