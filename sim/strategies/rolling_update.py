"""Rolling update: replace pods in batches, within what may be surplus and what may be missing."""

from __future__ import annotations

from dataclasses import dataclass

from sim.cluster import Cluster
from sim.model.objects import JsonObject
from sim.model.run import Phase, Setting
from sim.ports import Process
from sim.strategies.deployment_settings import rolling_settings, rollout_settings

# kubernetes/kubernetes pkg/apis/apps/v1/defaults.go, SetDefaults_Deployment
DEFAULT_BUDGET = {"maxSurge": "25%", "maxUnavailable": "25%"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RollingUpdate:
    """One patch; surge and unavailable are the manifest's, else Kubernetes' defaults."""

    def roll_out(self, cluster: Cluster, template: JsonObject) -> Process[Phase]:
        """Release *template* and watch as `kubectl rollout status` would."""
        budget = rolling_budget(cluster.deployment())
        cluster.release(template, {"type": "RollingUpdate", "rollingUpdate": budget})
        phase: Phase = yield cluster.until_rolled_out()
        return phase

    def settings(self, deployment: JsonObject, written: JsonObject) -> tuple[Setting, ...]:
        """What it runs with on *deployment*, and which of it the manifest as *written* says."""
        budget = rolling_budget(deployment)
        return rolling_settings(deployment, written, budget) + rollout_settings(deployment, written)


def rolling_budget(deployment: JsonObject) -> JsonObject:
    """The Deployment's own surge and unavailable, completed by Kubernetes' defaults."""
    strategy = deployment["spec"].get("strategy") or {}
    return DEFAULT_BUDGET | (strategy.get("rollingUpdate") or {})
