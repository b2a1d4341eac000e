"""Two versions, each behind a Service of its own, that an HTTPRoute shares requests out among.

(gateway-api.sigs.k8s.io, "HTTP traffic splitting"; its mesh form: geps/gep-1324)
"""

from __future__ import annotations

from collections.abc import Iterator

from sim.errors import Problem
from sim.i18n import message
from sim.model.http_route_routes import concerns
from sim.model.http_route_shares import shared_out
from sim.model.objects import JsonObject
from sim.model.shared_out import Unclear, Version
from sim.scenario.manifest import Manifest, Manifests
from sim.scenario.node import plain
from sim.scenario.routed_pair import is_the_old, not_followed, way
from sim.scenario.two_versions import (
    Beside,
    Pair,
    alone,
    made_pair,
    reached,
    telling,
    told_apart,
)

ROUTER = "http_route"


def pairs(
    manifests: Manifests, first: Manifest, second: Manifest, beside: Beside
) -> Iterator[Pair | Problem]:
    """A pair, or why there is none, for each HTTPRoute that leads to both, each by its Service."""
    for route in manifests.of_kind("HTTPRoute"):
        named = _services(plain(route.node))
        old, new = (
            next((one for one in alone(manifests, side) if _place(one) in named), None)
            for side in (first, second)
        )
        if old is not None and new is not None:
            yield from _pair(manifests, first, second, route, (old, new), beside)


def _pair(
    manifests: Manifests,
    first: Manifest,
    second: Manifest,
    route: Manifest,
    sides: tuple[Manifest, Manifest],
    beside: Beside,
) -> Iterator[Pair | Problem]:
    old, new = sides
    version = {_place(old): Version.OLD, _place(new): Version.NEW}
    written = plain(route.node)
    shared = shared_out(written, lambda one: version.get(_target(one, route.namespace)))
    live, label = _live(manifests, first, second, written, old), telling(first, second)
    if live is None:
        why = message("requests for the Service of the old version do not obey it")
        yield not_followed(route, first, second, Unclear(steps=("spec", "parentRefs"), why=why))
    elif label is None:
        yield not_followed(route, first, second, message("no label tells their pods apart"))
    elif isinstance(shared, Unclear):
        yield not_followed(route, first, second, shared)
    elif not isinstance(understood := way(shared, ROUTER, first, second, route, beside), tuple):
        yield not_followed(route, first, second, understood)
    elif is_the_old(shared, beside):
        name, settings, text = understood
        told = told_apart(first, second, label, services=(old.name, new.name))
        yield made_pair(first, second, live, told, text, name, settings, shared.before)


def _live(
    manifests: Manifests, first: Manifest, second: Manifest, route: JsonObject, old: Manifest
) -> str | None:
    """The Service that users know: in a mesh the route's parent, behind a Gateway the old one's."""
    both = ({id(first), id(second)}, {id(first)})
    services = [
        one
        for one in manifests.of_kind("Service")
        if one.namespace == old.namespace
        and {id(found) for found in reached(manifests, one)} in both
        and concerns(route, _place(one))
    ]
    parents = {one.get("name") for one in route["spec"].get("parentRefs") or ()}
    services.sort(key=lambda one: (one.name not in parents, one is not old))
    return services[0].name if services else None


def _services(route: JsonObject) -> set[tuple[str, str]]:
    """Every Service that *route* leads to."""
    namespace = route["metadata"].get("namespace") or "default"
    return {
        _target(one, namespace)
        for rule in (route.get("spec") or {}).get("rules") or ()
        for one in rule.get("backendRefs") or ()
    }


def _target(reference: JsonObject, namespace: str) -> tuple[str, str]:
    return reference.get("namespace") or namespace, reference.get("name") or ""


def _place(service: Manifest) -> tuple[str, str]:
    return service.namespace, service.name
