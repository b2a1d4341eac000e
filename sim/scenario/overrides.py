"""Overrides: `traffic.rate=100/s` from the command line, laid over the scenario's spec."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sim.errors import Problem
from sim.i18n import message
from sim.model.unreadable import Unreadable
from sim.scenario.node import Mapping, Node, Place, Scalar, Sequence, kind_of
from sim.scenario.scalars import core

_NAME = r"[A-Za-z][\w-]*(?:\[[\w-]+\])*"  # An item of a list only where the manifest is meant.
_PATH = re.compile(rf"{_NAME}(\.{_NAME})*")
_LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Override:
    """One value for one field of the spec, and the flag that said so."""

    steps: tuple[str, ...]
    value: Node
    place: Place


def parsed(text: str) -> Override | Problem:
    """*text* taken apart at its first `=`, or the problem with it."""
    path, equals, written = text.partition("=")
    path, written = path.strip(), written.strip()
    place = Place(f"--set {text[:80]}")
    if not equals or len(text) > _LONGEST or not _PATH.fullmatch(path):
        return place.problem(
            message("{found} is not an override", found=repr(text[:60])),
            hint=message("field=value, such as traffic.rate=100/s"),
        )
    try:
        value = _read(written, place)
    except Unreadable as error:
        return place.problem(error.message, path, error.hint)
    steps = tuple(path.split("."))
    return Override(steps[1:] if steps[0] == "spec" else steps, value, place)


def _read(written: str, place: Place) -> Node:
    """A word, or a list of words in brackets: `[timeout, 5xx]`."""
    if written.startswith("[") and written.endswith("]"):
        inside = written[1:-1].strip()
        items = [_read(item.strip(), place) for item in inside.split(",")] if inside else []
        return Sequence(place, items)
    return Scalar(place, core(written), written)


def overlaid(root: Node, overrides: list[Override], errors: list[Problem]) -> Node:
    """*root* with every override in its spec; the tree that was read stays as it is."""
    for one in overrides:
        root = _set(root, ("spec", *one.steps), one, errors)
    return root


def _set(node: Node | None, steps: tuple[str, ...], one: Override, errors: list[Problem]) -> Node:
    if not steps:
        return one.value
    if isinstance(node, Scalar) and node.value is None:
        node = None
    if isinstance(node, Scalar | Sequence):
        errors.append(
            one.place.problem(
                message("{found} has no field {name}", found=kind_of(node), name=steps[0])
            )
        )
        return node
    base = node if node is not None else Mapping(one.place)
    copy = Mapping(base.place, dict(base.entries), dict(base.keys))
    copy.entries[steps[0]] = _set(base.entries.get(steps[0]), steps[1:], one, errors)
    copy.keys.setdefault(steps[0], Scalar(one.place, steps[0], steps[0]))
    return copy
