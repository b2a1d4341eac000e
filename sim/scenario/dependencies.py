"""What the workers call, as a scenario says it: its mistakes, its numbers, its assumptions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from sim.errors import Problem
from sim.i18n import Message, message
from sim.model import duration as words
from sim.model.dependency import Call, Dependency
from sim.scenario.fault_checks import known_dependency
from sim.scenario.node import Mapping as MappingNode
from sim.scenario.node import Node, Place, get
from sim.scenario.service import SPREAD_BY_CV
from sim.scenario.spec import Call as CallSpec
from sim.scenario.spec import Spec, Version

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,62}", re.ASCII)

WHY: dict[str, Message] = {
    "dependencies.latency": message("a query to a database nearby takes about ten milliseconds"),
    "dependencies.distribution": message("memoryless service times are the usual first model"),
    "dependencies.cv": message("as spread as an exponential distribution"),
    "dependencies.capacity": message("about as many connections as a small database allows"),
    "dependencies.errors": message("it answers well unless something is wrong with it"),
    "calls.share": message("every request of the version calls it"),
    "calls.timeout": message("shorter than the patience of the clients, so that they hear of it"),
}


def why(field: str) -> Message | None:
    """The reason for a *field* of a dependency or of a call to one; None for any other field."""
    steps = field.split(".")
    if steps[0] == "dependencies":
        return WHY[f"dependencies.{steps[-1]}"]
    if is_of_a_call(field):
        return WHY[f"calls.{steps[-1]}"]
    return None


def is_of_a_call(field: str) -> bool:
    """Whether *field* is one of a version's calls: `versions.old.calls.database.share`."""
    steps = field.split(".")
    return len(steps) == 5 and steps[0] == "versions" and steps[2] == "calls"


def problems(spec: Spec, root: Node | None) -> Iterator[Problem]:
    """Every dependency must have a name that faults can say, and every call must lead to one."""
    for name in spec.dependencies:
        if not _NAME.fullmatch(name):
            yield _key(root, "dependencies", name=name).problem(
                message("{found} is not a valid name", found=repr(name[:60])),
                "spec.dependencies",
                message("a letter, then letters, digits, '-' and '_'"),
            )
    for version, entry in spec.versions.items():
        for name in entry.calls:
            if name not in spec.dependencies:
                yield _key(root, "versions", version, "calls", name=name).problem(
                    message("there is no dependency {name}", name=repr(name[:60])),
                    f"spec.versions.{version}.calls",
                    known_dependency(name, spec.dependencies),
                )


def warnings(spec: Spec, root: Node | None) -> Iterator[Problem]:
    """A dependency that nobody calls is there in vain, and so is a fault of it."""
    called = {name for entry in spec.versions.values() for name in entry.calls}
    called |= {
        name
        for entry in spec.versions.values()
        for one in entry.classes.values()
        for name in one.calls or ()
    }
    for name in spec.dependencies:
        if name not in called:
            yield _key(root, "dependencies", name=name).problem(
                message("no version calls the dependency {name}", name=repr(name)),
                f"spec.dependencies.{name}",
                message("say who does: versions.old.calls"),
            )


def _key(root: Node | None, *steps: str, name: str) -> Place:
    """Where *name* stands in the file."""
    node = get(root, *steps)
    return node.key_place(name) if isinstance(node, MappingNode) else Place("")


def numbers(spec: Spec) -> tuple[Dependency, ...]:
    """All dependencies, in the order of the file: their numbers."""
    return tuple(
        Dependency(
            name=name,
            capacity=one.capacity,
            latency_seconds=one.latency,
            demand=one.distribution,
            demand_cv=one.cv,
            error_ratio=one.errors,
        )
        for name, one in spec.dependencies.items()
    )


def calls(asked: Mapping[str, CallSpec], spec: Spec) -> tuple[Call, ...]:
    """What requests call for whom *asked* is said, in the order in which they do."""
    names = list(spec.dependencies)
    return tuple(
        Call(dependency=names.index(name), share=one.share, timeout_seconds=one.timeout)
        for name, one in asked.items()
    )


def rows(spec: Spec) -> Iterator[tuple[str, str]]:
    """One row of the table of assumptions for each field of each dependency."""
    for name, one in spec.dependencies.items():
        path = f"dependencies.{name}"
        yield f"{path}.latency", words.show_duration(one.latency)
        yield f"{path}.distribution", one.distribution.value
        if one.distribution in SPREAD_BY_CV:
            yield f"{path}.cv", f"{one.cv:g}"
        yield f"{path}.capacity", str(one.capacity)
        yield f"{path}.errors", words.show_share(one.errors)


def call_rows(version: str, entry: Version) -> Iterator[tuple[str, str]]:
    """One row for each field of each call that *entry* names."""
    for name, one in entry.calls.items():
        path = f"versions.{version}.calls.{name}"
        yield f"{path}.share", words.show_share(one.share)
        yield f"{path}.timeout", words.show_duration(one.timeout)
