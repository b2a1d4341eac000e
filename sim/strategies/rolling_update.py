"""Rolling update: replace pods in batches, within what may be surplus and what may be missing."""

from __future__ import annotations

from dataclasses import dataclass

from sim.cluster import Cluster
from sim.model.objects import JsonObject
from sim.model.run import Phase, Setting
from sim.model.tracks import STABLE
from sim.ports import Process
from sim.strategies.deployment_settings import GIVEN, rolling_settings, rollout_settings
from sim.strategies.giving_up import give_up, revert

# kubernetes/kubernetes pkg/apis/apps/v1/defaults.go, SetDefaults_Deployment
DEFAULT_BUDGET = {"maxSurge": "25%", "maxUnavailable": "25%"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RollingUpdate:
    """One patch; surge and unavailable are the manifest's, else Kubernetes' defaults.

    With *pause_at_pods* the rollout is frozen when so many new pods are available, and goes on
    after *pause_seconds*: the poor man's canary.
    """

    pause_at_pods: int | None = None
    pause_seconds: float = 30.0

    def roll_out(self, cluster: Cluster, template: JsonObject) -> Process[Phase]:
        """Release *template* and watch as `kubectl rollout status` would."""
        budget = rolling_budget(cluster.deployment())
        if self.pause_at_pods is not None:
            cluster.begin(template)
        cluster.release(template, {"type": "RollingUpdate", "rollingUpdate": budget})
        if self.pause_at_pods is not None:
            yield from self._look(cluster, self.pause_at_pods)
        phase: Phase = yield cluster.until_rolled_out()
        return phase

    def _look(self, cluster: Cluster, pods: int) -> Process[None]:
        """Freeze the rollout for a while when *pods* new pods are available."""
        if not cluster.noted("went-on"):
            deadline = cluster.deployment()["spec"]["progressDeadlineSeconds"]
            if not (yield cluster.until_available(pods, deadline)):
                return
            if not cluster.is_paused:
                cluster.pause()
            yield cluster.sleep_since("paused", self.pause_seconds)
            cluster.note("went-on", "yes")
        if cluster.is_paused:
            cluster.resume()

    def go_back(self, cluster: Cluster) -> Process[Phase]:
        """`kubectl rollout undo`, which a frozen rollout would refuse: the same way back."""
        if cluster.is_paused:
            cluster.resume()
        revert(cluster)
        yield cluster.until_rolled_out()
        return Phase.DEGRADED

    def planned_seconds(self) -> float:
        """The pause, if there is one."""
        return 0.0 if self.pause_at_pods is None else self.pause_seconds

    def settings(self, deployment: JsonObject, written: JsonObject) -> tuple[Setting, ...]:
        """What it runs with on *deployment*, and which of it the manifest as *written* says."""
        budget = rolling_budget(deployment)
        found = rolling_settings(deployment, written, budget)
        if self.pause_at_pods is not None:
            pods = Setting(name="pauseAtPods", value=f"{self.pause_at_pods}", source=GIVEN)
            length = Setting(name="pauseSeconds", value=f"{self.pause_seconds:g}", source=GIVEN)
            found += (pods, length)
        return found + rollout_settings(deployment, written)


def rolling_budget(deployment: JsonObject) -> JsonObject:
    """The Deployment's own surge and unavailable, completed by Kubernetes' defaults."""
    strategy = deployment["spec"].get("strategy") or {}
    return DEFAULT_BUDGET | (strategy.get("rollingUpdate") or {})


def roll_in(cluster: Cluster, template: JsonObject) -> Process[bool]:
    """A rolling update that is given up when the next pod takes longer than the deadline."""
    budget = rolling_budget(cluster.deployment())
    cluster.release(template, {"type": "RollingUpdate", "rollingUpdate": budget})
    deadline = cluster.deployment()["spec"]["progressDeadlineSeconds"]
    for pods in range(1, cluster.replicas + 1):
        if not (yield cluster.until_available(pods, deadline)):
            give_up(cluster, STABLE, pods, deadline)
            return False
    phase: Phase = yield cluster.until_rolled_out()
    if phase is not Phase.HEALTHY:
        give_up(cluster, STABLE, cluster.replicas, deadline)
    return phase is Phase.HEALTHY
