"""Short names of what a sweep can vary, and the overrides or faults that they stand for."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sim.errors import Problem
from sim.i18n import message
from sim.model.duration import duration
from sim.model.objects import JsonObject
from sim.model.unreadable import Unreadable
from sim.scenario.spec import Spec

_CONTAINER = "deployment.spec.template.spec.containers[0]"
_HOOK = f"{_CONTAINER}.lifecycle.preStop"
# Of the manifest; everything in it can be named by its path after `deployment.`.
MANIFEST = {
    "maxSurge": "deployment.spec.strategy.rollingUpdate.maxSurge",
    "maxUnavailable": "deployment.spec.strategy.rollingUpdate.maxUnavailable",
    "minReadySeconds": "deployment.spec.minReadySeconds",
    "progressDeadlineSeconds": "deployment.spec.progressDeadlineSeconds",
    "replicas": "deployment.spec.replicas",
    "terminationGracePeriodSeconds": (
        "deployment.spec.template.spec.terminationGracePeriodSeconds"
    ),
    "preStop": _HOOK,
}
_IN_CONTAINER = ("readinessProbe", "livenessProbe", "startupProbe", "resources")
_VERSIONS = ("old", "new")
MOMENT = "moment"  # Of the faults that are varied beside it.
_FAULT = re.compile(r"[a-z][\w-]*:[A-Za-z][\w.-]*", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """What one axis varies: overrides of *path*, or, where *fault* is true, faults.

    Where *moment* is true it is when the faults of the other axes begin, in seconds of the run.
    """

    name: str
    path: str
    fault: bool = False
    moment: bool = False

    def changes(self, value: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The overrides and the faults that give it *value*. Raise an `Unreadable` if it cannot."""
        if self.fault:
            return (), (f"{self.path}:{value}" if self.path else value,)
        if self.path == _HOOK:
            return _pre_stop(value), ()
        return (f"{self.path}={value}",), ()


def field_named(name: str, deployment: JsonObject) -> Field | Problem:
    """The field that *name* stands for: a fault, a path, or the last word of exactly one path."""
    if name == MOMENT:
        return Field(name=name, path="", moment=True)
    if name == "fault":
        return Field(name=name, path="", fault=True)
    if _FAULT.fullmatch(name):
        return Field(name=name, path=name, fault=True)
    head = name.partition(".")[0]
    inside = name in MANIFEST and "containers[0]" in MANIFEST[name]
    if (inside or head in _IN_CONTAINER) and (problem := _several_containers(name, deployment)):
        return problem
    if name in MANIFEST:
        return Field(name=name, path=MANIFEST[name])
    if head in _IN_CONTAINER and head != name:
        return Field(name=name, path=f"{_CONTAINER}.{name}")
    if name.startswith("deployment."):
        return Field(name=name, path=name)
    paths = scenario_paths()
    found = [name] if name in paths else [p for p in paths if p.endswith(f".{name}")]
    if len(found) == 1:
        return Field(name=name, path=found[0])
    if found:
        text = message("{name} could be several fields", name=name)
        return Problem(text, file="--vary", hint=message("one of: {known}", known=", ".join(found)))
    if "." in name:
        return Field(name=name, path=name)  # Whether there is such a field the scenario will say.
    return _unknown(name, paths)


def _several_containers(name: str, deployment: JsonObject) -> Problem | None:
    containers = deployment["spec"]["template"]["spec"]["containers"]
    if len(containers) == 1:
        return None
    paths = ", ".join(_CONTAINER.replace("[0]", f"[{one['name']}].…") for one in containers)
    text = message("{name} could be several fields", name=name)
    return Problem(text, file="--vary", hint=message("one of: {known}", known=paths))


def _unknown(name: str, paths: Sequence[str]) -> Problem:
    words = sorted({*MANIFEST, "fault", MOMENT, *(path.rpartition(".")[2] for path in paths)})
    near = difflib.get_close_matches(name, words, n=1, cutoff=0.6)
    hint = (
        message("did you mean {name}?", name=near[0])
        if near
        else message("such as maxSurge, preStop, traffic.rate or deployment.spec.minReadySeconds")
    )
    return Problem(message("there is no field {name}", name=repr(name)), file="--vary", hint=hint)


def _pre_stop(value: str) -> tuple[str, ...]:
    """A hook that only sleeps, in place of whatever hook there was; none for 0."""
    seconds = duration(value)
    if seconds != int(seconds):
        raise Unreadable(message("a preStop hook sleeps for whole seconds"), message("such as 5s"))
    if seconds == 0:
        return (f"{_HOOK}=",)
    return (f"{_HOOK}=", f"{_HOOK}.sleep.seconds={int(seconds)}")


@cache
def scenario_paths() -> tuple[str, ...]:
    """Every field of a scenario's spec that holds one value, as `--set` names it."""
    schema = Spec.model_json_schema(by_alias=True)
    return tuple(dict.fromkeys(_leaves(schema, schema.get("$defs", {}), "")))


def _leaves(part: Mapping[str, Any], known: Mapping[str, Any], path: str) -> Iterator[str]:
    if "$ref" in part:
        part = known[part["$ref"].rpartition("/")[2]]
    options = [
        *part.get("anyOf", ()),
        *part.get("oneOf", ()),
        *part.get("allOf", ()),
    ]
    for option in options:
        if option.get("type") != "null":
            yield from _leaves(option, known, path)
    if "properties" in part:
        for name, child in part["properties"].items():
            yield from _leaves(child, known, f"{path}.{name}" if path else name)
    elif isinstance(part.get("additionalProperties"), dict) and path == "versions":
        for version in _VERSIONS:
            yield from _leaves(part["additionalProperties"], known, f"{path}.{version}")
    elif not options and part.get("type") != "object" and path:
        yield path
