"""JSON merge patch (RFC 7396) and JSON patch (RFC 6902) by path-copy.

The input is never changed. What a patch does not touch is shared between the old value and the
new one, and a patch that changes nothing answers with the very same object, so that "did it
change" is a test of identity.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from sim.errors import Invalid
from sim.i18n import message

# Any JSON value; patches walk through all of them.
Json: TypeAlias = Any


def merge_patch(target: Json, patch: Json) -> Json:
    """*target* with the RFC 7396 *patch* applied: objects merge, null deletes, the rest replaces.

    {"a": 1, "b": 2} and {"b": null, "c": 3} give {"a": 1, "c": 3}; [1, 2] and [3] give [3].
    """
    if not isinstance(patch, Mapping):
        return target if same(target, patch) else patch
    if not isinstance(target, Mapping):
        return _without_nulls(patch)
    changed: dict[str, Json] | None = None
    for key, value in patch.items():
        if value is None:
            if key in target:
                changed = dict(target) if changed is None else changed
                del changed[key]
            continue
        before = target.get(key)
        after = merge_patch(before, value)
        if after is not before or key not in target:
            changed = dict(target) if changed is None else changed
            changed[key] = after
    return target if changed is None else changed


def json_patch(target: Json, operations: Sequence[Mapping[str, Json]]) -> Json:
    """*target* with the RFC 6902 *operations* applied in order, or `Invalid` and none of them."""
    for operation in operations:
        target = _apply(target, operation)
    return target


def same(one: Json, other: Json) -> bool:
    """Whether two JSON values are equal; unlike Python, 1, 1.0 and true are told apart by type.

    RFC 6902 compares numbers by value and never a number with a boolean.
    """
    if one is other:
        return True
    if isinstance(one, bool) or isinstance(other, bool):
        return False
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(v, other[k]) for k, v in one.items())
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def pointer(text: str) -> tuple[str, ...]:
    """The steps of a JSON pointer (RFC 6901): `/a~1b/0` is ("a/b", "0"), the empty text is ()."""
    if not text:
        return ()
    if not text.startswith("/"):
        raise Invalid(message("a JSON pointer must start with a slash, not {text}", text=text))
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in text[1:].split("/"))


def _without_nulls(patch: Mapping[str, Json]) -> dict[str, Json]:
    # RFC 7396: where the target has no object, the patch is merged into an empty one.
    return {
        key: _without_nulls(value) if isinstance(value, Mapping) else value
        for key, value in patch.items()
        if value is not None
    }


def _apply(target: Json, operation: Mapping[str, Json]) -> Json:
    verb = operation.get("op")
    path = pointer(_member(operation, "path"))
    match verb:
        case "add":
            return _put(target, path, _member(operation, "value"), replacing=False)
        case "replace":
            return _put(target, path, _member(operation, "value"), replacing=True)
        case "remove":
            return _removed(target, path)
        case "move":
            source = pointer(_member(operation, "from"))
            if path == source:
                return target
            if path[: len(source)] == source:
                text = message("a value cannot be moved into itself: {path}", path="/".join(path))
                raise Invalid(text)
            return _put(_removed(target, source), path, _found(target, source), replacing=False)
        case "copy":
            source = pointer(_member(operation, "from"))
            return _put(target, path, _found(target, source), replacing=False)
        case "test":
            if not same(_found(target, path), _member(operation, "value")):
                raise Invalid(message("testing value {path} failed", path=operation["path"]))
            return target
    raise Invalid(message("there is no JSON patch operation {verb}", verb=repr(verb)))


def _member(operation: Mapping[str, Json], name: str) -> Json:
    if name not in operation:
        raise Invalid(message("a JSON patch operation lacks its member {name}", name=repr(name)))
    return operation[name]


def _found(target: Json, path: Sequence[str]) -> Json:
    for step in path:
        target = _child(target, step)
    return target


def _put(target: Json, path: Sequence[str], value: Json, *, replacing: bool) -> Json:
    if not path:
        return target if same(target, value) else value
    step, rest = path[0], path[1:]
    if rest or replacing:
        before = _child(target, step)
        after = _put(before, rest, value, replacing=replacing)
        return target if after is before else _with(target, step, after)
    if isinstance(target, Mapping):
        if step in target and same(target[step], value):
            return target
        return {**target, step: value}
    if isinstance(target, list | tuple):
        at = len(target) if step == "-" else _index(step, len(target) + 1)
        return [*target[:at], value, *target[at:]]
    raise _missing(step)


def _removed(target: Json, path: Sequence[str]) -> Json:
    if not path:
        raise Invalid(message("the whole object cannot be removed by a patch"))
    step, rest = path[0], path[1:]
    child = _child(target, step)
    if rest:
        return _with(target, step, _removed(child, rest))
    if isinstance(target, Mapping):
        return {key: value for key, value in target.items() if key != step}
    at = _index(step, len(target))
    return [*target[:at], *target[at + 1 :]]


def _child(target: Json, step: str) -> Json:
    if isinstance(target, Mapping):
        if step in target:
            return target[step]
    elif isinstance(target, list | tuple):
        return target[_index(step, len(target))]
    raise _missing(step)


def _with(target: Json, step: str, value: Json) -> Json:
    if isinstance(target, Mapping):
        return {**target, step: value}
    at = _index(step, len(target))
    return [*target[:at], value, *target[at + 1 :]]


def _index(step: str, length: int) -> int:
    # RFC 6901: digits without a leading zero.
    plain = step.isascii() and step.isdigit() and (step == "0" or not step.startswith("0"))
    if not plain or int(step) >= length:
        raise _missing(step)
    return int(step)


def _missing(step: str) -> Invalid:
    return Invalid(message("the patch names a path that does not exist: {step}", step=repr(step)))
