"""What a canary runs with, for the table under its result."""

from __future__ import annotations

from collections.abc import Sequence

from sim.model.canary_steps import Step, shown
from sim.model.objects import JsonObject
from sim.model.run import Setting
from sim.strategies.deployment_settings import GIVEN, rolling_settings, rollout_settings
from sim.strategies.rolling_update import rolling_budget
from sim.strategies.strategy import ARGO

HANDBOOK = "handbook (4.2 and 4.5, a second for each of its minutes)"


def steps_settings(
    steps: Sequence[Step], aborts: bool = True, headers: Sequence[tuple[str, str]] = ()
) -> tuple[Setting, ...]:
    """All steps on one line with the end that every canary has, and what ends one early."""
    line = ", ".join([*filter(None, [shown(steps)]), "100%"])
    found = [Setting(name="steps", value=line, source=HANDBOOK)]
    if headers:
        pairs = ", ".join(f"{name}={value}" for name, value in headers)
        found.append(Setting(name="headers", value=pairs, source=GIVEN))
    return (*found, *deadline_setting(aborts))


def deadline_setting(aborts: bool) -> tuple[Setting, ...]:
    """That a release whose pods do not come up is not given up, where it is not."""
    return () if aborts else (Setting(name="progressDeadlineAbort", value="false", source=ARGO),)


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
    return (*_router_settings(router, dynamic_stable_scale, scale_down_delay_seconds), *rollout)


def _router_settings(router: str, dynamic: bool, delay_seconds: float) -> tuple[Setting, ...]:
    """Who shares requests out, and what becomes of pods that are left without any."""
    return (
        Setting(name="router", value=router, source=GIVEN),
        Setting(name="dynamicStableScale", value="true" if dynamic else "false", source=ARGO),
        Setting(name="scaleDownDelaySeconds", value=f"{delay_seconds:g}", source=ARGO),
    )
