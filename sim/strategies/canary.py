"""Canary: a few requests to the new version first, and more of them step by step."""

from __future__ import annotations

from dataclasses import dataclass

from sim.cluster import Cluster
from sim.model.asked_share import MOVING, WEIGHT
from sim.model.canary_replicas import FULL, Split, by_ratio, next_split
from sim.model.canary_steps import Pause, SetWeight, Step, shown
from sim.model.objects import JsonObject
from sim.model.rollout import Sizes, fenceposts
from sim.model.run import Phase, Setting
from sim.model.tracks import STABLE
from sim.ports import Process
from sim.strategies.deployment_settings import rolling_settings, rollout_settings
from sim.strategies.rolling_update import rolling_budget

CANARY = "canary"
PAUSE = Pause(30.0)  # The handbook's 30 minutes (4.5), a minute of which is a second here.
STEPS = (SetWeight(5), PAUSE, SetWeight(20), PAUSE, SetWeight(50), PAUSE)
HANDBOOK = "handbook (4.2 and 4.5, a second for each of its minutes)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """A second Deployment behind the same Service: its share of the pods is its share of requests.

    After the last step it has all of them, and stays the live one. Sizes follow Argo Rollouts'
    basic canary, within the Deployment's own surge and unavailable.
    """

    steps: tuple[Step, ...] = STEPS

    def roll_out(self, cluster: Cluster, template: JsonObject) -> Process[Phase]:
        """Take the steps that are left, then go to the end."""
        proven = yield from self.try_out(cluster, template)
        if not proven or not (yield from self._shift(cluster, FULL)):
            return (yield from self.go_back(cluster))
        return Phase.HEALTHY

    def try_out(self, cluster: Cluster, template: JsonObject) -> Process[bool]:
        """Take the steps, and no more; whether that went well."""
        cluster.begin(template)
        if cluster.noted("given-up"):
            return False
        cluster.create_track(CANARY, template, 0)
        for number in range(int(cluster.noted("steps-done") or 0), len(self.steps)):
            if not (yield from self._take(cluster, number)):
                return False
            cluster.note("steps-done", f"{number + 1}")
        return True

    def _take(self, cluster: Cluster, number: int) -> Process[bool]:
        step = self.steps[number]
        if isinstance(step, SetWeight):
            return (yield from self._shift(cluster, step.percent))
        if step.seconds is not None:
            yield cluster.sleep_since(f"paused-in-{number}", step.seconds)
            return True
        yield cluster.until_resumed(f"paused-in-{number}")
        return True

    def _shift(self, cluster: Cluster, weight: int) -> Process[bool]:
        """Move pods from one side to the other until *weight* is reached; False if they stay out.

        They do when nothing has changed for as long as the progress deadline allows.
        """
        cluster.note(WEIGHT, f"{MOVING}{weight}")
        deadline = cluster.deployment()["spec"]["progressDeadlineSeconds"]
        budget = rolling_budget(cluster.deployment())
        bounds = fenceposts(cluster.replicas, budget["maxSurge"], budget["maxUnavailable"])
        wanted = by_ratio(cluster.replicas, weight, surge=bounds.surge > 0)
        while True:
            canary, stable = cluster.sizes(CANARY), cluster.sizes()
            now = Split(canary=canary.size, stable=stable.size)
            following = next_split(bounds, wanted, canary, stable)
            if following != now:
                cluster.scale(following.stable)
                cluster.scale(following.canary, CANARY)
            elif now == wanted and not _missing(canary) and not _missing(stable):
                cluster.note(WEIGHT, f"{weight}")
                return True
            elif not (yield cluster.until_resized((CANARY, STABLE), deadline)):
                return False

    def go_back(self, cluster: Cluster) -> Process[Phase]:
        """Give stable its pods back, then take the canary away."""
        cluster.note("given-up", "yes")
        yield from self._shift(cluster, 0)
        cluster.delete_track(CANARY)
        return Phase.DEGRADED

    def planned_seconds(self) -> float:
        """All pauses; one that somebody must end is not known."""
        return sum(step.seconds or 0.0 for step in self.steps if isinstance(step, Pause))

    def settings(self, deployment: JsonObject, written: JsonObject) -> tuple[Setting, ...]:
        """The steps, and the bounds within which pods move."""
        steps = Setting(name="steps", value=f"{shown(self.steps)}, 100%", source=HANDBOOK)
        budget = rolling_settings(deployment, written, rolling_budget(deployment))
        return (steps, *budget, *rollout_settings(deployment, written))


def _missing(side: Sizes) -> int:
    return max(0, side.size - side.available)
