"""Canary: a few requests to the new version first, and more of them step by step."""

from __future__ import annotations

from dataclasses import dataclass

from sim.cluster import Cluster
from sim.model.analysis_template import AnalysisTemplate
from sim.model.asked_share import MOVING, WEIGHT
from sim.model.canary_replicas import FULL
from sim.model.canary_steps import Pause, SetWeight, Step, planned_seconds
from sim.model.objects import JsonObject
from sim.model.run import Phase, Setting
from sim.ports import Process
from sim.strategies.canary_by_pods import ByPods
from sim.strategies.canary_by_router import ByRouter
from sim.strategies.canary_settings import moving_settings, steps_settings
from sim.strategies.canary_step import reach, take
from sim.strategies.canary_traffic import CANARY, Traffic
from sim.strategies.giving_up import give_up, is_given_up
from sim.strategies.judged import analysis_settings, beside, proven

PAUSE = Pause(30.0)  # The handbook's 30 minutes (4.5), a minute of which is a second here.
STEPS = (SetWeight(5), PAUSE, SetWeight(20), PAUSE, SetWeight(50), PAUSE)
PATIENCE_SECONDS = 600.0  # Kubernetes' default progress deadline: pods go sooner.


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """A second Deployment behind the same Service, which has all requests after the last step.

    It stays the live one then. Without a *router* its share of the pods is that of the requests, as
    in Argo Rollouts' basic canary; with one the router shares them out. The fields are those of an
    Argo `Rollout`; but late pods end the release unless *progress_deadline_abort* is false, and
    *abort_at_once* gives a small stable all requests back before its pods are there.
    """

    steps: tuple[Step, ...] = STEPS
    router: str | None = None
    dynamic_stable_scale: bool = False
    abort_at_once: bool = False
    scale_down_delay_seconds: float = 30.0
    abort_scale_down_delay_seconds: float = 30.0  # 0: the canary stays.
    progress_deadline_abort: bool = True
    analysis: AnalysisTemplate | None = None

    def roll_out(self, cluster: Cluster, template: JsonObject) -> Process[Phase]:
        """Take the steps that are left, then go to the end."""
        proven = yield from self.try_out(cluster, template)
        if not proven or not (yield from reach(cluster, self._traffic(), FULL)):
            return (yield from self.go_back(cluster))
        if self.router is not None:
            yield cluster.sleep_since("promoted", self._kept_seconds)
            cluster.scale(0)
        return Phase.HEALTHY

    def try_out(self, cluster: Cluster, template: JsonObject) -> Process[bool]:
        """Take the steps, and no more; whether that went well."""
        cluster.begin(template)
        if is_given_up(cluster):
            return False
        cluster.create_track(CANARY, template, 0)
        for number in range(int(cluster.noted("steps-done") or 0), len(self.steps)):
            step = take(cluster, self._traffic(), self.steps, number)
            if not (yield from beside(self.analysis, cluster, number, step)):
                return False
            cluster.note("steps-done", f"{number + 1}")
        return proven(self.analysis, cluster)

    def _traffic(self) -> Traffic:
        if self.router is None:
            return ByPods(progress_deadline_abort=self.progress_deadline_abort)
        return ByRouter(
            router=self.router,
            steps=self.steps,
            dynamic_stable_scale=self.dynamic_stable_scale,
            progress_deadline_abort=self.progress_deadline_abort,
            abort_at_once=self.abort_at_once,
        )

    def go_back(self, cluster: Cluster) -> Process[Phase]:
        """Give stable its requests and pods back, then take the canary away."""
        give_up(cluster)
        cluster.note(WEIGHT, f"{MOVING}0")
        yield from self._traffic().withdraw(cluster)
        if self.router is not None:
            if not (delay := self.abort_scale_down_delay_seconds):
                return Phase.DEGRADED
            yield cluster.sleep_since("withdrawn", delay)
        if cluster.has_track(CANARY):
            cluster.scale(0, CANARY)
            yield cluster.until(lambda: cluster.sizes(CANARY).available == 0, PATIENCE_SECONDS)
            cluster.delete_track(CANARY)
        self._traffic().clear(cluster)
        return Phase.DEGRADED

    def planned_seconds(self) -> float:
        """All pauses, analyses and delays; a pause that somebody must end is not known."""
        return planned_seconds(self.steps) + self._kept_seconds

    @property
    def _kept_seconds(self) -> float:
        """How long stable's pods outlive its last request; a dynamic stable's go with it.

        (argoproj/argo-rollouts rollout/canary.go, scaleDownOldReplicaSetsForCanary)
        """
        whole = self.router is not None and not self.dynamic_stable_scale
        return self.scale_down_delay_seconds if whole else 0.0

    def settings(self, deployment: JsonObject, written: JsonObject) -> tuple[Setting, ...]:
        """The steps, and the bounds within which pods move."""
        steps = steps_settings(self.steps, self.progress_deadline_abort)
        found = (*steps, *analysis_settings(("analysis", self.analysis)))
        delay, dynamic = self._kept_seconds, self.dynamic_stable_scale
        return found + moving_settings(self.router, dynamic, delay, deployment, written)
