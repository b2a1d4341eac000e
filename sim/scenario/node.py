"""What a YAML file holds, as a tree in which everything knows its file, line and column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from sim.errors import Problem
from sim.i18n import Message, message


@dataclass(frozen=True, slots=True)
class Place:
    """A spot in a file; lines and columns count from 1, 0 where there are none (a flag)."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file

    def problem(self, text: Message, field_path: str = "", hint: Message | None = None) -> Problem:
        """A mistake made here."""
        return Problem(text, self.file, self.line, self.column, field_path, hint)


@dataclass(slots=True, eq=False)
class Scalar:
    """A single value; *text* is how it was written, *plain* whether without quotes."""

    place: Place
    value: str | int | float | bool | None
    text: str
    plain: bool = True
    size: int = 1
    height: int = 1
    block: bool = False  # Written line by line, below a `|`.


@dataclass(slots=True, eq=False)
class Sequence:
    """A list."""

    place: Place
    items: list[Node] = field(default_factory=list)
    size: int = 1
    height: int = 1


@dataclass(slots=True, eq=False)
class Mapping:
    """Named values in the order of the file; *keys* holds each name as it was written."""

    place: Place
    entries: dict[str, Node] = field(default_factory=dict)
    keys: dict[str, Scalar] = field(default_factory=dict)
    size: int = 1
    height: int = 1

    def key_place(self, key: str) -> Place:
        """Where the name *key* is written, the mapping's own place if it is not."""
        found = self.keys.get(key)
        return found.place if found is not None else self.place


Node: TypeAlias = Scalar | Sequence | Mapping
Step: TypeAlias = str | int


def get(node: Node | None, *steps: Step) -> Node | None:
    """The node at the end of *steps*, None where there is nothing (or an explicit null)."""
    for step in steps:
        if isinstance(node, Mapping) and isinstance(step, str):
            node = node.entries.get(step)
        elif isinstance(node, Sequence) and isinstance(step, int) and 0 <= step < len(node.items):
            node = node.items[step]
        else:
            return None
    if isinstance(node, Scalar) and node.value is None:
        return None
    return node


def value(node: Node | None, *steps: Step) -> Any:
    """The plain value at the end of *steps*, None where there is nothing."""
    found = get(node, *steps)
    return None if found is None else plain(found)


def plain(node: Node) -> Any:
    """*node* as JSON: dicts, lists, strings, numbers, booleans, None."""
    if isinstance(node, Mapping):
        return {key: plain(child) for key, child in node.entries.items()}
    if isinstance(node, Sequence):
        return [plain(child) for child in node.items]
    return node.value


def planted(data: Any, place: Place) -> Node:
    """*data* as a tree whose every part claims to stand at *place* (a flag, a default)."""
    if isinstance(data, dict):
        entries = {key: planted(child, place) for key, child in data.items()}
        keys = {key: Scalar(place, key, key) for key in data}
        return Mapping(place, entries, keys)
    if isinstance(data, list):
        return Sequence(place, [planted(child, place) for child in data])
    return Scalar(place, data, str(data))


def walk(node: Node, path: str = "") -> Iterator[tuple[str, Node]]:
    """Every node below *node* with its field path, in reading order."""
    yield path, node
    if isinstance(node, Mapping):
        for key, child in node.entries.items():
            yield from walk(child, join(path, key))
    elif isinstance(node, Sequence):
        for index, child in enumerate(node.items):
            yield from walk(child, join(path, index))


def join(path: str, step: Step) -> str:
    """`spec.containers` and 0 as `spec.containers[0]`, as the API server writes field paths."""
    if isinstance(step, int):
        return f"{path}[{step}]"
    if "." in step or "/" in step:
        return f"{path}[{step}]"
    return f"{path}.{step}" if path else step


def kind_of(node: Node | None) -> Message:
    """What *node* is, in words for a person who wrote something else than was wanted."""
    if isinstance(node, Mapping):
        return message("a mapping")
    if isinstance(node, Sequence):
        return message("a list")
    if node is None or node.value is None:
        return message("nothing")
    if isinstance(node.value, bool):
        return message("the boolean {value}", value=str(node.value).lower())
    shown = node.text if len(node.text) <= 60 else node.text[:60] + "…"
    if isinstance(node.value, int | float):
        return message("the number {value}", value=shown)
    return message("the text {value}", value=f'"{shown}"')
