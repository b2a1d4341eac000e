"""Strategic merge patch: Kubernetes' own, which knows what tells the items of a list apart.

Like `sim.model.patch` it never changes its input, shares what is untouched, and answers with the
very same object if nothing changed. Errors are in the API server's words.
(kubernetes/apimachinery pkg/util/strategicpatch/patch.go, pkg/util/mergepatch/errors.go)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from sim.errors import Invalid
from sim.i18n import Message
from sim.model.merge_keys import ANY_KIND, KINDS, Fields, Rule
from sim.model.objects import JsonObject
from sim.model.patch import same

Json: TypeAlias = Any

_PATCH = "$patch"
_RETAIN = "$retainKeys"
_REMOVE = "$deleteFromPrimitiveList/"
_ORDER = "$setElementOrder/"


def strategic_patch(target: JsonObject, patch: JsonObject) -> JsonObject:
    """The object *target* with the strategic merge *patch* applied, by the rules of its kind.

    Containers web and log with the patch {"containers": [{"name": "log", "image": "log:2"}]}
    keep web as it is; `{"$patch": "delete", "name": "log"}` takes log out.
    """
    return _merged(target, patch, KINDS.get(target["kind"], ANY_KIND))


def knows(obj: JsonObject) -> bool:
    """Whether *obj* is of a kind of Kubernetes' own; custom resources have no merge keys."""
    group = str(obj.get("apiVersion", "v1")).rpartition("/")[0]
    return "." not in group or group.endswith(".k8s.io")


def _merged(target: JsonObject, patch: JsonObject, fields: Fields) -> JsonObject:
    if _PATCH in patch:
        return _directed(target, patch)
    after = _retained(target, patch)
    for name, order in _directives(patch, _ORDER):
        _require_order(patch.get(name), order, fields.get(name, Rule()).key)
    for name, items in _directives(patch, _REMOVE):
        kept = [one for one in after.get(name) or () if one not in items]
        if name in after and len(kept) < len(after[name]):
            after = {**after, name: kept}
    for name, value in patch.items():
        if not _is_directive(name):
            after = _with(after, name, value, fields.get(name, Rule()))
    for name, order in _directives(patch, _ORDER):
        if isinstance(after.get(name), list | tuple):
            key = fields.get(name, Rule()).key
            items = _in_order(after[name], order, target.get(name) or (), key)
            after = after if items == list(after[name]) else {**after, name: items}
    return after


def _directed(target: JsonObject, patch: JsonObject) -> JsonObject:
    match patch[_PATCH]:
        case "replace":
            after = {name: value for name, value in patch.items() if name != _PATCH}
            return target if same(target, after) else after
        case "delete":
            return {} if target else target
    raise _unknown(patch)


def _retained(target: JsonObject, patch: JsonObject) -> JsonObject:
    """*target* less what `$retainKeys` does not name; the patch may set nothing else either."""
    keys = patch.get(_RETAIN)
    if keys is None:
        return target
    given = {name for name, value in patch.items() if value is not None and not _is_directive(name)}
    if not isinstance(keys, list | tuple) or not given <= set(keys):
        raise _wrong("invalid patch format of retainKeys")
    kept = {name: value for name, value in target.items() if name in keys}
    return target if len(kept) == len(target) else kept


def _with(target: JsonObject, name: str, value: Json, rule: Rule) -> JsonObject:
    if value is None:
        return {k: v for k, v in target.items() if k != name} if name in target else target
    before = target.get(name)
    if isinstance(before, dict) and isinstance(value, dict) and not rule.replaced:
        after = _merged(before, value, rule.fields)
    elif isinstance(before, list | tuple) and isinstance(value, list | tuple):
        after = _list(before, value, rule)
    else:
        after = _fresh(value)
    if name in target and (after is before or same(after, before)):
        return target
    return {**target, name: after}


