"""What a canary runs with, for the table under its result."""

from __future__ import annotations

from collections.abc import Sequence

from sim.model.canary_steps import Step, shown
from sim.model.objects import JsonObject
from sim.model.run import Setting
from sim.strategies.canary_by_router import router_settings
from sim.strategies.deployment_settings import rolling_settings, rollout_settings
from sim.strategies.rolling_update import rolling_budget

HANDBOOK = "handbook (4.2 and 4.5, a second for each of its minutes)"


def steps_setting(steps: Sequence[Step]) -> Setting:
    """The steps on one line, and all requests after them."""
    return Setting(name="steps", value=f"{shown(steps)}, 100%", source=HANDBOOK)


def moving_settings(
    router: str | None,
    dynamic_stable_scale: bool,
    scale_down_delay_seconds: float,
    deployment: JsonObject,
    written: JsonObject,
) -> tuple[Setting, ...]:
    """The bounds within which pods move, or the router that needs none."""
    rollout = rollout_settings(deployment, written)
    if router is None:
        return (*rolling_settings(deployment, written, rolling_budget(deployment)), *rollout)
    return (*router_settings(router, dynamic_stable_scale, scale_down_delay_seconds), *rollout)
