"""HTTPRoute objects of the Gateway API: the most specific match wins, backends by weight.

(kubernetes-sigs/gateway-api apis/v1/httproute_types.go) A route belongs to a Service (its mesh
form, GAMMA) or to a Gateway. Requests of a scenario are all for the path `/`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sim.model.backend_name import BackendName, Numbering
from sim.model.objects import JsonObject, name_of, namespace_of
from sim.model.pattern import Broken, matches_fully
from sim.model.route_conditions import ALWAYS, NEVER, Matches, Test, every, on_header, on_path
from sim.model.routing import Attribute, Destination, Mirror, Route
from sim.model.virtual_service_routes import shares

UNDERSTOOD = frozenset(["path", "headers"])  # Of a match; its other conditions never hold.
MIRROR = "RequestMirror"
_EXACT, _PREFIX, _REGEX = "Exact", "PathPrefix", "RegularExpression"


def concerns(http_route: JsonObject, service: tuple[str, str]) -> bool:
    """Whether requests for *service* (namespace and name) obey *http_route*.

    One of a Gateway is obeyed by what comes in there: ours if it leads to the Service.
    """
    spec, namespace = http_route.get("spec") or {}, namespace_of(http_route)
    parents = spec.get("parentRefs") or ()
    for parent in parents:
        place = parent.get("namespace") or namespace, parent.get("name")
        if parent.get("kind") == "Service" and place == service:
            return True
    if not any((one.get("kind") or "Gateway") == "Gateway" for one in parents):
        return False
    return any(
        (one.get("namespace") or namespace, one.get("name")) == service
        for rule in spec.get("rules") or ()
        for one in rule.get("backendRefs") or ()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    """One match of one rule, and what decides among those that hold."""

    exact: bool
    prefix: int
    headers: int
    age: tuple[float, str, int]
    matches: Matches
    rule: JsonObject
    namespace: str

    @property
    def rank(self) -> tuple[object, ...]:
        """Smaller goes first; HTTPRouteRule.matches lists the criteria."""
        return not self.exact, -self.prefix, -self.headers, *self.age


def http_route_routes(
    http_routes: Sequence[JsonObject], attributes: Sequence[Attribute], number: Numbering
) -> tuple[Route, ...]:
    """The table of all *http_routes* of one parent; who matches nothing gets a 404."""
    found: list[Route] = []
    candidates = [one for route in http_routes for one in _candidates(route, attributes)]
    for one in sorted(candidates, key=lambda one: one.rank):
        found.append(
            Route(
                matches=() if one.matches == ALWAYS else one.matches,
                destinations=_destinations(one.rule, one.namespace, number),
                mirror=_mirror(one.rule, one.namespace, number),
            )
        )
        if one.matches == ALWAYS:
            break
    return tuple(found)


def _candidates(http_route: JsonObject, attributes: Sequence[Attribute]) -> Iterator[_Candidate]:
    namespace = namespace_of(http_route)
    made = float(http_route["metadata"].get("creationTimestamp") or 0.0)
    rules: Sequence[JsonObject] = (http_route.get("spec") or {}).get("rules") or [{}]
    for place, rule in enumerate(rules):
        blocks: Sequence[JsonObject] = rule.get("matches") or [{}]
        for block in blocks:
            path = block.get("path") or {}
            kind = path.get("type") or _PREFIX
            matches = _matches(block, kind, path.get("value") or "/", attributes)
            if matches != NEVER:
                yield _Candidate(
                    exact=kind == _EXACT,
                    prefix=len(path.get("value") or "/") if kind == _PREFIX else 0,
                    headers=len(block.get("headers") or ()),
                    age=(made, f"{namespace}/{name_of(http_route)}", place),
                    matches=matches,
                    rule=rule,
                    namespace=namespace,
                )


def _matches(block: JsonObject, kind: str, path: str, attributes: Sequence[Attribute]) -> Matches:
    if any(value for key, value in block.items() if key not in UNDERSTOOD):
        return NEVER
    # Of several with one name the first counts (HTTPRouteMatch.headers).
    wanted: dict[str, Test] = {}
    for one in block.get("headers") or ():
        test = _test(one.get("value") or "", one.get("type") or _EXACT)
        wanted.setdefault((one.get("name") or "").lower(), test)
    headers = (on_header(attributes, name, test) for name, test in wanted.items())
    return every([on_path(attributes, _test(path, kind)), *headers])


def _test(value: str, kind: str) -> Test:
    if kind == _REGEX:
        return lambda text: _matched(value, text)
    if kind == _PREFIX:
        return lambda text: text == value or text.startswith(value.rstrip("/") + "/")
    return lambda text: text == value


def _matched(pattern: str, text: str) -> bool:
    try:
        return matches_fully(pattern, text)
    except Broken:
        return False


def _destinations(rule: JsonObject, namespace: str, number: Numbering) -> tuple[Destination, ...]:
    """backendRefs by weight, 1 unless it is given; 0 is nobody. Without any: errors (500)."""
    asked = [
        (
            _backend(one, namespace, number),
            int(1 if one.get("weight") is None else one["weight"]),
        )
        for one in rule.get("backendRefs") or ()
    ]
    return shares(asked)


def _backend(reference: JsonObject, namespace: str, number: Numbering) -> int | None:
    if (reference.get("kind") or "Service") != "Service":
        return None
    # One of another namespace needs a ReferenceGrant there, which is not looked for.
    place = reference.get("namespace") or namespace
    return number(BackendName(namespace=place, service=reference.get("name") or ""))


def _mirror(rule: JsonObject, namespace: str, number: Numbering) -> Mirror | None:
    found = mirror_of(rule)
    if found is None:
        return None
    backend, share = _backend(found[0], namespace, number), found[1]
    return Mirror(backend=backend, share=share) if backend is not None and share > 0 else None


def mirror_of(rule: JsonObject) -> tuple[JsonObject, float] | None:
    """The first RequestMirror filter: all requests, a percent of them, or a fraction."""
    for one in rule.get("filters") or ():
        asked = one.get("requestMirror") or {}
        if one.get("type") == MIRROR and asked:
            return asked.get("backendRef") or {}, mirrored_share(asked)
    return None


def mirrored_share(asked: JsonObject) -> float:
    """The share that a RequestMirror filter names, from 0 to 1."""
    if asked.get("percent") is not None:
        return float(min(max(float(asked["percent"]) / 100.0, 0.0), 1.0))
    if (fraction := asked.get("fraction")) is not None:
        parts = float(fraction.get("numerator") or 0) / float(fraction.get("denominator") or 100)
        return min(max(parts, 0.0), 1.0)
    return 1.0
