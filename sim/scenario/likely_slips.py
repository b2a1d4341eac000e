"""What the API server takes but hardly anybody means: odd amounts, names that lead nowhere.

A probe of a port that the container does not name never succeeds; a Service's named target port
that no container has leads nowhere; an autoscaler of a Deployment that does not exist scales
nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from sim.errors import Problem
from sim.i18n import message
from sim.model.quantity import quantity
from sim.model.unreadable import Unreadable
from sim.scenario.manifest import Manifest, Manifests
from sim.scenario.node import Mapping, Node, Scalar, Sequence, get, value
from sim.scenario.pod_checks import MEGACORE

_CONTAINERS = ("spec", "template", "spec", "containers")
_PROBES = ("readinessProbe", "livenessProbe", "startupProbe")
_LEAST_BYTES = 1024.0  # Nobody means a container of less.


def warnings(manifests: Manifests, owner: Manifest, service: Manifest | None) -> Iterator[Problem]:
    """Those of *owner*, of the *service* that leads to it, and of autoscalers."""
    containers = get(owner.node, *_CONTAINERS)
    items = containers.items if isinstance(containers, Sequence) else []
    for number, one in enumerate(items):
        path = f"spec.template.spec.containers[{number}]"
        yield from _amounts(one, path)
        yield from _probes(one, path)
    if service is not None:
        yield from _target_ports(service, {name for one in items for name in _port_names(one)})
    yield from _autoscalers(manifests)


def _amounts(container: Node, path: str) -> Iterator[Problem]:
    for which in ("requests", "limits"):
        found = get(container, "resources", which)
        for name, node in found.entries.items() if isinstance(found, Mapping) else ():
            amount = _amount(node)
            if amount is None or not isinstance(node, Scalar):
                continue
            where = f"{path}.resources.{which}.{name}"
            if name == "memory" and 0 < amount < _LEAST_BYTES:
                yield node.place.problem(
                    message("{found} is {bytes} bytes", found=node.text, bytes=f"{amount:g}"),
                    where,
                    message("did you mean {name}?", name=f"{node.text.rstrip('m')}Mi"),
                )
            elif name == "cpu" and amount >= MEGACORE:
                yield node.place.problem(
                    message("{found} is {cores} cores", found=node.text, cores=f"{amount:,.0f}"),
                    where,
                    message("did you mean {name}?", name=f"{amount / 10**6:g}m"),
                )


def _amount(node: Node) -> float | None:
    if not isinstance(node, Scalar) or isinstance(node.value, bool):
        return None
    try:
        return quantity(node.text if node.plain else str(node.value))
    except Unreadable:
        return None


def _probes(container: Node, path: str) -> Iterator[Problem]:
    names = _port_names(container)
    for probe in _PROBES:
        for handler in ("httpGet", "tcpSocket"):
            port = get(container, probe, handler, "port")
            if isinstance(port, Scalar) and isinstance(port.value, str) and port.value not in names:
                yield port.place.problem(
                    message(
                        "this container has no port called {name}: in a cluster the probe never"
                        " succeeds; here it does",
                        name=repr(port.value[:60]),
                    ),
                    f"{path}.{probe}.{handler}.port",
                    message("known: {known}", known=", ".join(names) or "-"),
                )


def _port_names(container: Node) -> list[str]:
    ports = value(container, "ports")
    found = ports if isinstance(ports, list) else []
    return [str(one["name"]) for one in found if isinstance(one, dict) and one.get("name")]


def _target_ports(service: Manifest, names: set[str]) -> Iterator[Problem]:
    ports = get(service.node, "spec", "ports")
    for number, one in enumerate(ports.items if isinstance(ports, Sequence) else ()):
        target = get(one, "targetPort")
        if isinstance(target, Scalar) and isinstance(target.value, str):
            if target.value in names:
                continue
            yield target.place.problem(
                message(
                    "no container has a port called {name}: in a cluster this port leads nowhere;"
                    " here it leads to the pods",
                    name=repr(target.value[:60]),
                ),
                f"spec.ports[{number}].targetPort",
                message("known: {known}", known=", ".join(sorted(names)) or "-"),
            )


def _autoscalers(manifests: Manifests) -> Iterator[Problem]:
    known = [one.title for one in manifests.objects]
    for one in manifests.of_kind("HorizontalPodAutoscaler"):
        target = get(one.node, "spec", "scaleTargetRef")
        title = f"{value(target, 'kind')}/{value(target, 'name')}"
        if target is not None and title not in known:
            deployments = [found.title for found in manifests.releasable()]
            yield target.place.problem(
                message("there is no {title} among the manifests: nothing is scaled", title=title),
                "spec.scaleTargetRef",
                message("known: {known}", known=", ".join(deployments) or "-"),
            )
