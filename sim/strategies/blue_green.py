"""Blue-green: a whole second set of pods, tried out first; then all requests go there at once."""

from __future__ import annotations

from dataclasses import dataclass

from sim.cluster import Cluster
from sim.model.analysis_template import AnalysisTemplate
from sim.model.objects import JsonObject
from sim.model.run import Phase, Setting
from sim.ports import Process
from sim.strategies.canary_settings import deadline_setting
from sim.strategies.canary_traffic import deadline
from sim.strategies.deployment_settings import GIVEN, rollout_settings
from sim.strategies.giving_up import give_up, is_given_up
from sim.strategies.green import BLUE, GREEN, comes_up, passes
from sim.strategies.judged import analysis_settings
from sim.strategies.strategy import ARGO


@dataclass(frozen=True, slots=True, kw_only=True)
class BlueGreen:
    """Two Deployments and a Service whose selector says which of them is live.

    Blue is the Deployment that was there, green a second one that stays live afterwards. The
    fields are those of an Argo `Rollout`, with its defaults (docs/features/bluegreen.md); but pods
    that do not come up end the release unless *progress_deadline_abort* is false.
    """

    auto_promotion_enabled: bool = True
    auto_promotion_seconds: float = 0.0
    preview_replica_count: int | None = None  # Green's size until it is promoted; None: all.
    scale_down_delay_seconds: float = 30.0
    abort_scale_down_delay_seconds: float = 30.0  # 0: green stays.
    progress_deadline_abort: bool = True
    pre_promotion_analysis: AnalysisTemplate | None = None
    post_promotion_analysis: AnalysisTemplate | None = None

    def roll_out(self, cluster: Cluster, template: JsonObject) -> Process[Phase]:
        """Bring green up unseen, switch, and keep blue until nobody can need it any more."""
        cluster.begin(template)
        if is_given_up(cluster):
            return (yield from self.go_back(cluster))
        if not cluster.noted("promoted"):
            cluster.switch(BLUE)  # Blue has all requests already; now green's pods get none.
            if not (yield from self._prepare(cluster, template)):
                return (yield from self.go_back(cluster))
            cluster.note("promoted", "yes")
        cluster.switch(GREEN)
        yield cluster.sleep_since("switched", 0.0)
        if not (yield from passes(cluster, "post", self.post_promotion_analysis)):
            return (yield from self.go_back(cluster))
        yield cluster.sleep_since("switched", self.scale_down_delay_seconds)
        cluster.note("blue-gone", "yes")
        cluster.scale(0, BLUE)
        return Phase.HEALTHY

    def _prepare(self, cluster: Cluster, template: JsonObject) -> Process[bool]:
        """Green comes up as far as it is to be seen, is looked at, and then comes up as a whole."""
        count = self.preview_replica_count
        if count is not None and not cluster.noted("looked-at"):
            cluster.create_track(GREEN, template, count)
            if not (yield from self._is_seen(cluster, count)):
                return False
            cluster.note("looked-at", "yes")
        whole = cluster.whole(GREEN)
        cluster.create_track(GREEN, template, whole)
        cluster.scale(whole, GREEN)
        if count is None:
            return (yield from self._is_seen(cluster, whole))
        return (yield from comes_up(cluster, whole, self.progress_deadline_abort))

    def _is_seen(self, cluster: Cluster, pods: int) -> Process[bool]:
        """Whether so many pods of green come up, and pass; then it is looked at."""
        if not (yield from comes_up(cluster, pods, self.progress_deadline_abort)):
            return False
        if not (yield from passes(cluster, "pre", self.pre_promotion_analysis)):
            return False
        if self.auto_promotion_enabled:
            yield cluster.sleep_since("previewed", self.auto_promotion_seconds)
        else:
            yield cluster.until_resumed("previewed")
        return True

    def go_back(self, cluster: Cluster) -> Process[Phase]:
        """Switch to blue: a flip while it has its pods, else when they have come up again."""
        give_up(cluster)
        patience = deadline(cluster)
        if cluster.noted("blue-gone"):
            cluster.scale(cluster.replicas, BLUE)
            yield cluster.until_available(cluster.replicas, patience, BLUE)
        cluster.switch(BLUE)
        if not self.abort_scale_down_delay_seconds:
            return Phase.DEGRADED
        yield cluster.sleep_since("switched-back", self.abort_scale_down_delay_seconds)
        if cluster.has_track(GREEN):
            cluster.scale(0, GREEN)
            yield cluster.until(lambda: cluster.sizes(GREEN).available == 0, patience)
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
        found = [Setting(name=name, value=value, source=ARGO) for name, value in own]
        if (count := self.preview_replica_count) is not None:
            found.append(Setting(name="previewReplicaCount", value=f"{count}", source=GIVEN))
        found += deadline_setting(self.progress_deadline_abort)
        found += analysis_settings(
            ("prePromotionAnalysis", self.pre_promotion_analysis),
            ("postPromotionAnalysis", self.post_promotion_analysis),
        )
        return (*found, *rollout_settings(deployment, written))
