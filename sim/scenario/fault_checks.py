"""Whether what a fault is about exists: the version, the machine, the dependency that it names."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Iterator

from sim.errors import Problem
from sim.i18n import Message, message
from sim.scenario.fault_spec import FaultSpec
from sim.scenario.node import Place

_BY_TURN = re.compile(r"old|new|v([3-9]|[1-9][0-9]+)", re.ASCII)
# Kinds of fault that are not about a version. What each does is known higher up (sim/faults).
OF_A_MACHINE = ("node", "slow-node")
OF_THE_MONITORING = ("blind",)
OF_A_DEPENDENCY = ("outage", "lock", "latency", "errors")
# These say themselves when they hold; any other kind may begin later: `bug:new:5%@60s`.
NOT_OF_A_VERSION = OF_A_MACHINE + OF_A_DEPENDENCY + OF_THE_MONITORING
# Kinds that may be limited to one class of requests: `bug:new:3%@checkout`.
OF_A_CLASS = ("bug", "slow", "hang", "leak", "crash")


def comes_by_turn(version: str) -> bool:
    """Whether some pod template may be called *version* without an image: `old`, `new`, `v3` …"""
    return _BY_TURN.fullmatch(version) is not None


def without_a_version(faults: Iterable[FaultSpec], named: Collection[str]) -> Iterator[Problem]:
    """A fault of a version that never runs would look like a release that bears it."""
    for fault in faults:
        if fault.kind in NOT_OF_A_VERSION:
            continue
        if fault.version not in named and not comes_by_turn(fault.version):
            text = message(
                "fault {fault}: no pod template will be called {name}",
                fault=repr(fault.text),
                name=repr(fault.version),
            )
            yield _at(fault, text, _known(dict.fromkeys(["old", "new", *named])))


def without_a_machine(faults: Iterable[FaultSpec], nodes: Collection[str]) -> Iterator[Problem]:
    """A fault of a machine that there is not."""
    for fault in faults:
        if fault.kind in OF_A_MACHINE and fault.version not in nodes:
            text = message(
                "fault {fault}: there is no machine {name}",
                fault=repr(fault.text),
                name=repr(fault.version),
            )
            yield _at(fault, text, _known(nodes))


def without_a_dependency(
    faults: Iterable[FaultSpec], dependencies: Collection[str]
) -> Iterator[Problem]:
    """A fault of a dependency that nobody has named."""
    for fault in faults:
        if fault.kind in OF_A_DEPENDENCY and fault.version not in dependencies:
            text = message(
                "fault {fault}: there is no dependency {name}",
                fault=repr(fault.text),
                name=repr(fault.version),
            )
            yield _at(fault, text, known_dependency(fault.version, dependencies))


def without_a_class(faults: Iterable[FaultSpec], classes: Collection[str]) -> Iterator[Problem]:
    """A fault of a class of requests that there is not."""
    for fault in faults:
        name = fault.endpoint_class
        if fault.kind in OF_A_CLASS and name and name not in classes:
            text = message(
                "fault {fault}: there is no class of requests {name}",
                fault=repr(fault.text),
                name=repr(name),
            )
            yield _at(fault, text, known_class(name, classes))


def known_class(name: str, classes: Collection[str]) -> Message:
    """What may have been meant by a class of requests called *name*."""
    near = difflib.get_close_matches(name, classes, n=1, cutoff=0.6)
    if near:
        return message("did you mean {name}?", name=near[0])
    if classes:
        return _known(classes)
    return message("name it under traffic.classes, with its share of the requests")


def known_dependency(name: str, dependencies: Collection[str]) -> Message:
    """What may have been meant by a dependency called *name*."""
    near = difflib.get_close_matches(name, dependencies, n=1, cutoff=0.6)
    if near:
        return message("did you mean {name}?", name=near[0])
    if dependencies:
        return _known(dependencies)
    return message("name it under dependencies, and who calls it under versions.old.calls")


def _known(names: Iterable[str]) -> Message:
    return message("known: {known}", known=", ".join(names))


def _at(fault: FaultSpec, text: Message, hint: Message) -> Problem:
    return Place(fault.file, fault.line, fault.column).problem(text, hint=hint)
