"""Blue-green behind a flag: pods are switched at once, and the new code is turned on in steps."""

from __future__ import annotations

from dataclasses import dataclass

from sim.cluster import Cluster
from sim.model.canary_steps import Step
from sim.model.objects import JsonObject
from sim.model.run import Phase, Setting
from sim.ports import Process
from sim.strategies.blue_green import BlueGreen
from sim.strategies.canary import STEPS
from sim.strategies.feature_flags import FeatureFlags
from sim.strategies.giving_up import is_given_up


@dataclass(frozen=True, slots=True, kw_only=True)
class BlueGreenBehindFlag:
    """Two strategies in a row: what new pods may break is tried out apart from what new code may.

    Green has both code paths and its flag off. Once blue is gone the way back is the kill switch.
    """

    auto_promotion_enabled: bool = True
    auto_promotion_seconds: float = 0.0
    scale_down_delay_seconds: float = 30.0
    abort_scale_down_delay_seconds: float = 30.0
    flag: str = "new_checkout_flow"
    config_map: str = "feature-flags"
    steps: tuple[Step, ...] = STEPS
    propagation_seconds: float = 91.0

    def roll_out(self, cluster: Cluster, template: JsonObject) -> Process[Phase]:
        """Switch to pods with the flag off, then turn it on."""
        dark = self._flags().dark(template)
        cluster.begin(dark)
        if is_given_up(cluster):
            return (yield from self.go_back(cluster))
        if not cluster.noted("shipped"):
            self._flags().turn_off(cluster)
            phase = yield from self._pods().roll_out(cluster, dark)
            if phase is not Phase.HEALTHY:
                return phase
            cluster.note("shipped", "yes")
        yield from self._flags().turn_on(cluster, template)
        return Phase.HEALTHY

    def go_back(self, cluster: Cluster) -> Process[Phase]:
        """The kill switch; before the flag was ever on, the Service's switch to blue."""
        if cluster.noted("shipped"):
            return (yield from self._flags().go_back(cluster))
        self._flags().turn_off(cluster)
        return (yield from self._pods().go_back(cluster))

    def _pods(self) -> BlueGreen:
        return BlueGreen(
            auto_promotion_enabled=self.auto_promotion_enabled,
            auto_promotion_seconds=self.auto_promotion_seconds,
            scale_down_delay_seconds=self.scale_down_delay_seconds,
            abort_scale_down_delay_seconds=self.abort_scale_down_delay_seconds,
        )

    def _flags(self) -> FeatureFlags:
        return FeatureFlags(
            flag=self.flag,
            config_map=self.config_map,
            steps=self.steps,
            propagation_seconds=self.propagation_seconds,
        )

    def planned_seconds(self) -> float:
        """Both, one after the other."""
        return self._pods().planned_seconds() + self._flags().planned_seconds()

    def settings(self, deployment: JsonObject, written: JsonObject) -> tuple[Setting, ...]:
        """The flag's, and blue-green's."""
        return self._flags().own_settings() + self._pods().settings(deployment, written)
