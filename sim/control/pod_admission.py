"""What the API server refuses in a pod template or a pod that somebody writes at run time.

Of all its rules these are the ones without which a simulated pod would make no sense; a manifest
is checked in full when it is read.
(kubernetes/kubernetes pkg/apis/core/validation/validation.go, ValidatePodSpec)
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from sim.errors import Invalid
from sim.i18n import Message
from sim.model.objects import JsonObject
from sim.model.quantity import PATTERN, quantity
from sim.model.unreadable import Unreadable

_PROBES = ("startupProbe", "readinessProbe", "livenessProbe")
_HANDLERS = ("exec", "grpc", "httpGet", "tcpSocket")
_NUMBERS = (
    *("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold"),
    "failureThreshold",
)
_NOT_NEGATIVE = "must be greater than or equal to 0"


def admit_pod(spec: JsonObject, path: str, *, replaced: bool) -> None:
    """Raise `Invalid` if no pod of *spec*, which stands at *path*, could be run.

    A pod that is *replaced* by a controller when it ends must restart its containers itself.
    """
    for text in _found(spec, path, replaced):
        raise Invalid(Message(text))


def _found(spec: JsonObject, path: str, replaced: bool) -> Iterator[str]:
    """Everything that is wrong, in the API server's words."""
    containers = spec.get("containers") or ()
    if not containers:
        yield f"{path}.containers: Required value"
    names: list[str] = []
    for field in ("initContainers", "containers"):
        for index, one in enumerate(spec.get(field) or ()):
            place = f"{path}.{field}[{index}]"
            yield from _container(one, place, names)
            names.append(one.get("name", ""))
    policy = spec.get("restartPolicy", "Always")
    if replaced and policy != "Always":
        yield f'{path}.restartPolicy: Unsupported value: "{policy}": supported values: "Always"'
    grace = spec.get("terminationGracePeriodSeconds")
    if grace is not None and not _counts(grace):
        yield _invalid(f"{path}.terminationGracePeriodSeconds", grace, _NOT_NEGATIVE)


def _container(given: JsonObject, path: str, names: Sequence[str]) -> Iterator[str]:
    for field in ("name", "image"):
        if not given.get(field):
            yield f"{path}.{field}: Required value"
    if given.get("name") in names:
        yield f'{path}.name: Duplicate value: "{given["name"]}"'
    yield from _resources(given.get("resources") or {}, f"{path}.resources")
    for field in _PROBES:
        if given.get(field) is not None:
            yield from _probe(given[field], f"{path}.{field}", field)


def _resources(given: JsonObject, path: str) -> Iterator[str]:
    amounts: dict[tuple[str, str], float] = {}
    for which in ("limits", "requests"):
        for resource, text in (given.get(which) or {}).items():
            place = f"{path}.{which}[{resource}]"
            try:
                amounts[which, resource] = quantity(text)
            except Unreadable:
                rule = f"quantities must match the regular expression '{PATTERN}'"
                yield _invalid(place, text, rule)
                continue
            if amounts[which, resource] < 0:
                yield _invalid(place, text, _NOT_NEGATIVE)
    for (which, resource), amount in amounts.items():
        limit = amounts.get(("limits", resource))
        if which == "requests" and limit is not None and amount > limit:
            shown = given["limits"][resource]
            rule = f"must be less than or equal to {resource} limit of {shown}"
            yield _invalid(f"{path}.requests", str(given["requests"][resource]), rule)


def _probe(given: JsonObject, path: str, kind: str) -> Iterator[str]:
    handlers = [name for name in _HANDLERS if given.get(name) is not None]
    if not handlers:
        yield f"{path}: Required value: must specify a handler type"
    for name in handlers[1:]:
        yield f"{path}.{name}: Forbidden: may not specify more than 1 handler type"
    for field in _NUMBERS:
        if field in given and not _counts(given[field]):
            yield _invalid(f"{path}.{field}", given[field], _NOT_NEGATIVE)
    if kind != "readinessProbe" and given.get("successThreshold", 1) != 1:
        yield _invalid(f"{path}.successThreshold", given["successThreshold"], "must be 1")


def _counts(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _invalid(path: str, value: Any, rule: str) -> str:
    return f"{path}: Invalid value: {json.dumps(value)}: {rule}"
