"""What a scenario says of a canary's steps, in Argo Rollouts' words or in short."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from sim.i18n import message
from sim.model.canary_steps import (
    Analyse,
    Pause,
    SetCanaryScale,
    SetHeaderRoute,
    SetWeight,
    Step,
)
from sim.model.unreadable import Unreadable
from sim.scenario.analysis_spec import Promotion
from sim.scenario.words import Duration, Strict

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
    analysis: Promotion | None = None

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
        if self.analysis is not None:
            return Analyse(self.analysis.meant())
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
