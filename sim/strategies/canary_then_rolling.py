"""Canary, then rolling: try the new version on a few, then replace the service in batches."""

from __future__ import annotations

from dataclasses import dataclass

from sim.cluster import Cluster
from sim.model.analysis_template import AnalysisTemplate
from sim.model.asked_share import MOVING, WEIGHT
from sim.model.canary_replicas import FULL
from sim.model.canary_steps import Step
from sim.model.objects import JsonObject
from sim.model.run import Phase, Setting
from sim.ports import Process
from sim.strategies.canary import STEPS, Canary
from sim.strategies.canary_traffic import CANARY
from sim.strategies.giving_up import give_up, is_given_up
from sim.strategies.rolling_update import rolling_budget


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryThenRolling:
    """Kubernetes' own pattern: a canary Deployment beside the stable one, for as long as it takes.

    Once it has proven itself the stable Deployment gets the new version, and the canary goes
    (kubernetes.io, "Canary deployments"). So the Deployment that people know stays the live one.
    """

    steps: tuple[Step, ...] = STEPS
    analysis: AnalysisTemplate | None = None

    def roll_out(self, cluster: Cluster, template: JsonObject) -> Process[Phase]:
        """The canary's steps; then a rolling update of stable, at the size that it has by now."""
        cluster.begin(template)
        if is_given_up(cluster):
            return (yield from self.go_back(cluster))
        if not cluster.noted("proven"):
            if not (yield from self._canary().try_out(cluster, template)):
                return (yield from self.go_back(cluster))
            cluster.note("proven", "yes")
        cluster.note(WEIGHT, f"{MOVING}{FULL}")
        budget = rolling_budget(cluster.deployment())
        cluster.release(template, {"type": "RollingUpdate", "rollingUpdate": budget})
        phase: Phase = yield cluster.until_rolled_out()
        if phase is Phase.HEALTHY:
            cluster.scale(cluster.replicas)
            phase = yield cluster.until_rolled_out()
        if phase is Phase.HEALTHY:
            cluster.delete_track(CANARY)  # Only now: until then it carries its share.
        return phase

    def _canary(self) -> Canary:
        return Canary(steps=self.steps, analysis=self.analysis)

    def go_back(self, cluster: Cluster) -> Process[Phase]:
        """The old template for stable, if it has another one; then the canary goes."""
        give_up(cluster)
        cluster.restore()
        yield cluster.until_rolled_out()
        return (yield from self._canary().go_back(cluster))

    def planned_seconds(self) -> float:
        """The canary's pauses."""
        return self._canary().planned_seconds()

    def settings(self, deployment: JsonObject, written: JsonObject) -> tuple[Setting, ...]:
        """The canary's, whose surge and unavailable are the rolling update's too."""
        return self._canary().settings(deployment, written)
