"""Rule files of Prometheus, alone or inside a ConfigMap or a PrometheusRule, with their places.

(prometheus/prometheus model/rulefmt/rulefmt.go; docs/configuration/recording_rules.md)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from sim.errors import Problem, ScenarioError
from sim.i18n import Message, message
from sim.model.alert_template import Template
from sim.model.duration import duration
from sim.model.rules import AlertRule, RecordingRule, RuleGroup
from sim.model.samples import Labels, labels_of
from sim.model.unreadable import Unreadable
from sim.scenario.dialect import MANIFEST
from sim.scenario.node import Mapping, Node, Place, Scalar, Sequence, get, join, kind_of, value
from sim.scenario.promql import unreadable_query
from sim.scenario.strict import unknown_field
from sim.scenario.yaml import read

_IS_RULES = re.compile(r"^groups:", re.MULTILINE)
_GROUP = ("name", "interval", "limit", "query_offset", "labels", "rules")
_ALERT = ("alert", "expr", "for", "keep_firing_for", "labels", "annotations")
_RECORD = ("record", "expr", "labels")
_METRIC = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*", re.ASCII)


def is_rule_file(node: Node) -> bool:
    """Whether a document is rules, and no object of Kubernetes."""
    return isinstance(node, Mapping) and "groups" in node.entries and "kind" not in node.entries


def rules_in(node: Mapping, kind: str, path: str) -> Iterator[tuple[Node, str]]:
    """The rule files inside an object: the texts of a ConfigMap, the spec of a PrometheusRule.

    Raise a `ScenarioError` for a text that is no YAML.
    """
    if kind == "PrometheusRule":
        spec = get(node, "spec")
        if isinstance(spec, Mapping):
            yield spec, join(path, "spec")
    data = get(node, "data")
    if kind == "ConfigMap" and isinstance(data, Mapping):
        for key, text in data.entries.items():
            if isinstance(text, Scalar) and _IS_RULES.search(str(text.value)):
                for document in _documents(text, data.key_place(key)):
                    yield document, join(join(path, "data"), key)


def _documents(text: Scalar, key: Place) -> list[Node]:
    """The documents of a text, where they stand in the file around it.

    A block (`|`) is taken for indented by two more than its name, as everybody does.
    """

    def place(line: int, column: int) -> Place:
        if not text.block or not line:
            return text.place
        return Place(text.place.file, text.place.line + line, key.column + 1 + column)

    try:
        documents, _ = read(str(text.value), text.place.file, MANIFEST)
    except ScenarioError as error:
        moved = [(problem, place(problem.line, problem.column)) for problem in error.problems]
        raise ScenarioError(
            [replace(problem, line=to.line, column=to.column) for problem, to in moved]
        ) from None
    for document in documents:
        for node in _all(document):
            node.place = place(node.place.line, node.place.column)
    return documents


def _all(node: Node) -> Iterator[Node]:
    """*node*, everything below it, and the names."""
    yield node
    if isinstance(node, Mapping):
        yield from node.keys.values()
    for child in node.entries.values() if isinstance(node, Mapping) else ():
        yield from _all(child)
    for child in node.items if isinstance(node, Sequence) else ():
        yield from _all(child)


class RuleReader:
    """Reads rule files one by one; *groups* and *errors* are the result."""

    def __init__(self) -> None:
        self.groups: list[RuleGroup] = []
        self.errors: list[Problem] = []

    def add(self, node: Node, path: str = "") -> None:
        """One more rule file, whose fields are called by *path*."""
        assert isinstance(node, Mapping)
        self._only(node, ("groups",), path)
        names: set[str] = set()
        for number, group in enumerate(self._list(node, "groups", path)):
            at = join(join(path, "groups"), number)
            if not isinstance(group, Mapping):
                self._wrong(group, at, message("a mapping"))
                continue
            name = self._text(group, "name", at)
            if name in names:
                here = get(group, "name") or group
                twice = message("two groups are called {name}", name=repr(name))
                self.errors.append(here.place.problem(twice, join(at, "name")))
            names.add(name)
            self._group(group, name, at)

    def _group(self, group: Mapping, name: str, path: str) -> None:
        self._only(group, _GROUP, path)
        for field in ("limit", "query_offset"):
            found = get(group, field)
            if found is not None and value(group, field) not in (0, "0s", "0"):
                refused = message("{field} of a group of rules is not simulated", field=field)
                self.errors.append(found.place.problem(refused, join(path, field)))
        shared = dict(self._labels(group, "labels", path))
        rules = []
        for number, rule in enumerate(self._list(group, "rules", path)):
            at = join(join(path, "rules"), number)
            if isinstance(rule, Mapping):
                rules.append(self._rule(rule, shared, at))
            else:
                self._wrong(rule, at, message("a mapping"))
        interval = self._seconds(group, "interval", path)
        self.groups.append(
            RuleGroup(
                name=name,
                rules=tuple(rule for rule in rules if rule is not None),
                interval_seconds=interval or None,
            )
        )

    def _rule(
        self, rule: Mapping, shared: dict[str, str], path: str
    ) -> AlertRule | RecordingRule | None:
        """One rule; *shared* are the labels of its group."""
        kinds = [kind for kind in ("alert", "record") if get(rule, kind) is not None]
        if len(kinds) != 1:
            text = message("a rule has exactly one of alert and record")
            self.errors.append(rule.place.problem(text, path))
            return None
        (kind,) = kinds
        self._only(rule, _ALERT if kind == "alert" else _RECORD, path)
        name, expr = self._text(rule, kind, path), self._text(rule, "expr", path)
        found = get(rule, "expr")
        place = Place("") if found is None else found.place
        if expr and (why := unreadable_query(expr)) is not None:
            self.errors.append(place.problem(why, join(path, "expr")))
        labels = labels_of(shared | dict(self._labels(rule, "labels", path)))
        at = (place.file, place.line, place.column)
        if kind == "record":
            if not _METRIC.fullmatch(name):
                bad = message("{found} is not the name of a metric", found=repr(name[:60]))
                self.errors.append(rule.place.problem(bad, join(path, kind)))
            return RecordingRule(name=name, expr=expr, labels=labels, place=at)
        return AlertRule(
            name=name,
            expr=expr,
            for_seconds=self._seconds(rule, "for", path),
            keep_firing_for_seconds=self._seconds(rule, "keep_firing_for", path),
            labels=labels,
            annotations=self._labels(rule, "annotations", path),
            place=at,
        )

    def _only(self, node: Mapping, known: tuple[str, ...], path: str) -> None:
        for key in node.entries:
            if key not in known:
                self.errors.append(unknown_field(key, list(known), node.key_place(key), path))

    def _list(self, node: Mapping, field: str, path: str) -> list[Node]:
        found = get(node, field)
        if isinstance(found, Sequence):
            return found.items
        if found is not None:
            self._wrong(found, join(path, field), message("a list"))
        return []

    def _text(self, node: Mapping, field: str, path: str) -> str:
        found = get(node, field)
        if isinstance(found, Scalar) and not isinstance(found.value, bool):
            return found.text if field == "expr" else str(found.value)
        if found is None:
            missing = message("required value")
            self.errors.append(node.place.problem(missing, join(path, field)))
        else:
            self._wrong(found, join(path, field), message("a text"))
        return ""

    def _seconds(self, node: Mapping, field: str, path: str) -> float:
        found = get(node, field)
        if found is None:
            return 0.0
        try:
            return duration(str(found.value) if isinstance(found, Scalar) else "-")
        except Unreadable as error:
            self.errors.append(found.place.problem(error.message, join(path, field), error.hint))
            return 0.0

    def _labels(self, node: Mapping, field: str, path: str) -> Labels:
        """Names and their templates."""
        found = get(node, field)
        if found is None:
            return ()
        if not isinstance(found, Mapping):
            self._wrong(found, join(path, field), message("a mapping of names to values"))
            return ()
        texts = {}
        for name, text in found.entries.items():
            at = join(join(path, field), name)
            if not isinstance(text, Scalar) or text.value is None:
                self._wrong(text, at, message("a text"))
                continue
            texts[name] = text.text
            try:
                Template(text.text)
            except Unreadable as error:
                self.errors.append(text.place.problem(error.message, at, error.hint))
        return tuple(texts.items())

    def _wrong(self, node: Node, path: str, wanted: Message) -> None:
        text = message("wanted {wanted}, found {found}", wanted=wanted, found=kind_of(node))
        self.errors.append(node.place.problem(text, path))
