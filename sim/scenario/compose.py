"""Composing: YAML events into trees, with a stack instead of recursion and a bill for aliases."""

from __future__ import annotations

from typing import Any

from ruamel.yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from sim.errors import Problem
from sim.i18n import message
from sim.model.unreadable import Unreadable
from sim.scenario.dialect import Dialect, Refused, too_deep
from sim.scenario.node import Mapping, Node, Place, Scalar, Sequence

_MERGE = "<<"


class _Frame:
    """A collection under construction; *pairs* alternate key and value in a mapping."""

    __slots__ = ("anchor", "children", "node")

    def __init__(self, node: Mapping | Sequence, anchor: str | None) -> None:
        self.node = node
        self.anchor = anchor
        self.children: list[Node] = []


class Composer:
    """Takes events one by one; *documents*, *errors* and *warnings* are the result."""

    def __init__(self, file: str, dialect: Dialect) -> None:
        self.file = file
        self.dialect = dialect
        self.documents: list[Node] = []
        self.errors: list[Problem] = []
        self.warnings: list[Problem] = []
        self._stack: list[_Frame] = []
        self._anchors: dict[str, Node | None] = {}
        self._nodes = 0

    def take(self, event: Any) -> None:
        """One more event of the file."""
        if isinstance(event, ScalarEvent):
            self._add(self._scalar(event), event.anchor)
        elif isinstance(event, MappingStartEvent | SequenceStartEvent):
            self._open(event)
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            self._close()
        elif isinstance(event, AliasEvent):
            self._alias(event)
        elif isinstance(event, DocumentStartEvent):
            self._anchors = {}
        elif isinstance(event, DocumentEndEvent):
            self._drop_empty()

    def _place(self, event: Any) -> Place:
        return Place(self.file, event.start_mark.line + 1, event.start_mark.column + 1)

    def _drop_empty(self) -> None:
        last = self.documents[-1]
        if isinstance(last, Scalar) and last.value is None:
            self.documents.pop()

    def _guard(self, event: Any, place: Place) -> None:
        if event.tag is not None:
            raise Refused(
                place,
                message("the tag {tag} is refused", tag=str(event.tag)[:60]),
                message("files are data: write the plain value, in quotes if it is text"),
            )
        if event.anchor is not None and self.dialect.strict:
            raise Refused(
                place,
                message("the anchor {name} is refused", name="&" + str(event.anchor)[:60]),
                message("a scenario has neither anchors nor aliases: write the value out"),
            )

    def _charge(self, nodes: int, place: Place) -> None:
        self._nodes += nodes
        if self._nodes > self.dialect.most_nodes:
            raise Refused(
                place,
                message("more than {most} values, aliases counted", most=self.dialect.most_nodes),
                message("keep only the objects that this release concerns"),
            )

    def _scalar(self, event: Any) -> Scalar:
        place = self._place(event)
        self._guard(event, place)
        self._charge(1, place)
        if event.style not in (None, ""):
            block = event.style == "|"
            return Scalar(place, event.value, event.value, plain=False, block=block)
        try:
            return Scalar(place, self.dialect.resolve(event.value), event.value)
        except Unreadable as error:
            self.errors.append(place.problem(error.message, hint=error.hint))
            return Scalar(place, event.value, event.value)

    def _open(self, event: Any) -> None:
        place = self._place(event)
        self._guard(event, place)
        self._charge(1, place)
        if len(self._stack) >= self.dialect.most_depth:
            raise Refused(place, *too_deep(self.dialect))
        node = Mapping(place) if isinstance(event, MappingStartEvent) else Sequence(place)
        if event.anchor is not None:
            self._anchors[event.anchor] = None  # Open: an alias to it would contain itself.
        self._stack.append(_Frame(node, event.anchor))

    def _alias(self, event: Any) -> None:
        place = self._place(event)
        name = "*" + str(event.anchor)[:60]
        if self.dialect.strict:
            raise Refused(
                place,
                message("the alias {name} is refused", name=name),
                message("a scenario has neither anchors nor aliases: write the value out"),
            )
        if event.anchor not in self._anchors:
            raise Refused(
                place,
                message("the alias {name} has no anchor", name=name),
                message("name an anchor that stands before it in the same document"),
            )
        target = self._anchors[event.anchor]
        if target is None:
            raise Refused(place, message("the alias {name} contains itself", name=name))
        self._charge(target.size, place)
        if len(self._stack) + target.height > self.dialect.most_depth:
            raise Refused(place, *too_deep(self.dialect))
        self._add(target, None)

    def _add(self, node: Node, anchor: str | None) -> None:
        if anchor is not None:
            self._anchors[anchor] = node
        if self._stack:
            self._stack[-1].children.append(node)
        else:
            self.documents.append(node)

    def _close(self) -> None:
        frame = self._stack.pop()
        node = frame.node
        node.size = 1 + sum(child.size for child in frame.children)
        node.height = 1 + max((child.height for child in frame.children), default=0)
        if isinstance(node, Sequence):
            node.items = frame.children
        else:
            self._fill(node, frame.children)
        self._add(node, frame.anchor)

    def _fill(self, node: Mapping, children: list[Node]) -> None:
        merges: list[Node] = []
        for key_node, child in zip(children[::2], children[1::2], strict=True):
            if not isinstance(key_node, Scalar):
                self.errors.append(
                    key_node.place.problem(message("a name must be text, not a collection"))
                )
                continue
            if key_node.plain and key_node.text == _MERGE and not self.dialect.strict:
                merges.append(child)
                continue
            key = self._name(key_node)
            if key is None:
                continue
            if key in node.entries:
                self._duplicate(node, key, key_node, child)
            node.entries[key] = child
            node.keys[key] = key_node
        for merge in merges:
            self._merge(node, merge)

    def _name(self, key_node: Scalar) -> str | None:
        """The JSON name that a key becomes: kubectl writes numbers and booleans out as text."""
        if isinstance(key_node.value, str):
            return key_node.value
        if self.dialect.strict or key_node.value is None:
            self.errors.append(
                key_node.place.problem(
                    message("a name must be text, not {found}", found=key_node.text or "null"),
                    hint=message("put quotes around it"),
                )
            )
            return None
        if isinstance(key_node.value, bool):
            return "true" if key_node.value else "false"
        return str(key_node.value)

    def _duplicate(self, node: Mapping, key: str, key_node: Scalar, child: Node) -> None:
        first, before = node.keys[key].place, node.entries[key]
        if self.dialect.strict:
            self.errors.append(
                key_node.place.problem(
                    message(
                        "{name} is given twice, first in line {line}", name=key, line=first.line
                    ),
                    hint=message("keep one of the two"),
                )
            )
            return
        self.warnings.append(
            key_node.place.problem(
                message(
                    "{name} is given twice: as kubectl does, the last one wins: {last}, "
                    "not {first} of line {line}",
                    name=key,
                    last=_brief(child),
                    first=_brief(before),
                    line=first.line,
                )
            )
        )

    def _merge(self, node: Mapping, merge: Node) -> None:
        sources = merge.items if isinstance(merge, Sequence) else [merge]
        for source in sources:
            if not isinstance(source, Mapping):
                self.errors.append(
                    source.place.problem(
                        message("only a mapping can be merged by {key}", key=_MERGE)
                    )
                )
                continue
            for key, child in source.entries.items():
                if key not in node.entries:  # What is written out wins over what is merged in.
                    node.entries[key] = child
                    node.keys[key] = source.keys[key]


def _brief(node: Node) -> str:
    if isinstance(node, Scalar):
        return node.text if len(node.text) <= 40 else node.text[:40] + "…"
    return "{…}" if isinstance(node, Mapping) else "[…]"
