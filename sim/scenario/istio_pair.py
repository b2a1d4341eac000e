"""Two versions that a VirtualService tells apart: subsets of one Service, or two Services.

(istio.io, "Traffic Shifting" and "Request Routing"; istio/api networking/v1alpha3)
"""

from __future__ import annotations

from collections.abc import Iterator

from sim.errors import Problem
from sim.i18n import message
from sim.model.backend_name import service_of_host
from sim.model.objects import JsonObject, matches
from sim.model.shared_out import Unclear, Version
from sim.model.virtual_service_routes import concerns, subset_labels
from sim.model.virtual_service_shares import shared_out
from sim.scenario.manifest import Manifest, Manifests
from sim.scenario.node import plain, value
from sim.scenario.route_checks import is_admitted
from sim.scenario.routed_pair import is_the_old, not_followed, way
from sim.scenario.two_versions import (
    Beside,
    Pair,
    made_pair,
    pod_labels,
    selector_of,
    telling,
    told_apart,
)

ROUTER = "virtual_service"


def pairs(
    manifests: Manifests, first: Manifest, second: Manifest, beside: Beside
) -> Iterator[Pair | Problem]:
    """A pair, or why there is none, for each VirtualService that tells the two apart."""
    for route in manifests.of_kind("VirtualService"):
        found = _Destinations(manifests, first, second, route)
        lost = found.lost()
        if lost is not None:
            yield not_followed(route, first, second, lost)
        elif found.tell_apart():
            yield from _pair(found, beside)


class _Destinations:
    """Where *route* leads: to pods of the *first* Deployment, of the *second*, or elsewhere."""

    def __init__(
        self, manifests: Manifests, first: Manifest, second: Manifest, route: Manifest
    ) -> None:
        self.first, self.second, self.route = first, second, route
        self.written = plain(route.node)
        self._services = {
            (one.namespace, one.name): selector_of(one)
            for one in manifests.of_kind("Service")
            if one.namespace == first.namespace
        }
        self._rules = [plain(one.node) for one in manifests.of_kind("DestinationRule")]
        self._pods = {Version.OLD: pod_labels(first), Version.NEW: pod_labels(second)}

    def version_of(self, destination: JsonObject) -> Version | None:
        """Whose pods *destination* has."""
        selector = self._services.get(self._place(destination)) or {}
        labels = self._labels(destination) or selector
        found = [
            version
            for version, pods in self._pods.items()
            if matches(pods, selector) and matches(pods, labels)
        ]
        return found[0] if len(found) == 1 else None

    def tell_apart(self) -> bool:
        """Whether any destination is one version's."""
        return any(self.version_of(one) is not None for _, one in self._all())

    def lost(self) -> Unclear | None:
        """The first that leads to a subset that nobody has written, of a Service of either."""
        for steps, one in self._all():
            selector = self._services.get(self._place(one)) or {}
            ours = any(matches(pods, selector) for pods in self._pods.values())
            if ours and self._labels(one) is None:
                name = repr(one["subset"])
                why = message("no DestinationRule has a subset {name} of this host", name=name)
                return Unclear(steps=(*steps, "subset"), why=why)
        return None

    def services(self) -> tuple[str, str] | None:
        """The Services of the two where each has one; two empty names where both are subsets.

        None if it is neither so for all destinations.
        """
        found = {
            (version, self._place(one)[1], bool(one.get("subset")))
            for _, one in self._all()
            if (version := self.version_of(one)) is not None
        }
        names = {version: name for version, name, _ in found}
        if all(subset for *_, subset in found):
            return ("", "") if len(set(names.values())) == 1 else None
        if any(subset for *_, subset in found) or len(found) > 2:
            return None
        return names.get(Version.OLD, ""), names.get(Version.NEW, "")

    def live(self) -> str | None:
        """The Service whose requests obey the routes, and that selects the old version's pods."""
        found = [
            name
            for (namespace, name), selector in self._services.items()
            if matches(self._pods[Version.OLD], selector)
            and concerns(self.written, (namespace, name))
        ]
        return found[0] if found else None

    def telling(self) -> str | None:
        """A label by which the subsets know the pods of the two apart, or their Deployments do."""
        told = [self._labels(one) or {} for _, one in self._all()]
        return telling(self.first, self.second, [key for labels in told for key in labels])

    def _place(self, destination: JsonObject) -> tuple[str, str]:
        place = service_of_host(destination.get("host") or "", self.route.namespace)
        return place or ("", "")

    def _labels(self, destination: JsonObject) -> dict[str, str] | None:
        """The labels of the subset, none of a whole Service; None if there is no such subset."""
        if not destination.get("subset"):
            return {}
        found = subset_labels(self._rules, self._place(destination), destination["subset"])
        return None if found is None else dict(found)

    def _all(self) -> Iterator[tuple[tuple[str | int, ...], JsonObject]]:
        """Every destination that a route names, and the steps to it."""
        for index, route in enumerate((value(self.route.node, "spec") or {}).get("http") or ()):
            for at, one in enumerate(route.get("route") or ()):
                steps = ("spec", "http", index, "route", at, "destination")
                yield steps, one.get("destination") or {}


def _pair(found: _Destinations, beside: Beside) -> Iterator[Pair | Problem]:
    first, second, route = found.first, found.second, found.route
    why = _hindrance(found)
    if why is not None:
        yield not_followed(route, first, second, why)
        return
    label, live, services = found.telling(), found.live(), found.services()
    assert label is not None and live is not None and services is not None
    shared = shared_out(found.written, found.version_of)
    if isinstance(shared, Unclear):
        yield not_followed(route, first, second, shared)
        return
    understood = way(shared, ROUTER, first, second, route, beside)
    if not isinstance(understood, tuple):
        yield not_followed(route, first, second, understood)
    elif is_the_old(shared, beside):
        name, settings, text = understood
        told = told_apart(first, second, label, services=services)
        yield made_pair(first, second, live, told, text, name, settings, shared.before)


def _hindrance(found: _Destinations) -> Unclear | None:
    """Why requests do not obey the routes, or why a release could not write them."""
    if not is_admitted(found.route.kind, found.written.get("spec")):
        return Unclear(steps=("spec",), why=message("it lacks hosts, so Istio refuses it"))
    if found.live() is None:
        why = message("requests for the Service of the old version do not obey it")
        return Unclear(steps=("spec", "hosts"), why=why)
    if found.services() is None:
        why = message("it leads to subsets of one Service here and to a whole one there")
        return Unclear(steps=("spec", "http"), why=why)
    if found.telling() is None:
        return Unclear(steps=(), why=message("no label tells their pods apart"))
    return None
