"""An HTTPRoute whose backends are two versions' Services: whom it sends where.

(kubernetes-sigs/gateway-api apis/v1/httproute_types.go; gateway-api.sigs.k8s.io, "HTTP traffic
splitting")
"""

from __future__ import annotations

from sim.model.http_route_routes import MIRROR, mirror_of
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

_EVERYTHING = {"type": "PathPrefix", "value": "/"}


def shared_out(http_route: JsonObject, version_of: VersionOf) -> SharedOut | Unclear:
    """How it shares requests out, or what of it cannot be followed.

    *version_of* says whose pods a `backendRef` has. Rules that lead elsewhere stay as they are.
    """
    to: dict[Version, list[Sent]] = {Version.OLD: [], Version.NEW: []}
    kept: list[JsonObject] = []
    found: tuple[float, bool, float] | None = None
    for index, rule in enumerate(http_route["spec"].get("rules") or ()):
        at: Steps = ("spec", "rules", index)
        weights = [(version_of(one), _weight(one)) for one in rule.get("backendRefs") or ()]
        blocks = list(rule.get("matches") or ())
        versions = {version for version, weight in weights if weight > 0}
        if versions <= {None}:
            kept.append(rule)
        elif not blocks or any(map(_is_everything, blocks)):
            percent = percent_of_new(weights, (*at, "backendRefs"))
            if isinstance(percent, Unclear):
                return percent
            if found is None:  # Of two equal rules the first counts.
                found = percent, weights[0][0] is Version.OLD, _mirrored(rule, version_of)
                kept.append(_to_old(rule, version_of))
        elif len(versions) != 1 or _mirrored(rule, version_of):
            return Unclear(steps=(*at, "backendRefs"), why=SHARED_MATCH)
        else:
            sent = sent_by(blocks, _of_block, (*at, "matches"))
            if isinstance(sent, Unclear):
                return sent
            to[next(version for version in versions if version is not None)] += sent
    if found is None:
        return Unclear(steps=("spec", "rules"), why=NO_COMMON_ROUTE)
    return SharedOut(
        percent=found[0],
        old_first=found[1],
        mirrored=found[2],
        to_new=tuple(to[Version.NEW]),
        to_old=tuple(to[Version.OLD]),
        before=({**http_route, "spec": {**http_route["spec"], "rules": kept}},),
    )


def _weight(reference: JsonObject) -> int:
    return int(1 if reference.get("weight") is None else reference["weight"])


def _is_everything(block: JsonObject) -> bool:
    """Whether a match asks for nothing but a path below `/`, as all requests are for."""
    asked = {key: part for key, part in block.items() if part}
    return set(asked) <= {"path"} and _EVERYTHING | asked.get("path", {}) == _EVERYTHING


def _to_old(rule: JsonObject, version_of: VersionOf) -> JsonObject:
    """*rule*, its filters and all, with everything for the old version."""
    old = next(one for one in rule["backendRefs"] if version_of(one) is Version.OLD)
    refs = [{key: part for key, part in old.items() if key != "weight"}]
    if not _mirrored(rule, version_of):
        return {**rule, "backendRefs": refs}
    filters = [one for one in rule["filters"] if one.get("type") != MIRROR]
    kept = {key: part for key, part in rule.items() if key != "filters"}
    return {**kept, **({"filters": filters} if filters else {}), "backendRefs": refs}


def _mirrored(rule: JsonObject, version_of: VersionOf) -> float:
    """The percentage of which the new version gets copies."""
    found = mirror_of(rule)
    return 100.0 * found[1] if found and version_of(found[0]) is Version.NEW else 0.0


def _of_block(block: JsonObject) -> Sent | None:
    headers = block.get("headers") or []
    rest = {key: part for key, part in block.items() if key != "headers"}
    if not _is_everything(rest) or len(headers) != 1:
        return None
    [wanted] = headers
    name, value = wanted.get("name") or "", wanted.get("value") or ""
    if (wanted.get("type") or "Exact") == "Exact" and value:
        return Sent(kind=Kind.HEADER, name=name, value=value)
    return cookie_in(value) if name.lower() == "cookie" else None
