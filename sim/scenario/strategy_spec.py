"""What a scenario says of strategies: their own settings, under the names they are run by."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from sim.i18n import message
from sim.model.analysis_template import AnalysisTemplate
from sim.model.canary_steps import Pause, SetCanaryScale, SetHeaderRoute, SetWeight, Step
from sim.model.unreadable import Unreadable
from sim.scenario.analysis_spec import Analysis, Background, Promotion
from sim.scenario.words import Duration, Share, Strict

CanaryRouter: TypeAlias = Literal["ingress_annotations", "virtual_service", "http_route"]
Pods = Annotated[int, Field(strict=True, ge=1, le=100_000)]
Seconds = Annotated[float, Field(ge=0, le=1e7)]  # A number, as in an Argo `Rollout`.
Percent = Annotated[int, Field(strict=True, ge=0, le=100)]


class PauseStep(Strict):
    """How long a canary stays where it is; without it, until somebody says to go on."""

    duration: Duration | None = None


class CanaryScale(Strict):
    """How many pods a canary has, whatever its weight: exactly one of the three."""

    replicas: Annotated[int, Field(strict=True, ge=0, le=100_000)] | None = None
    weight: Percent | None = None
    match_traffic_weight: Literal[True] | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> CanaryScale:
        if sum(getattr(self, name) is not None for name in type(self).model_fields) != 1:
            raise Unreadable(
                message("setCanaryScale has exactly one size"),
                message("known: {known}", known="replicas, weight, matchTrafficWeight: true"),
            )
        return self


class HeaderRoute(Strict):
    """Whose requests go to the canary whatever its weight; without a header, nobody's."""

    header: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    value: Annotated[str, Field(min_length=1, max_length=200)] | None = None

    @model_validator(mode="after")
    def _both_or_none(self) -> HeaderRoute:
        if (self.header is None) != (self.value is None):
            raise Unreadable(
                message("a header route has a header and a value, or neither to end it"),
                message("for example {example}", example="{header: x-beta, value: always}"),
            )
        return self


# Argo Rollouts' instructions that no strategy here follows.
_REFUSED = {
    "analysis": message("nobody judges in a step"),
    "experiment": message("nobody starts further versions in a step"),
    "setMirrorRoute": message("no strategy mirrors requests in a step"),
}


def _or_in_short(schema: dict[str, Any]) -> None:
    """Let an editor accept the short form beside the long one."""
    whole = dict(schema)
    schema.clear()
    schema["anyOf"] = [whole, {"type": "string"}]


class CanaryStep(Strict):
    """One step, in Argo Rollouts' words: exactly one of them.

    Short forms: `20%` for a weight, `30s` for a pause, `pause` for one that somebody ends,
    `scale 3`, `scale 25%` and `scale by weight` for the canary's pods.
    """

    model_config = ConfigDict(json_schema_extra=_or_in_short)

    set_weight: Percent | None = None
    pause: PauseStep | None = None
    set_canary_scale: CanaryScale | None = None
    set_header_route: HeaderRoute | None = None

    @model_validator(mode="before")
    @classmethod
    def _in_short(cls, data: Any) -> Any:
        for name in _REFUSED if isinstance(data, dict) else ():
            if name in data:
                raise Unreadable(
                    message("{field} is not supported: {why}", field=name, why=_REFUSED[name])
                )
        if not isinstance(data, str):
            return data
        if data.startswith(_SCALE):
            return {"setCanaryScale": _scale_in_short(data.removeprefix(_SCALE))}
        if data == "pause":
            return {"pause": {}}
        if data.endswith("%") and data[:-1].isdecimal():
            return {"setWeight": int(data[:-1])}
        return {"pause": {"duration": data}}

    @model_validator(mode="after")
    def _one_of_them(self) -> CanaryStep:
        given = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(given) != 1:
            known = ", ".join(to_camel(name) for name in type(self).model_fields)
            raise Unreadable(
                message("a step has exactly one instruction"),
                message("known: {known}", known=known),
            )
        return self

    @property
    def needs_a_router(self) -> str | None:
        """The field that only a router can follow, if it is one."""
        return next((to_camel(name) for name in _ROUTED if getattr(self, name) is not None), None)

    def meant(self) -> Step:
        """The step as the strategy takes it."""
        if self.pause is not None:
            return Pause(self.pause.duration)
        if (scale := self.set_canary_scale) is not None:
            return SetCanaryScale(scale.replicas, scale.weight)
        if (route := self.set_header_route) is not None:
            return SetHeaderRoute(route.header or "", route.value or "")
        assert self.set_weight is not None
        return SetWeight(self.set_weight)


_ROUTED = ("set_canary_scale", "set_header_route")
_SCALE = "scale "


def _scale_in_short(size: str) -> dict[str, Any]:
    if size == "by weight":
        return {"matchTrafficWeight": True}
    number = size.removesuffix("%")
    if not number.isdecimal():
        raise Unreadable(
            message("{found} is no size for a canary", found=repr(size[:40])),
            message("for example {example}", example="scale 3, scale 25%, scale by weight"),
        )
    return {"replicas" if number == size else "weight": int(number)}


class Steps(Strict):
    """The steps that come before all requests."""

    steps: Annotated[list[CanaryStep], Field(min_length=1, max_length=100)] | None = None
    analysis: Background | None = None

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


class Canary(Steps):
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
        return self


class BlueGreen(Strict):
    """An Argo `Rollout`'s fields, by its names."""

    auto_promotion_enabled: bool | None = None
    auto_promotion_seconds: Seconds | None = None
    preview_replica_count: Pods | None = None
    scale_down_delay_seconds: Seconds | None = None
    abort_scale_down_delay_seconds: Seconds | None = None
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


class FeatureFlags(Flag):
    """The flag, and how pods read it."""

    delivery: Literal["file", "environment"] | None = None


class BlueGreenBehindFlag(BlueGreen, Flag):
    """Blue-green's fields and the flag's; the ConfigMap is a mounted file."""


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
    canary_then_rolling: Steps | None = None
    feature_flags: FeatureFlags | None = None
    blue_green_behind_flag: BlueGreenBehindFlag | None = None
    shadow: Shadow | None = None
    ab_test: AbTest | None = None
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
                known = "ABTest" if name == "ab_test" else name.title().replace("_", "")
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
