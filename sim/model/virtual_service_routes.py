"""VirtualService and DestinationRule as Istio reads them: the first route that matches, by weight.

(istio/api networking/v1alpha3/virtual_service.proto, destination_rule.proto) Facts 9.1. Requests
of a scenario are all for the path `/`; a condition on anything else that they do not have (method,
query, source) never holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sim.model.backend_name import BackendName, Numbering, is_host_of, service_of_host
from sim.model.objects import JsonObject, namespace_of
from sim.model.pattern import Broken, matches_fully
from sim.model.route_conditions import (
    ALWAYS,
    NEVER,
    Matches,
    Test,
    either,
    every,
    on_header,
    on_path,
    without,
)
from sim.model.routing import NO_BACKEND, Attribute, Destination, Mirror, Route

MESH = "mesh"
# Of a match block; the rest of its conditions never hold.
UNDERSTOOD = frozenset(["name", "uri", "headers", "withoutHeaders", "ignoreUriCase", "statPrefix"])
# Not conditions on headers, wherever they are written (HTTPMatchRequest.headers).
_NO_HEADERS = frozenset(["uri", "scheme", "method", "authority"])


def concerns(virtual_service: JsonObject, service: tuple[str, str]) -> bool:
    """Whether requests for *service* (namespace and name) obey *virtual_service*.

    In the mesh they do if it is for that host. One that is bound to gateways only is obeyed by
    requests that come in there: they are ours if any of its routes leads to the Service.
    """
    spec, namespace = virtual_service.get("spec") or {}, namespace_of(virtual_service)
    gateways = spec.get("gateways") or [MESH]
    hosts = spec.get("hosts") or ()
    if MESH in gateways:
        return any(is_host_of(host, namespace, service) for host in hosts)
    return bool(hosts) and any(
        service_of_host(destination.get("host") or "", namespace) == service
        for route in spec.get("http") or ()
        for destination in _destinations(route)
    )


def virtual_service_routes(
    virtual_service: JsonObject,
    destination_rules: Sequence[JsonObject],
    attributes: Sequence[Attribute],
    number: Numbering,
) -> tuple[Route, ...]:
    """The table that *virtual_service* asks for; who matches nothing gets a 404."""
    namespace = namespace_of(virtual_service)
    found = []
    for route in (virtual_service.get("spec") or {}).get("http") or ():
        matches = _matches(route.get("match") or (), attributes)
        if matches == NEVER:
            continue
        found.append(
            Route(
                matches=() if matches == ALWAYS else matches,
                destinations=_shares(route, namespace, destination_rules, number),
                mirror=_mirror(route, namespace, destination_rules, number),
            )
        )
        if matches == ALWAYS:
            break  # Everything after it is dead.
    return tuple(found)


def subset_labels(
    destination_rules: Iterable[JsonObject], service: tuple[str, str], subset: str
) -> tuple[tuple[str, str], ...] | None:
    """The labels of the *subset* of *service*, None if no DestinationRule names it."""
    for rule in destination_rules:
        spec = rule.get("spec") or {}
        if service_of_host(spec.get("host") or "", namespace_of(rule)) != service:
            continue
        for one in spec.get("subsets") or ():
            if one.get("name") == subset:
                return tuple(sorted((one.get("labels") or {}).items()))
    return None


def string_test(wanted: JsonObject | None) -> Test:
    """A StringMatch: exact, prefix or regex over the whole value; an empty one is `exists`."""
    if wanted and (exact := wanted.get("exact")) is not None:
        return lambda text: bool(text == exact)
    if wanted and (prefix := wanted.get("prefix")) is not None:
        return lambda text: text.startswith(prefix)
    if wanted and (regex := wanted.get("regex")) is not None:
        return lambda text: _matched(regex, text)
    return lambda _: True


def _matched(regex: str, text: str) -> bool:
    try:
        return matches_fully(regex, text)
    except Broken:
        return False  # Istio's webhook refuses it, and so the object.


def _matches(blocks: Sequence[JsonObject], attributes: Sequence[Attribute]) -> Matches:
    if not blocks:
        return ALWAYS
    return either(_block(one, attributes) for one in blocks)


def _block(block: JsonObject, attributes: Sequence[Attribute]) -> Matches:
    """All conditions of one block."""
    if any(
        value not in (None, {}, [], "") for key, value in block.items() if key not in UNDERSTOOD
    ):
        return NEVER
    uri = block.get("uri")
    return every(
        [
            on_path(attributes, string_test(uri)) if uri else ALWAYS,
            *(
                on_header(attributes, name, string_test(wanted))
                for name, wanted in (block.get("headers") or {}).items()
                if name not in _NO_HEADERS
            ),
            *(
                without(attributes, name, string_test(wanted))
                for name, wanted in (block.get("withoutHeaders") or {}).items()
            ),
        ]
    )


def _destinations(route: JsonObject) -> Iterator[JsonObject]:
    for one in route.get("route") or ():
        yield one.get("destination") or {}


def _shares(
    route: JsonObject, namespace: str, rules: Sequence[JsonObject], number: Numbering
) -> tuple[Destination, ...]:
    """Weight ÷ sum of weights; a single destination gets everything, whatever its weight is.

    What leads to a missing Service or subset answers 503 for its share (NC, no cluster).
    """
    asked = list(route.get("route") or ())
    found = []
    for one in asked:
        weight = int(one.get("weight") or 0) if len(asked) > 1 else 1
        backend = _backend(one.get("destination") or {}, namespace, rules, number)
        found.append((backend, weight))
    return shares(found)


def shares(asked: Sequence[tuple[int | None, int]]) -> tuple[Destination, ...]:
    """Backends and weights as destinations; what leads nowhere (None) keeps its share of errors."""
    if not any(backend is not None and weight > 0 for backend, weight in asked):
        return ()
    return tuple(
        Destination(backend=NO_BACKEND if backend is None else backend, weight=weight)
        for backend, weight in asked
        if weight > 0
    )


def _mirror(
    route: JsonObject, namespace: str, rules: Sequence[JsonObject], number: Numbering
) -> Mirror | None:
    found = mirror_of(route)
    if found is None:
        return None
    backend, share = _backend(found[0], namespace, rules, number), found[1] / 100.0
    return Mirror(backend=backend, share=share) if backend is not None and share > 0.0 else None


def mirror_of(route: JsonObject) -> tuple[JsonObject, float] | None:
    """`mirror` with its percentage (all, unless it says so), else the first of `mirrors`."""
    asked, percent = route.get("mirror"), _percent(route)
    if not asked:
        several = route.get("mirrors") or ()
        if not several:
            return None
        asked = several[0].get("destination") or {}
        percent = _value(several[0].get("percentage"))
    return asked, min(max(percent, 0.0), 100.0)


def _percent(route: JsonObject) -> float:
    if route.get("mirrorPercentage") is not None:
        return _value(route["mirrorPercentage"])
    if route.get("mirrorPercent") is not None:
        return float(route["mirrorPercent"])
    return 100.0


def _value(percent: JsonObject | None) -> float:
    """`{value: 5}`; without it everything, and an empty one is 0."""
    return 100.0 if percent is None else float(percent.get("value") or 0.0)


def _backend(
    destination: JsonObject, namespace: str, rules: Sequence[JsonObject], number: Numbering
) -> int | None:
    service = service_of_host(destination.get("host") or "", namespace)
    if service is None:
        return None
    labels: tuple[tuple[str, str], ...] | None = ()
    if destination.get("subset"):
        labels = subset_labels(rules, service, destination["subset"])
    if labels is None:
        return None
    return number(BackendName(namespace=service[0], service=service[1], labels=labels))
