"""Overrides of the released Deployment: `deployment.spec.minReadySeconds=10`.

They act where the manifest is read, so that what they make of it is judged like anything written.
"""

from __future__ import annotations

import re
from collections.abc import Sequence as Items

from sim.errors import Problem
from sim.i18n import message
from sim.scenario.node import Mapping, Node, Scalar, Sequence, get, kind_of, value
from sim.scenario.overrides import Override

HEAD = "deployment"  # As a field of the spec it is a name; with more behind it, the Deployment.
_STEP = re.compile(r"([^\[\]]*)((?:\[[^\[\]]+\])*)")


def is_about_the_manifest(one: Override) -> bool:
    """Whether *one* changes the Deployment and not the scenario's spec."""
    return one.steps[0] == HEAD and len(one.steps) > 1


def changed(
    documents: Items[Node], overrides: Items[Override], name: str | None, errors: list[Problem]
) -> list[Node]:
    """*documents* with all *overrides* in every Deployment called *name* (None: in any)."""
    return [_changed(document, overrides, name, errors) for document in documents]


def _changed(
    document: Node, overrides: Items[Override], name: str | None, errors: list[Problem]
) -> Node:
    items = get(document, "items")
    if isinstance(document, Mapping) and isinstance(items, Sequence):
        inside = Sequence(items.place, changed(items.items, overrides, name, errors))
        return Mapping(document.place, document.entries | {"items": inside}, document.keys)
    if value(document, "kind") != "Deployment":
        return document
    if name is not None and value(document, "metadata", "name") != name:
        return document
    for one in overrides:
        document = _set(document, _steps(one), one, errors)
    return document


def _steps(one: Override) -> tuple[str, ...]:
    """`containers[0]` as two steps, `containers` and `[0]`; the head is left out."""
    found: list[str] = []
    for step in one.steps[1:]:
        parts = _STEP.fullmatch(step)
        assert parts is not None, "the override's path was read"
        found += [parts[1], *re.findall(r"\[[^\[\]]+\]", parts[2])]
    return tuple(found)


def _set(node: Node | None, steps: tuple[str, ...], one: Override, errors: list[Problem]) -> Node:
    if not steps:
        return one.value
    step, rest = steps[0], steps[1:]
    if isinstance(node, Scalar) and node.value is None:
        node = None
    if step.startswith("["):
        return _set_item(node, step[1:-1], rest, one, errors)
    if isinstance(node, Scalar | Sequence):
        text = message("{found} has no field {name}", found=kind_of(node), name=step)
        errors.append(one.place.problem(text))
        return node
    base = node if node is not None else Mapping(one.place)
    copy = Mapping(base.place, dict(base.entries), dict(base.keys))
    copy.entries[step] = _set(base.entries.get(step), rest, one, errors)
    copy.keys.setdefault(step, Scalar(one.place, step, step))
    return copy


def _set_item(
    node: Node | None, which: str, rest: tuple[str, ...], one: Override, errors: list[Problem]
) -> Node:
    """The item number *which* of a list, or the one called that."""
    items = node.items if isinstance(node, Sequence) else []
    names = [str(value(item, "name")) for item in items]
    at = int(which) if which.isdecimal() else names.index(which) if which in names else len(items)
    if node is None or at >= len(items):
        text = message("there is no item {name} in {found}", name=which, found=kind_of(node))
        hint = message("known: {known}", known=", ".join(names) or "-")
        errors.append(one.place.problem(text, hint=hint))
        return node if node is not None else Sequence(one.place)
    copy = list(items)
    copy[at] = _set(items[at], rest, one, errors)
    return Sequence(node.place, copy)
