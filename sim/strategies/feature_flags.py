"""Feature flags: the new code ships dark in every pod, and a flag turns it on for more and more."""

from __future__ import annotations

from dataclasses import dataclass

from sim.cluster import Cluster
from sim.model.asked_share import MOVING, WEIGHT
from sim.model.canary_replicas import FULL
from sim.model.canary_steps import Pause, SetWeight, Step, shown
from sim.model.feature_flags import Delivery, with_flag
from sim.model.objects import JsonObject
from sim.model.run import Phase, Setting
from sim.ports import Process
from sim.strategies.canary import STEPS
from sim.strategies.deployment_settings import rolling_settings, rollout_settings
from sim.strategies.giving_up import give_up, is_given_up
from sim.strategies.rolling_update import roll_in, rolling_budget

HANDBOOK = "handbook (4.2, 4.5 and 7.3, a second for each of its minutes)"
KUBELET = "Kubernetes default (pkg/kubelet/apis/config/v1beta1/defaults.go, syncFrequency)"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureFlags:
    """A ConfigMap with one flag for the release, which is off until all pods have both code paths.

    Pods hear of a change at most *propagation_seconds* later, where the ConfigMap is mounted as a
    *delivery* `file`: 60 s, half of it as jitter, and a second. In an `environment` only a restart
    tells them, so each change is a rolling update of its own.
    """

    flag: str = "new_checkout_flow"
    config_map: str = "feature-flags"
    delivery: str = "file"
    steps: tuple[Step, ...] = STEPS
    propagation_seconds: float = 91.0

    def roll_out(self, cluster: Cluster, template: JsonObject) -> Process[Phase]:
        """Ship both code paths with the flag off, then turn it on step by step."""
        cluster.begin(self.dark(template))
        if is_given_up(cluster):
            return (yield from self.go_back(cluster))
        if not cluster.noted("shipped"):
            self.turn_off(cluster)
            if not (yield from roll_in(cluster, self.dark(template))):
                return (yield from self.go_back(cluster))
            cluster.note("shipped", "yes")
        if not (yield from self.turn_on(cluster, template)):
            return (yield from self.go_back(cluster))
        return Phase.HEALTHY

    def dark(self, template: JsonObject, state: str = "") -> JsonObject:
        """The release as it is built: both code paths in it, and the flag to choose by."""
        return with_flag(template, self.flag, self.config_map, Delivery(self.delivery), state)

    def turn_off(self, cluster: Cluster) -> None:
        """Nobody takes the new code path, once pods have heard."""
        cluster.set_flag(self.config_map, self.flag, enabled=False, percentage=0)

    def turn_on(self, cluster: Cluster, template: JsonObject) -> Process[bool]:
        """Take the steps that are left, then everybody; False if pods did not restart for one."""
        for number in range(int(cluster.noted("steps-done") or 0), len(self.steps)):
            match self.steps[number]:
                case SetWeight(percent=percent):
                    if not (yield from self._shift(cluster, template, percent)):
                        return False
                case Pause(seconds=None):
                    yield cluster.until_resumed(f"paused-in-{number}")
                case Pause(seconds=seconds):
                    yield cluster.sleep_since(f"paused-in-{number}", seconds or 0.0)
            cluster.note("steps-done", f"{number + 1}")
        return (yield from self._shift(cluster, template, FULL))

    def _shift(self, cluster: Cluster, template: JsonObject, percent: int) -> Process[bool]:
        """Turn the flag on for *percent* of the users, and wait until all pods know that."""
        if cluster.noted(WEIGHT) == f"{percent}":
            return True
        cluster.note(WEIGHT, f"{MOVING}{percent}")
        cluster.set_flag(self.config_map, self.flag, enabled=True, percentage=percent)
        if self.delivery == Delivery.ENVIRONMENT:
            if not (yield from roll_in(cluster, self.dark(template, f"{percent}"))):
                return False
        else:
            yield cluster.sleep_since(f"flag-at-{percent}", self.propagation_seconds)
        cluster.note(WEIGHT, f"{percent}")
        return True

    def go_back(self, cluster: Cluster) -> Process[Phase]:
        """The kill switch: the old code path for all, in the pods that are there.

        Without mounted files only other pods know of it: those of before. They come back too if
        the new ones had not all come up yet.
        """
        give_up(cluster)
        cluster.note(WEIGHT, f"{MOVING}0")
        self.turn_off(cluster)
        if self.delivery == Delivery.ENVIRONMENT or not cluster.noted("shipped"):
            cluster.restore()
            yield cluster.until_rolled_out()
        else:
            yield cluster.sleep_since("killed", self.propagation_seconds)
        return Phase.DEGRADED

    def planned_seconds(self) -> float:
        """The pauses, and the time for pods to hear of each step."""
        steps = [step for step in self.steps if isinstance(step, SetWeight)]
        pauses = sum(step.seconds or 0.0 for step in self.steps if isinstance(step, Pause))
        if self.delivery == Delivery.ENVIRONMENT:
            return pauses
        return pauses + (1 + len(steps)) * self.propagation_seconds

    def settings(self, deployment: JsonObject, written: JsonObject) -> tuple[Setting, ...]:
        """The flag and its steps, and the bounds within which its pods are replaced."""
        budget = rolling_settings(deployment, written, rolling_budget(deployment))
        return self.own_settings() + budget + rollout_settings(deployment, written)

    def own_settings(self) -> tuple[Setting, ...]:
        """The flag and its steps."""
        own = (
            ("flag", self.flag, HANDBOOK),
            ("configMap", self.config_map, HANDBOOK),
            ("delivery", self.delivery, HANDBOOK),
            ("steps", f"{shown(self.steps)}, 100%", HANDBOOK),
            ("propagationSeconds", f"{self.propagation_seconds:g}", KUBELET),
        )
        return tuple(Setting(name=name, value=text, source=by) for name, text, by in own)
