"""What a scenario says of strategies: their own settings, under the names they are run by."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from sim.i18n import message
from sim.model.analysis_template import AnalysisTemplate
from sim.model.canary_steps import Pause, SetWeight, Step
from sim.model.network import ProxyKind
from sim.model.unreadable import Unreadable
from sim.scenario.analysis_spec import Analysis, Background, Promotion
from sim.scenario.words import Duration, Strict

# Which proxy reads the objects that a router writes (ports of `sim.routers`).
READER = {
    "ingress_annotations": ProxyKind.INGRESS_NGINX,
    "virtual_service": ProxyKind.ISTIO,
    "http_route": ProxyKind.ISTIO,
}
CanaryRouter: TypeAlias = Literal["ingress_annotations", "virtual_service", "http_route"]
Pods = Annotated[int, Field(strict=True, ge=1, le=100_000)]
Seconds = Annotated[float, Field(ge=0, le=1e7)]  # A number, as in an Argo `Rollout`.
Percent = Annotated[int, Field(strict=True, ge=0, le=100)]


class PauseStep(Strict):
    """How long a canary stays where it is; without it, until somebody says to go on."""

    duration: Duration | None = None


def _or_in_short(schema: dict[str, Any]) -> None:
    """Let an editor accept the short form beside the long one."""
    whole = dict(schema)
    schema.clear()
    schema["anyOf"] = [whole, {"type": "string"}]


class CanaryStep(Strict):
    """One step, in Argo Rollouts' words: exactly one of them.

    Short forms: `20%` for a weight, `30s` for a pause, `pause` for one that somebody ends.
    """

    model_config = ConfigDict(json_schema_extra=_or_in_short)

    set_weight: Percent | None = None
    pause: PauseStep | None = None

    @model_validator(mode="before")
    @classmethod
    def _in_short(cls, data: Any) -> Any:
        if not isinstance(data, str):
            return data
        if data == "pause":
            return {"pause": {}}
        if data.endswith("%") and data[:-1].isdecimal():
            return {"setWeight": int(data[:-1])}
        return {"pause": {"duration": data}}

    @model_validator(mode="after")
    def _one_of_them(self) -> CanaryStep:
        if (self.set_weight is None) == (self.pause is None):
            raise Unreadable(
                message("a step has exactly one of setWeight and pause"),
                message(
                    "for example {example}", example="{setWeight: 20}, {pause: {duration: 30s}}"
                ),
            )
        return self

    def meant(self) -> Step:
        """The step as the strategy takes it."""
        if self.pause is not None:
            return Pause(self.pause.duration)
        assert self.set_weight is not None
        return SetWeight(self.set_weight)


class Steps(Strict):
    """The steps that come before all requests."""

    steps: Annotated[list[CanaryStep], Field(min_length=1, max_length=100)] | None = None
    analysis: Background | None = None


class Canary(Steps):
    """Steps, and who shares requests out: a router, or without one the number of pods."""

    router: CanaryRouter | None = None
    dynamic_stable_scale: bool | None = None
    abort_at_once: bool | None = None
    scale_down_delay_seconds: Seconds | None = None
    abort_scale_down_delay_seconds: Seconds | None = None

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
        return self


class BlueGreen(Strict):
    """An Argo `Rollout`'s fields, by its names."""

    auto_promotion_enabled: bool | None = None
    auto_promotion_seconds: Seconds | None = None
    scale_down_delay_seconds: Seconds | None = None
    abort_scale_down_delay_seconds: Seconds | None = None
    pre_promotion_analysis: Promotion | None = None
    post_promotion_analysis: Promotion | None = None


class RollingUpdate(Strict):
    """A pause in mid-rollout; surge and unavailable are the Deployment's own."""

    pause_at_pods: Pods | None = None
    pause_seconds: Seconds | None = None


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
    canary_then_rolling: Steps | None = None
    maintenance_window: MaintenanceWindow | None = None

    @property
    def ask_metrics(self) -> bool:
        """Whether one of them has an analysis."""
        return any(
            isinstance(to, AnalysisTemplate)
            for fields in self.given().values()
            for to in fields.values()
        )

    def given(self) -> dict[str, dict[str, Any]]:
        """What is written, by the strategies' names in the table and their fields' names."""
        found: dict[str, dict[str, Any]] = {}
        for name in sorted(self.model_fields_set):
            entry = getattr(self, name)
            if entry is not None:
                known = name.title().replace("_", "")
                found[known] = {
                    field: _meant(getattr(entry, field))
                    for field in sorted(entry.model_fields_set)
                    if getattr(entry, field) is not None
                }
        return {name: fields for name, fields in found.items() if fields}


def _meant(value: Any) -> Any:
    if isinstance(value, Analysis):
        return value.meant()
    if isinstance(value, list):
        return tuple(one.meant() if isinstance(one, CanaryStep) else one for one in value)
    return value
