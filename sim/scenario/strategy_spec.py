"""What a scenario says of strategies: their own settings, under the names they are run by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field, model_validator
from pydantic.alias_generators import to_camel

from sim.i18n import message
from sim.model.analysis_template import AnalysisTemplate
from sim.model.canary_steps import (
    Analyse,
)
from sim.model.unreadable import Unreadable
from sim.scenario.analysis_spec import Analysis, Background, Promotion
from sim.scenario.step_spec import CanaryStep
from sim.scenario.words import Share, Strict

CanaryRouter: TypeAlias = Literal["ingress_annotations", "virtual_service", "http_route"]
Pods = Annotated[int, Field(strict=True, ge=1, le=100_000)]
Seconds = Annotated[float, Field(ge=0, le=1e7)]  # A number, as in an Argo `Rollout`.


class Steps(Strict):
    """The steps that come before all requests."""

    steps: Annotated[list[CanaryStep], Field(min_length=1, max_length=100)] | None = None

    @model_validator(mode="after")
    def _that_pods_can_take(self) -> Steps:
        needing = (step.needs_a_router for step in self.steps or ())
        field = next((found for found in needing if found is not None), None)
        if field is not None and getattr(self, "router", None) is None:
            raise Unreadable(
                message("{field} needs a router: without one pods are the shares", field=field),
                message("for example {example}", example="router: virtual_service"),
            )
        return self


class JudgedSteps(Steps):
    """Steps, and metrics that are watched beside them."""

    analysis: Background | None = None


class Canary(JudgedSteps):
    """Steps, and who shares requests out: a router, or without one the number of pods."""

    router: CanaryRouter | None = None
    dynamic_stable_scale: bool | None = None
    abort_at_once: bool | None = None
    scale_down_delay_seconds: Seconds | None = None
    abort_scale_down_delay_seconds: Seconds | None = None
    progress_deadline_abort: bool | None = None

    @model_validator(mode="after")
    def _by_a_router(self) -> Canary:
        asked = self.model_fields_set & {
            *("dynamic_stable_scale", "abort_at_once", "scale_down_delay_seconds"),
            "abort_scale_down_delay_seconds",
        }
        if asked and self.router is None:
            raise Unreadable(
                message(
                    "{field} needs a router: without one pods are the shares",
                    field=to_camel(min(asked)),
                ),
                message("for example {example}", example="router: virtual_service"),
            )
        if self.dynamic_stable_scale and self.scale_down_delay_seconds is not None:
            raise Unreadable(
                message("dynamicStableScale cannot be used with scaleDownDelaySeconds"),
                message("keep one of the two"),
            )
        return self


class Switch(Strict):
    """When all requests go to other pods, and how long those of before are kept."""

    auto_promotion_enabled: bool | None = None
    auto_promotion_seconds: Seconds | None = None
    scale_down_delay_seconds: Seconds | None = None
    abort_scale_down_delay_seconds: Seconds | None = None


class BlueGreen(Switch):
    """An Argo `Rollout`'s fields, by its names."""

    preview_replica_count: Pods | None = None
    progress_deadline_abort: bool | None = None
    pre_promotion_analysis: Promotion | None = None
    post_promotion_analysis: Promotion | None = None


class RollingUpdate(Strict):
    """A pause in mid-rollout; surge and unavailable are the Deployment's own."""

    pause_at_pods: Pods | None = None
    pause_seconds: Seconds | None = None


class Flag(Steps):
    """Which flag of which ConfigMap, and whom it is turned on for, in steps."""

    flag: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,253}$")] | None = None
    config_map: Annotated[str, Field(pattern=r"^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$")] | None = (
        None
    )
    propagation_seconds: Seconds | None = None

    @model_validator(mode="after")
    def _nobody_judges(self) -> Flag:
        if any(step.analysis is not None for step in self.steps or ()):
            raise Unreadable(
                message("a flag is turned on without an analysis"),
                message("setWeight and pause are its steps"),
            )
        return self


class FeatureFlags(Flag):
    """The flag, and how pods read it."""

    delivery: Literal["file", "environment"] | None = None


class BlueGreenBehindFlag(Switch, Flag):
    """Blue-green's switch and the flag's; the ConfigMap is a mounted file."""


class AbTest(Strict):
    """Who is in group B, how long both versions stand side by side, and what decides."""

    router: CanaryRouter | None = None
    assign: Literal["user", "request"] | None = None
    header: Annotated[str, Field(pattern=r"^[-A-Za-z0-9_]{1,100}$")] | None = None
    value: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    share: Annotated[Share, Field(gt=0, lt=1)] | None = None
    salt: Annotated[str, Field(max_length=100)] | None = None
    seconds: Seconds | None = None
    decide: Literal["conversion", "revenue"] | None = None
    alpha: Annotated[float, Field(gt=0, lt=1)] | None = None
    scale_down_delay_seconds: Seconds | None = None


class Shadow(Strict):
    """Who mirrors, how much, how long, to how many pods, and whether the release follows."""

    router: Literal["virtual_service", "http_route"] | None = None
    mirror_percent: Annotated[float, Field(gt=0, le=100)] | None = None
    mirror_seconds: Seconds | None = None
    shadow_replicas: Pods | None = None
    promote: bool | None = None


class MaintenanceWindow(Strict):
    """When things happen, from the stop on."""

    update_seconds: Seconds | None = None
    verify_seconds: Seconds | None = None
    restore_seconds: Seconds | None = None

    @model_validator(mode="after")
    def _in_order(self) -> MaintenanceWindow:
        given = [self.update_seconds, self.verify_seconds, self.restore_seconds]
        times = [time for time in given if time is not None]
        if times != sorted(times):
            raise Unreadable(
                message("the times of a maintenance window must not go back"),
                message(
                    "updateSeconds, verifySeconds, restoreSeconds, each at least the one before"
                ),
            )
        return self


class Strategies(Strict):
    """One entry for each strategy that has settings."""

    rolling_update: RollingUpdate | None = None
    blue_green: BlueGreen | None = None
    canary: Canary | None = None
    canary_then_rolling: JudgedSteps | None = None
    feature_flags: FeatureFlags | None = None
    blue_green_behind_flag: BlueGreenBehindFlag | None = None
    shadow: Shadow | None = None
    ab_test: AbTest | None = None
    maintenance_window: MaintenanceWindow | None = None

    def given(self) -> dict[str, dict[str, Any]]:
        """What is written, by the strategies' names in the table and their fields' names."""
        found: dict[str, dict[str, Any]] = {}
        for name in sorted(self.model_fields_set):
            entry = getattr(self, name)
            if entry is not None:
                known = "ABTest" if name == "ab_test" else name.title().replace("_", "")
                found[known] = {
                    field: _meant(getattr(entry, field))
                    for field in sorted(entry.model_fields_set)
                    if getattr(entry, field) is not None
                }
        return {name: fields for name, fields in found.items() if fields}


def ask_metrics(given: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether one of the strategies' settings is an analysis, or a step that waits for one."""
    values = (value for fields in given.values() for value in fields.values())
    parts = (part for one in values for part in (one if isinstance(one, tuple) else (one,)))
    return any(isinstance(part, AnalysisTemplate | Analyse) for part in parts)


def _meant(value: Any) -> Any:
    if isinstance(value, Analysis):
        return value.meant()
    if isinstance(value, list):
        return tuple(one.meant() if isinstance(one, CanaryStep) else one for one in value)
    return value
