"""Strict decoding: an object against the API's model, as `kubectl apply` validates it.

Every field must exist and have the right type. Source: kubernetes/apimachinery:pkg/runtime/
serializer/json (strict decoding); kubectl's --validate=strict is the default.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

from sim.errors import Problem
from sim.i18n import Message, message
from sim.model.quantity import quantity
from sim.model.unreadable import Unreadable
from sim.scenario.api import Field, Type, fields_of
from sim.scenario.node import Mapping, Node, Place, Scalar, Sequence, get, join, kind_of

_UNIT = re.compile(r"(\d+) ?(?:s|sec|seconds|m|min|h|%)", re.ASCII)
_ENOUGH = 100  # Looking for similar names is slow; nobody reads the hints after these.
_INT32 = 2**31
_INT64 = 2**63
# Fields that people put one level too low; the API server only says "unknown field".
_POD = message("it belongs to the pod's spec, beside containers")
_ROLLING = message("it belongs under spec.strategy.rollingUpdate")
_CONTAINER = message("it belongs to a container")
_PROBE = message("it belongs to the probe, beside httpGet")
_BELONGS = {
    ("Container", "terminationGracePeriodSeconds"): _POD,
    ("Container", "nodeSelector"): _POD,
    ("Container", "volumes"): _POD,
    ("DeploymentSpec", "maxSurge"): _ROLLING,
    ("DeploymentSpec", "maxUnavailable"): _ROLLING,
    ("DeploymentStrategy", "maxSurge"): _ROLLING,
    ("DeploymentStrategy", "maxUnavailable"): _ROLLING,
    ("DeploymentSpec", "containers"): message("it belongs under spec.template.spec"),
    ("PodSpec", "readinessProbe"): _CONTAINER,
    ("PodSpec", "livenessProbe"): _CONTAINER,
    ("PodSpec", "lifecycle"): _CONTAINER,
    ("PodSpec", "minReadySeconds"): message("it belongs to the Deployment's spec"),
    ("HTTPGetAction", "initialDelaySeconds"): _PROBE,
    ("HTTPGetAction", "periodSeconds"): _PROBE,
    ("HTTPGetAction", "timeoutSeconds"): _PROBE,
    ("HTTPGetAction", "failureThreshold"): _PROBE,
}


def decode(node: Node, wanted: Type, path: str = "") -> list[Problem]:
    """Everything in *node* that the API would not decode as *wanted*."""
    problems: list[Problem] = []
    _check(node, wanted, path, problems)
    return problems


def unknown_field(
    name: str, known: Iterable[str], place: Place, path: str, hint: Message | None = None
) -> Problem:
    """The problem to report for a field that does not exist."""
    names = list(known)
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if hint is None and near:
        hint = message("did you mean {name}?", name=near[0])
    elif hint is None and names:
        shown = ", ".join(sorted(names)[:12]) + (", …" if len(names) > 12 else "")
        hint = message("known here: {known}", known=shown)
    return place.problem(message("unknown field {name}", name=f'"{name}"'), join(path, name), hint)


def _check(node: Node, wanted: Type, path: str, problems: list[Problem]) -> None:
    if isinstance(node, Scalar) and node.value is None:
        return  # An explicit null is the same as leaving the field out.
    if wanted.form == "any":
        return
    if wanted.form == "model":
        if isinstance(node, Mapping):
            _model(node, wanted, path, problems)
            return
    elif wanted.form == "map":
        if isinstance(node, Mapping):
            for key, child in node.entries.items():
                _check_item(child, wanted.item, join(path, key), problems)
            return
    elif wanted.form == "list":
        if isinstance(node, Sequence):
            for index, child in enumerate(node.items):
                _check_item(child, wanted.item, join(path, index), problems)
            return
    elif isinstance(node, Scalar):
        _scalar(node, wanted.form, path, problems)
        return
    problems.append(_mismatch(node, wanted.form, path))


def _check_item(child: Node, item: Type | None, path: str, problems: list[Problem]) -> None:
    wanted = item or Type("any")
    if isinstance(child, Scalar) and child.value is None and wanted.form != "any":
        problems.append(_mismatch(child, wanted.form, path))
    else:
        _check(child, wanted, path, problems)


def _model(node: Mapping, wanted: Type, path: str, problems: list[Problem]) -> None:
    fields = fields_of(wanted)
    assert wanted.model is not None
    for key, child in node.entries.items():
        field = fields.get(key)
        if field is None:
            hint = _hint(node, wanted.model[1], key)
            known = fields if len(problems) < _ENOUGH else ()
            problems.append(unknown_field(key, known, node.key_place(key), path, hint))
        else:
            _check(child, field.type, join(path, key), problems)
    problems.extend(_missing(node, fields, path))


def _hint(node: Mapping, model: str, key: str) -> Message | None:
    written = node.keys[key]
    if written.plain and written.text != key:
        return message("unquoted, {word} is read as {key}", word=written.text, key=key)
    return _BELONGS.get((model, key))


def _missing(node: Mapping, fields: dict[str, Field], path: str) -> Iterable[Problem]:
    for key, field in fields.items():
        if field.required and get(node, key) is None and not _may_be_empty(node, key):
            yield node.place.problem(
                message("required value"),
                join(path, key),
                message("add {field}: {wanted}", field=key, wanted=_WANTED[field.type.form]),
            )


def _may_be_empty(node: Mapping, key: str) -> bool:
    return key == "metadata" and key in node.entries


_WANTED = {
    "text": message("a text"),
    "integer": message("a whole number"),
    "number": message("a number"),
    "boolean": message("true or false"),
    "quantity": message("a quantity, such as 250m or 128Mi"),
    "int-or-text": message("a whole number or a text such as 25%"),
    "list": message("a list"),
    "map": message("a mapping of names to values"),
    "model": message("a mapping"),
    "any": message("a value"),
}


def _mismatch(node: Node, form: str, path: str) -> Problem:
    hint = None
    if isinstance(node, Scalar) and form == "text" and not isinstance(node.value, str):
        hint = message("put quotes around it: {text}", text=f'"{node.text}"')
    elif isinstance(node, Scalar) and not node.plain and form in ("integer", "boolean", "number"):
        hint = message("without quotes")
    elif form == "integer" and isinstance(node, Scalar) and (bare := _UNIT.fullmatch(node.text)):
        hint = message("the number alone, without a unit: {number}", number=bare[1])
    elif form == "list" and isinstance(node, Mapping):
        hint = message("begin each item with a dash (-)")
    return node.place.problem(
        message("wanted {wanted}, found {found}", wanted=_WANTED[form], found=kind_of(node)),
        path,
        hint,
    )


def _scalar(node: Scalar, form: str, path: str, problems: list[Problem]) -> None:
    value = node.value
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if form == "quantity" and (is_number or isinstance(value, str)):
        try:
            quantity(node.text if node.plain else str(value))
        except Unreadable as error:
            problems.append(node.place.problem(error.message, path, error.hint))
        return
    fits = {
        "text": isinstance(value, str),
        "boolean": isinstance(value, bool),
        "number": is_number,
        "integer": is_number and isinstance(value, int),
        "int-or-text": isinstance(value, str) or (is_number and isinstance(value, int)),
    }
    if not fits.get(form, False):
        problems.append(_mismatch(node, form, path))
    elif isinstance(value, int) and not isinstance(value, bool):
        _range(node, value, form, path, problems)


def _range(node: Scalar, value: int, form: str, path: str, problems: list[Problem]) -> None:
    limit = _INT32 if form == "int-or-text" else _INT64
    if not -limit <= value < limit:
        problems.append(
            node.place.problem(
                message("the number {value} is too large", value=node.text[:40]),
                path,
                message("at most {most}", most=limit - 1),
            )
        )
