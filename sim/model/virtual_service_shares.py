"""A VirtualService that shares requests out among two versions: whom it sends where.

(istio/api networking/v1alpha3/virtual_service.proto; istio.io, "Traffic Shifting", "Request
Routing") Routes in order, the first that matches wins; after one without a match none is reached.
"""

from __future__ import annotations

from sim.model.objects import JsonObject
from sim.model.sent import Kind, Sent, cookie_in
from sim.model.shared_out import (
    NO_COMMON_ROUTE,
    SHARED_MATCH,
    SharedOut,
    Steps,
    Unclear,
    Version,
    VersionOf,
    percent_of_new,
    sent_by,
)
from sim.model.virtual_service_routes import mirror_of

# Of a match block; none of them tells requests apart.
_NAMES = frozenset(["name", "statPrefix", "ignoreUriCase"])


def shared_out(virtual_service: JsonObject, version_of: VersionOf) -> SharedOut | Unclear:
    """How it shares requests out, or what of it cannot be followed.

    *version_of* says whose pods a `destination` has. Routes that lead elsewhere stay as they are.
    """
    to: dict[Version, list[Sent]] = {Version.OLD: [], Version.NEW: []}
    kept: list[JsonObject] = []
    for index, route in enumerate(virtual_service["spec"].get("http") or ()):
        at: Steps = ("spec", "http", index)
        weights = _weights(route, version_of)
        blocks = list(route.get("match") or ())
        if not blocks or any(map(_is_everything, blocks)):
            percent = percent_of_new(weights, (*at, "route"))
            if isinstance(percent, Unclear):
                return percent
            before = {**virtual_service["spec"], "http": [*kept, _to_old(route, version_of)]}
            return SharedOut(
                percent=percent,
                old_first=weights[0][0] is Version.OLD,
                to_new=tuple(to[Version.NEW]),
                to_old=tuple(to[Version.OLD]),
                mirrored=_mirrored(route, version_of),
                before=({**virtual_service, "spec": before},),
            )
        versions = {version for version, weight in weights if weight > 0 or len(weights) == 1}
        if versions <= {None}:
            kept.append(route)
            continue
        if len(versions) != 1 or _mirrored(route, version_of):
            return Unclear(steps=(*at, "route"), why=SHARED_MATCH)
        sent = sent_by(blocks, _of_block, (*at, "match"))
        if isinstance(sent, Unclear):
            return sent
        to[next(version for version in versions if version is not None)] += sent
    return Unclear(steps=("spec", "http"), why=NO_COMMON_ROUTE)


def _weights(route: JsonObject, version_of: VersionOf) -> list[tuple[Version | None, int]]:
    return [
        (version_of(one.get("destination") or {}), int(one.get("weight") or 0))
        for one in route.get("route") or ()
    ]


def _is_everything(block: JsonObject) -> bool:
    """Whether a block asks for nothing but a path below `/`, as all requests are for."""
    asked = {key: part for key, part in block.items() if key not in _NAMES and part}
    return asked in ({}, {"uri": {"prefix": "/"}})


def _to_old(route: JsonObject, version_of: VersionOf) -> JsonObject:
    """*route*, its time-outs and all, with everything for the old version."""
    old = next(
        one for one in route["route"] if version_of(one.get("destination") or {}) is Version.OLD
    )
    kept = {key: part for key, part in route.items() if key != "match"}
    if _mirrored(route, version_of):
        kept = {key: part for key, part in kept.items() if not key.startswith("mirror")}
    return {**kept, "route": [{key: part for key, part in old.items() if key != "weight"}]}


def _mirrored(route: JsonObject, version_of: VersionOf) -> float:
    """The percentage of which the new version gets copies."""
    found = mirror_of(route)
    return found[1] if found is not None and version_of(found[0]) is Version.NEW else 0.0


def _of_block(block: JsonObject) -> Sent | None:
    headers = block.get("headers") or {}
    others = {key: part for key, part in block.items() if key not in {*_NAMES, "headers"} and part}
    if others not in ({}, {"uri": {"prefix": "/"}}) or len(headers) != 1:
        return None
    [(name, wanted)] = headers.items()
    if name.lower() == "cookie":
        return cookie_in((wanted or {}).get("regex") or "")
    exact = (wanted or {}).get("exact")
    return Sent(kind=Kind.HEADER, name=name, value=exact) if exact else None