def _list(before: Sequence[Json], patch: Sequence[Json], rule: Rule) -> Json:
    if rule.united:
        united = list(dict.fromkeys([*before, *patch]))
        return _in_order(united, patch, before, "")
    if not rule.key:
        return _fresh(patch)
    plain = [one for one in patch if _PATCH not in one]
    for one in plain:
        _key_of(one, rule.key)
    marked = [one for one in patch if _PATCH in one]
    gone = [_key_of(one, rule.key) for one in marked if _deletes(one)]
    if len(gone) < len(marked):
        return _fresh(plain)
    items = [one for one in before if one.get(rule.key) not in gone]
    server = list(items)
    for one in plain:
        at = _place(items, one, rule.key)
        if at < 0:
            items.append(_fresh(one))
        else:
            items[at] = _merged(items[at], one, rule.fields)
    return _in_order(items, plain, server, rule.key)


def _deletes(item: JsonObject) -> bool:
    """Whether the marked *item* deletes its like; else it replaces the whole list."""
    match item[_PATCH]:
        case "delete":
            return True
        case "replace":
            return False
        case "merge":
            raise _wrong("merging lists cannot yet be specified in the patch")
    raise _unknown(item)


def _in_order(
    items: Sequence[Json], wanted: Sequence[Json], server: Sequence[Json], key: str
) -> list[Json]:
    """*items* in the *wanted* order; those not in it stand where the *server* had them.

    One that neither knows comes before what only the server has: a container that is added by a
    patch becomes the first. (normalizeElementOrder, mergeSortedSlice)
    """
    mine = sorted(
        (one for one in items if _place(wanted, one, key) >= 0),
        key=lambda one: _place(wanted, one, key),
    )
    theirs = sorted(
        (one for one in items if _place(wanted, one, key) < 0),
        key=lambda one: _place(server, one, key),
    )
    after: list[Json] = []
    for one in mine:
        at = _place(server, one, key)
        while theirs and at >= 0 and 0 <= _place(server, theirs[0], key) < at:
            after.append(theirs.pop(0))
        after.append(one)
    return after + theirs


def _place(items: Sequence[Json], item: Json, key: str) -> int:
    """Where *items* has the like of *item*; -1 if it has none."""
    if not key:
        return items.index(item) if item in items else -1
    wanted = _key_of(item, key)
    return next((at for at, one in enumerate(items) if one.get(key) == wanted), -1)


def _key_of(item: JsonObject, key: str) -> Json:
    if key not in item:
        raise _wrong(f"map: {_go(item)} does not contain declared merge key: {key}")
    return item[key]


def _require_order(patch: Json, order: Json, key: str) -> None:
    """The patch's own items must come in the order that it asks for.

    (validatePatchWithSetOrderList)
    """
    if not isinstance(order, list | tuple):
        raise _wrong("invalid patch format of setElementOrder list")
    plain = [one for one in patch or () if not (isinstance(one, Mapping) and _PATCH in one)]
    places = [_place(order, one, key) for one in plain]
    if order and (-1 in places or places != sorted(places)):
        raise _wrong(
            f"The order in patch list:\n{_go(patch)}\n"
            f" doesn't match $setElementOrder list:\n{_go(order)}\n"
        )


def _directives(patch: JsonObject, prefix: str) -> Iterator[tuple[str, Json]]:
    for name, value in patch.items():
        if name.startswith(prefix):
            yield name.removeprefix(prefix), value


def _is_directive(name: str) -> bool:
    return name in (_PATCH, _RETAIN) or name.startswith((_REMOVE, _ORDER))


def _fresh(value: Json) -> Json:
    """A value that the object did not have: without nulls, and without directives."""
    if isinstance(value, Mapping):
        return {
            name: _fresh(one)
            for name, one in value.items()
            if one is not None and not _is_directive(name)
        }
    if isinstance(value, list | tuple):
        return [_fresh(one) for one in value if not (isinstance(one, Mapping) and _PATCH in one)]
    return value


def _go(value: Json) -> str:
    """A value as Go prints it: `map[image:web:2 name:web]`."""
    if isinstance(value, Mapping):
        return f"map[{' '.join(f'{k}:{_go(value[k])}' for k in sorted(value))}]"
    if isinstance(value, list | tuple):
        return f"[{' '.join(map(_go, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    return "<nil>" if value is None else str(value)


def _unknown(patch: JsonObject) -> Invalid:
    return _wrong(f"unknown patch type: {_go(patch[_PATCH])} in map: {_go(patch)}")


def _wrong(text: str) -> Invalid:
    return Invalid(Message(text))
