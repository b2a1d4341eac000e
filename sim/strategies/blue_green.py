"""Blue-green: a whole second set of pods, tried out first; then all requests go there at once."""

from __future__ import annotations

from dataclasses import dataclass

from sim.cluster import Cluster
from sim.model.analysis_template import AnalysisTemplate
from sim.model.objects import JsonObject
from sim.model.run import Phase, Setting
from sim.model.tracks import STABLE
from sim.ports import Process
from sim.strategies.analysis import AnalysisRun
from sim.strategies.deployment_settings import rollout_settings
from sim.strategies.judged import analysis_settings, passed
from sim.strategies.strategy import ARGO

BLUE, GREEN = STABLE, "green"


@dataclass(frozen=True, slots=True, kw_only=True)
class BlueGreen:
    """Two Deployments and a Service whose selector says which of them is live.

    Blue is the Deployment that was there, green a second one that stays live afterwards. The
    fields are those of an Argo `Rollout`, with its defaults (docs/features/bluegreen.md).
    """

    auto_promotion_enabled: bool = True
    auto_promotion_seconds: float = 0.0
    scale_down_delay_seconds: float = 30.0
    abort_scale_down_delay_seconds: float = 30.0
    pre_promotion_analysis: AnalysisTemplate | None = None
    post_promotion_analysis: AnalysisTemplate | None = None

    def roll_out(self, cluster: Cluster, template: JsonObject) -> Process[Phase]:
        """Bring green up unseen, switch, and keep blue until nobody can need it any more."""
        cluster.begin(template)
        if cluster.noted("given-up"):
            return (yield from self.go_back(cluster))
        if not cluster.noted("promoted"):
            cluster.switch(BLUE)  # Blue has all requests already; now green's pods get none.
            cluster.create_track(GREEN, template, cluster.replicas)
            deadline = cluster.deployment(GREEN)["spec"]["progressDeadlineSeconds"]
            if not (yield cluster.until_available(cluster.replicas, deadline, GREEN)):
                return (yield from self.go_back(cluster))
            if not (yield from self._passes(cluster, "pre", self.pre_promotion_analysis)):
                return (yield from self.go_back(cluster))
            yield from self._preview(cluster)
            cluster.note("promoted", "yes")
        cluster.switch(GREEN)
        yield cluster.sleep_since("switched", 0.0)
        if not (yield from self._passes(cluster, "post", self.post_promotion_analysis)):
            return (yield from self.go_back(cluster))
        yield cluster.sleep_since("switched", self.scale_down_delay_seconds)
        cluster.scale(0, BLUE)
        return Phase.HEALTHY

    def _passes(
        self, cluster: Cluster, when: str, template: AnalysisTemplate | None
    ) -> Process[bool]:
        """Judge green before its promotion or after it; blue stays as long as that takes."""
        if template is None:
            return True
        run = AnalysisRun(cluster, f"{when}-promotion", template, baseline=BLUE, canary=GREEN)
        return (yield from passed(run, cluster))

    def _preview(self, cluster: Cluster) -> Process[None]:
        """The time for a look at green, on its own and without users."""
        if self.auto_promotion_enabled:
            yield cluster.sleep_since("previewed", self.auto_promotion_seconds)
            return
        yield cluster.until_resumed("previewed")

    def go_back(self, cluster: Cluster) -> Process[Phase]:
        """Switch to blue: a flip while its pods are there, else when they have come up again."""
        cluster.note("given-up", "yes")
        cluster.scale(cluster.replicas, BLUE)
        deadline = cluster.deployment(BLUE)["spec"]["progressDeadlineSeconds"]
        yield cluster.until_available(cluster.replicas, deadline, BLUE)
        cluster.switch(BLUE)
        yield cluster.sleep_since("switched-back", self.abort_scale_down_delay_seconds)
        if cluster.has_track(GREEN):
            cluster.scale(0, GREEN)
            yield cluster.until(lambda: cluster.sizes(GREEN).available == 0, deadline)
            cluster.delete_track(GREEN)
        cluster.open()
        return Phase.DEGRADED

    def planned_seconds(self) -> float:
        """Analyses, preview and scale-down delay; what somebody must end is not known."""
        pre, post = (
            0.0 if template is None else template.planned_seconds
            for template in (self.pre_promotion_analysis, self.post_promotion_analysis)
        )
        # Blue's delay runs from the switch on, beside the analysis.
        return pre + self.auto_promotion_seconds + max(post, self.scale_down_delay_seconds)

    def settings(self, deployment: JsonObject, written: JsonObject) -> tuple[Setting, ...]:
        """Argo's fields, and the Deployment's own."""
        own = (
            ("autoPromotionEnabled", f"{self.auto_promotion_enabled}".lower()),
            ("autoPromotionSeconds", f"{self.auto_promotion_seconds:g}"),
            ("scaleDownDelaySeconds", f"{self.scale_down_delay_seconds:g}"),
            ("abortScaleDownDelaySeconds", f"{self.abort_scale_down_delay_seconds:g}"),
        )
        found = tuple(Setting(name=name, value=value, source=ARGO) for name, value in own)
        asked = analysis_settings(
            ("prePromotionAnalysis", self.pre_promotion_analysis),
            ("postPromotionAnalysis", self.post_promotion_analysis),
        )
        return found + asked + rollout_settings(deployment, written)
