"""Behaviour files: traffic, users and start-up times, kept apart from what is released.

What `seatrial fit` writes from a recording; it is laid over any scenario or bare manifests.
"""

from __future__ import annotations

from collections.abc import Iterable

from sim.errors import Problem, ScenarioError
from sim.i18n import Message, message
from sim.scenario.draft import Draft
from sim.scenario.node import Mapping, Node, Place, get, value
from sim.scenario.source import Source
from sim.scenario.spec import API_VERSION
from sim.scenario.strict import unknown_field

KIND = "Behaviour"
FIELDS = ("clients", "network", "nodes", "traffic", "users", "versions")
_WHOLE = ("traffic",)  # Its fields depend on its kind: half of one and half of another is nothing.
_TOP = ("apiVersion", "kind", "metadata", "spec")


def laid_over(root: Node, behaviours: Iterable[Source], draft: Draft) -> Node:
    """*root*, a scenario, with the spec of every behaviour file in it; the later file wins.

    `traffic` is taken as a whole; of all else, what the file does not say stays.
    """
    for source in behaviours:
        draft.files.append(source.file)
        try:
            spec = _spec_of(source)
        except ScenarioError as error:
            draft.errors.extend(error.problems)
            continue
        root = _with_spec(root, spec)
    return root


def _spec_of(source: Source) -> Mapping:
    documents, _ = source.documents()
    place = Place(source.file, 1, 1)
    if len(documents) != 1 or not isinstance(documents[0], Mapping):
        raise _refused(place, message("a behaviour file holds one mapping"))
    found = documents[0]
    for name in found.entries:
        if name not in _TOP:
            raise ScenarioError([unknown_field(name, _TOP, found.key_place(name), "")])
    if value(found, "apiVersion") != API_VERSION:
        node = get(found, "apiVersion")
        raise _refused(
            place if node is None else node.place,
            message("apiVersion must be {version}", version=API_VERSION),
        )
    spec = get(found, "spec")
    if not isinstance(spec, Mapping):
        raise _refused(place, message("a behaviour file holds one mapping"), message("add spec"))
    for name in spec.entries:
        if name not in FIELDS:
            raise ScenarioError([unknown_field(name, FIELDS, spec.key_place(name), "spec")])
    return spec


def _with_spec(root: Node, spec: Mapping) -> Node:
    if not isinstance(root, Mapping):
        return root
    base = get(root, "spec")
    merged = _merged(base, spec, _WHOLE) if isinstance(base, Mapping) else spec
    copy = Mapping(root.place, dict(root.entries), dict(root.keys))
    copy.entries["spec"] = merged
    return copy


def _merged(base: Mapping, news: Mapping, whole: tuple[str, ...] = ()) -> Mapping:
    copy = Mapping(base.place, dict(base.entries), dict(base.keys))
    for name, node in news.entries.items():
        before = copy.entries.get(name)
        if isinstance(before, Mapping) and isinstance(node, Mapping) and name not in whole:
            node = _merged(before, node)
        copy.entries[name] = node
        copy.keys[name] = news.keys[name]
    return copy


def _refused(place: Place, text: Message, hint: Message | None = None) -> ScenarioError:
    problem: Problem = place.problem(text, hint=hint)
    return ScenarioError([problem])
