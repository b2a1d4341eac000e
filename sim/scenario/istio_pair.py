"""Two versions behind one Service, whose subsets a VirtualService shares requests out among.

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
    Pair,
    made_pair,
    pod_labels,
    selects_both,
    telling,
    told_apart,
)

ROUTER = "virtual_service"


def pairs(
    manifests: Manifests, first: Manifest, second: Manifest, *, by_name: bool
) -> Iterator[Pair | Problem]:
    """A pair, or why there is none, for each VirtualService that tells the two apart."""
    for service in manifests.of_kind("Service"):
        if not selects_both(manifests, service, first, second):
            continue
        for route in manifests.of_kind("VirtualService"):
            subsets = _Subsets(manifests, service, first, second, route)
            if subsets.tell_apart():
                yield from _pair(subsets, by_name=by_name)


class _Subsets:
    """What the destinations of *route* are: subsets of *service* that have one version's pods."""

    def __init__(
        self,
        manifests: Manifests,
        service: Manifest,
        first: Manifest,
        second: Manifest,
        route: Manifest,
    ) -> None:
        self.first, self.second, self.route = first, second, route
        self.service = (service.namespace, service.name)
        self.spec = value(route.node, "spec") or {}
        self._rules = [plain(one.node) for one in manifests.of_kind("DestinationRule")]
        self._pods = {Version.OLD: pod_labels(first), Version.NEW: pod_labels(second)}

    def version_of(self, destination: JsonObject) -> Version | None:
        """Whose pods *destination* has."""
        labels = self.labels(destination)
        found = [
            version for version, pods in self._pods.items() if labels and matches(pods, labels)
        ]
        return found[0] if len(found) == 1 else None

    def labels(self, destination: JsonObject) -> dict[str, str]:
        """The labels of a subset of the Service; none of anything else."""
        place = service_of_host(destination.get("host") or "", self.route.namespace)
        if place != self.service:
            return {}
        return dict(subset_labels(self._rules, place, destination.get("subset") or "") or ())

    def destinations(self) -> Iterator[JsonObject]:
        """All that the routes name."""
        for route in self.spec.get("http") or ():
            for one in route.get("route") or ():
                yield one.get("destination") or {}

    def tell_apart(self) -> bool:
        """Whether any destination is one version's."""
        return any(self.version_of(one) is not None for one in self.destinations())

    def telling(self) -> str | None:
        """A label by which the subsets know the pods of the two apart."""
        told = [self.labels(one) for one in self.destinations()]
        return telling(self.first, self.second, [key for labels in told for key in labels])


def _pair(subsets: _Subsets, *, by_name: bool) -> Iterator[Pair | Problem]:
    first, second, route = subsets.first, subsets.second, subsets.route
    written = plain(route.node)
    if not is_admitted(route.kind, subsets.spec):
        why = message("it lacks hosts, so Istio refuses it")
        yield not_followed(route, first, second, Unclear(steps=("spec",), why=why))
        return
    if not concerns(written, subsets.service):
        why = message("requests for Service/{name} do not obey it", name=subsets.service[1])
        yield not_followed(route, first, second, Unclear(steps=("spec", "hosts"), why=why))
        return
    found = shared_out(written, subsets.version_of)
    if isinstance(found, Unclear):
        yield not_followed(route, first, second, found)
        return
    label = subsets.telling()
    if label is None:
        why = message("no label tells their pods apart")
        yield not_followed(route, first, second, why)
        return
    understood = way(found, ROUTER, first, second, route)
    if not isinstance(understood, tuple):
        yield not_followed(route, first, second, understood)
    elif is_the_old(found, by_name=by_name):
        name, settings, text = understood
        told, service = told_apart(first, second, label), subsets.service[1]
        yield made_pair(first, second, service, told, text, name, settings, found.before)
