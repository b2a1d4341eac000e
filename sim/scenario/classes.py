"""Classes of requests as a scenario says them: mistakes, numbers, and rows of the assumptions."""

from __future__ import annotations

from collections.abc import Iterator

from sim.errors import Problem
from sim.i18n import message
from sim.model import duration as words
from sim.model.endpoint_class import ClassBehaviour, EndpointClass, Work
from sim.scenario import dependencies
from sim.scenario.fault_checks import known_class, known_dependency
from sim.scenario.node import Mapping, Node, Place, get
from sim.scenario.request_class import ClassOfVersion
from sim.scenario.service import Service
from sim.scenario.spec import Spec, Version


def problems(spec: Spec, root: Node | None) -> Iterator[Problem]:
    """A version may speak of classes that there are, and of dependencies that there are."""
    for version, entry in spec.versions.items():
        for name, one in entry.classes.items():
            if name not in spec.traffic.classes:
                yield _key(root, "versions", version, "classes", name=name).problem(
                    message("there is no class of requests {name}", name=repr(name[:60])),
                    f"spec.versions.{version}.classes",
                    known_class(name, spec.traffic.classes),
                )
            for called in one.calls or ():
                if called not in spec.dependencies:
                    path = ("versions", version, "classes", name, "calls")
                    yield _key(root, *path, name=called).problem(
                        message("there is no dependency {name}", name=repr(called[:60])),
                        f"spec.{'.'.join(path)}",
                        known_dependency(called, spec.dependencies),
                    )


def _key(root: Node | None, *steps: str, name: str) -> Place:
    """Where *name* stands in the file."""
    node = get(root, *steps)
    return node.key_place(name) if isinstance(node, Mapping) else Place("")


def numbers(spec: Spec) -> tuple[EndpointClass, ...]:
    """All classes, in the order of the file: their numbers."""
    return tuple(
        EndpointClass(name=name, share=one.share, idempotent=one.idempotent, path=one.path)
        for name, one in spec.traffic.classes.items()
    )


def behaviours(entry: Version, spec: Spec) -> tuple[ClassBehaviour, ...]:
    """What *entry* does with each class."""
    return tuple(
        _behaviour(name, entry, entry.classes.get(name, ClassOfVersion()), spec)
        for name in spec.traffic.classes
    )


def _behaviour(name: str, entry: Version, one: ClassOfVersion, spec: Spec) -> ClassBehaviour:
    usual = spec.traffic.classes[name].service_time
    return ClassBehaviour(
        name=name,
        service_time_factor=usual if one.service_time is None else one.service_time,
        work=None if one.service is None else _work(one.service.over(entry.service)),
        calls=None if one.calls is None else dependencies.calls(one.calls, spec),
        error_ratio=one.errors,
    )


def _work(service: Service) -> Work:
    return Work(
        cpu_seconds=service.computing,
        wait_seconds=service.waiting,
        demand=service.distribution,
        demand_cv=service.cv,
        measured_seconds=service.measured,
        measured_shares=service.measured_shares,
    )


def rows(spec: Spec) -> Iterator[tuple[str, str]]:
    """One row of the table of assumptions for each class, and for what a version says of one."""
    for name, one in spec.traffic.classes.items():
        shown = [words.show_share(one.share)]
        if one.service_time != 1.0:
            shown.append(words.show_factor(one.service_time))
        if one.idempotent is not None:
            shown.append("idempotent" if one.idempotent else "not idempotent")
        if one.path != "/":
            shown.append(one.path)
        yield f"traffic.classes.{name}", ", ".join(shown)
    for version, entry in spec.versions.items():
        for name, own in entry.classes.items():
            yield f"versions.{version}.classes.{name}", ", ".join(_shown(own))


def _shown(own: ClassOfVersion) -> Iterator[str]:
    """As the file has it: names of fields and their values."""
    if own.service_time is not None:
        yield f"serviceTime {words.show_factor(own.service_time)}"
    if own.service is not None:
        yield f"service {words.show_duration(own.service.computing + own.service.waiting)}"
    if own.calls is not None:
        yield f"calls {' '.join(own.calls) or '-'}"
    if own.errors:
        yield f"errors {words.show_share(own.errors)}"
