"""What is strange about the objects that say who is sent where, and which of them do not act."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from itertools import islice

from sim.errors import Problem
from sim.i18n import message
from sim.model import ingress_routes as nginx
from sim.model.backend_name import service_of_host
from sim.model.network import ProxyKind
from sim.model.objects import JsonObject
from sim.model.virtual_service_routes import subset_labels
from sim.scenario.findings import Findings
from sim.scenario.manifest import Manifest, Manifests
from sim.scenario.node import Mapping, get, join, plain, value
from sim.scenario.route_checks import VERSIONS, is_admitted
from sim.scenario.route_fields import SPECS, without_effect

_READER = {
    "Ingress": ProxyKind.INGRESS_NGINX,
    "VirtualService": ProxyKind.ISTIO,
    "DestinationRule": ProxyKind.ISTIO,
    "HTTPRoute": ProxyKind.ISTIO,
}
_CANARY_NOTES = (
    *(nginx.CANARY, nginx.BY_HEADER, nginx.BY_HEADER_VALUE, nginx.BY_HEADER_PATTERN),
    *(nginx.BY_COOKIE, nginx.WEIGHT, nginx.WEIGHT_TOTAL),
)
_NOTES = ("metadata", "annotations")


def warnings(manifests: Manifests, proxy: ProxyKind, service: JsonObject) -> Iterator[Problem]:
    """All of them, behind that kind of *proxy*; *service* is the one that users know."""
    for found in _routing(manifests):
        if not is_admitted(found.kind, value(found.node, "spec")):
            continue  # It lacks a required field, which has been said.
        if _READER[found.kind] is not proxy:
            yield found.node.place.problem(
                message(
                    "{title} does not act: requests come through {proxy}",
                    title=found.title,
                    proxy=proxy.value,
                ),
                hint=message("network.proxy: {proxy}", proxy=_READER[found.kind].value),
            )
        elif found.kind == "Ingress":
            yield from _ingress(manifests, found)
        else:
            yield from without_effect(found.node, found.kind, found.path)
            if found.kind == "VirtualService":
                yield from _virtual_service(manifests, found, service)
            elif found.kind == "HTTPRoute":
                yield from _http_route(manifests, found, service)


def leads_to(manifests: Manifests, proxy: ProxyKind) -> set[tuple[str, str]]:
    """Namespace and name of every Service that acting objects lead to."""
    found = set()
    for one in _routing(manifests):
        if _READER[one.kind] is not proxy:
            continue
        obj = plain(one.node)
        if one.kind == "Ingress":
            found |= {(rule.namespace, rule.service) for rule in nginx.rules_of(obj)}
        for place, _ in _targets(one):
            if place is not None:
                found.add(place)
    return found


def leads_nowhere(manifests: Manifests) -> Iterator[Problem]:
    """Of each object the first that leads to a Service, or a subset, that nobody has written."""
    for found in _routing(manifests):
        yield from islice(_lost(manifests, found, None), 1)
        yield from islice(_unknown_subsets(manifests, found), 1)


def _routing(manifests: Manifests) -> Iterator[Manifest]:
    for found in manifests.objects:
        if found.api_version in VERSIONS.get(found.kind, ()):
            yield found


def _services(manifests: Manifests, service: JsonObject | None) -> set[tuple[str, str]]:
    known = {(one.namespace, one.name) for one in manifests.of_kind("Service")}
    if service is None:
        return known
    return known | {(service["metadata"]["namespace"], service["metadata"]["name"])}


def _targets(found: Manifest) -> Iterator[tuple[tuple[str, str] | None, Findings]]:
    """Every Service that an Istio or Gateway API object leads to, and where it says so."""
    spec = Findings(found.node, found.path).below("spec")
    if spec is None or found.kind not in SPECS:
        return
    for route in spec.each("http") if found.kind == "VirtualService" else ():
        several = (
            one.below("destination") for one in [*route.each("route"), *route.each("mirrors")]
        )
        for one in (*several, route.below("mirror")):
            if one is not None:
                yield service_of_host(one.text("host") or "", found.namespace), one
    for rule in spec.each("rules") if found.kind == "HTTPRoute" else ():
        mirrors = (one.below("requestMirror", "backendRef") for one in rule.each("filters"))
        for one in (*rule.each("backendRefs"), *mirrors):
            if one is not None:
                place = one.text("namespace") or found.namespace
                yield (place, one.text("name") or ""), one


def _ingress(manifests: Manifests, found: Manifest) -> Iterator[Problem]:
    notes = get(found.node, *_NOTES)
    written = notes.entries if isinstance(notes, Mapping) else {}
    for name, node in written.items():
        field = join(".".join(_NOTES), name)
        if name == nginx.CLASS:
            yield node.place.problem(
                message("deprecated"), field, message("use spec.ingressClassName")
            )
        elif name in (nginx.WEIGHT, nginx.WEIGHT_TOTAL):
            if not str(plain(node)).isdecimal():
                yield node.place.problem(message("not a whole number: it counts as 0"), field)
        elif name.startswith(nginx.PREFIX) and name not in _CANARY_NOTES:
            near = difflib.get_close_matches(name, _CANARY_NOTES, n=1, cutoff=0.85)
            hint = message("did you mean {name}?", name=near[0]) if near else None
            yield node.place.problem(message("kept, not yet simulated"), field, hint)
    obj = plain(found.node)
    if nginx.is_canary(obj) and nginx.is_for_nginx(obj):
        yield from _alone(manifests, found)


def _alone(manifests: Manifests, found: Manifest) -> Iterator[Problem]:
    """A canary whose host and path no main Ingress has."""
    others = [plain(one.node) for one in manifests.of_kind("Ingress") if one is not found]
    main = {
        rule.entrance
        for one in others
        if nginx.is_for_nginx(one) and not nginx.is_canary(one)
        for rule in nginx.rules_of(one)
    }
    own = [rule.entrance for rule in nginx.rules_of(plain(found.node))]
    if own and not main & set(own):
        yield (get(found.node, "spec", "rules") or found.node).place.problem(
            message("{title} is a canary of nothing", title=found.title),
            "spec.rules",
            message("a main Ingress with the same host and path is wanted"),
        )


def _virtual_service(
    manifests: Manifests, found: Manifest, service: JsonObject
) -> Iterator[Problem]:
    yield from _lost(manifests, found, service)
    yield from _unknown_subsets(manifests, found)
    spec = Findings(found.node, found.path).below("spec")
    routes = list(spec.each("http")) if spec is not None else []
    for index, route in enumerate(routes[:-1]):
        if not list(route.each("match")):
            yield routes[index + 1].node.place.problem(
                message("no request comes this far: the route before it takes everything"),
                routes[index + 1].path,
            )
            break


def _unknown_subsets(manifests: Manifests, found: Manifest) -> Iterator[Problem]:
    """What leads to subsets that no DestinationRule has."""
    rules = [plain(one.node) for one in manifests.of_kind("DestinationRule")]
    for place, one in _targets(found):
        subset = one.text("subset")
        if place is None or subset is None or subset_labels(rules, place, subset) is not None:
            continue
        near = [
            name
            for rule in rules
            if service_of_host(rule["spec"].get("host") or "", found.namespace) == place
            for name in (part.get("name") or "" for part in rule["spec"].get("subsets") or ())
        ]
        yield (get(one.node, "subset") or one.node).place.problem(
            message("no DestinationRule has a subset {name} of this host", name=repr(subset)),
            one.at("subset"),
            message("requests sent there fail; known: {known}", known=", ".join(near) or "-"),
        )


def _http_route(manifests: Manifests, found: Manifest, service: JsonObject) -> Iterator[Problem]:
    yield from _lost(manifests, found, service)


def _lost(manifests: Manifests, found: Manifest, service: JsonObject | None) -> Iterator[Problem]:
    """What leads to Services that nobody has written."""
    known = _services(manifests, service)
    for place, one in _targets(found):
        if place not in known:
            field = "host" if found.kind == "VirtualService" else "name"
            names = ", ".join(sorted(name for _, name in known)[:12]) or "-"
            yield (get(one.node, field) or one.node).place.problem(
                message("there is no Service {name}", name=repr(one.text(field) or "")),
                one.at(field),
                message("requests sent there fail; known: {known}", known=names),
            )
