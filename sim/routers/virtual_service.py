"""VirtualService: weights, matches and mirrors of an Istio mesh, over subsets of one Service.

(istio/api networking/v1alpha3/virtual_service.proto, destination_rule.proto; facts 9.1)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.model.backend_name import service_of_host
from sim.model.canary_replicas import Split, routed
from sim.model.objects import JsonObject
from sim.model.virtual_service_routes import concerns
from sim.ports import KubeApi
from sim.routers.objects import ensure, put_back, put_spec, remember
from sim.routers.router import Capability, Kind, Sent, Side, Site, Track
from sim.routers.services import require_distinct, require_shared
from sim.routers.shares import cookie_of, cookie_pattern, rounded_up, whole_weights

API_VERSION = "networking.istio.io/v1"
MATCHED = "seatrial-match"  # The route of those that are sent to canary whatever the weight.


@dataclass(frozen=True, slots=True)
class VirtualServiceRouter:
    """The route without a match of a VirtualService, and one before it for whom `set_match` names.

    Routes that somebody else wrote with matches of their own stay between the two.
    """

    api: KubeApi
    site: Site

    name = "virtual_service"
    capabilities = frozenset(Capability)
    # istiod waits for a quiet moment, 10 s at most, and pushes (PILOT_DEBOUNCE_MAX; facts 6.4).
    hearing_seconds = 10.5

    def prepare(self) -> None:
        """Both subsets first, or their share would get errors; then everything to stable."""
        require_distinct(self.site)
        if not self.site.has_services:
            self._prepare_subsets()
        found = self._virtual_service()
        if found is None:
            spec = {"hosts": [self.site.service], "http": [self._default({}, 0.0)]}
            ensure(self.api, self._object("VirtualService", spec))
        elif not self._is_prepared(found):
            others, default = _parted(found)
            put_spec(
                self.api,
                remember(self.api, found, "http"),
                http=[*others, self._default(default, 0.0)],
            )

    def _prepare_subsets(self) -> None:
        require_shared(self.api, self.site)
        rule = self._rule()
        if rule is None:
            rule = ensure(self.api, self._object("DestinationRule", {"host": self.site.service}))
        subsets = list(rule["spec"].get("subsets") or ())
        for name, track in (("stable", self.site.stable), ("canary", self.site.canary)):
            if not any(_is_of(one, track) for one in subsets):
                subsets = _narrowed(subsets, name, track)
        if subsets != (rule["spec"].get("subsets") or []):
            put_spec(self.api, remember(self.api, rule, "subsets"), subsets=subsets)

    def sizes(self, canary_percent: float, replicas: int) -> Split:
        """Canary's part, rounded up; stable keeps all its pods."""
        return routed(replicas, rounded_up(canary_percent))

    def set_weight(self, canary_percent: float) -> None:
        """Weights of the two subsets."""
        others, default = self._routes()
        self._put([*others, self._default(default, canary_percent)])

    def set_match(self, sent: Sequence[Sent]) -> None:
        """One block for each of *sent*, any of which matches."""
        others, default = self._routes()
        kept = [one for one in others if one.get("name") != MATCHED]
        first = {
            "name": MATCHED,
            "match": [{"headers": _headers(one)} for one in sent],
            "route": [{"destination": self._destination(self.site.canary)}],
        }
        self._put([*([first] if sent else []), *kept, default])

    def set_mirror(self, percent: float) -> None:
        """`mirror` and `mirrorPercentage` of the route without a match."""
        others, default = self._routes()
        kept = {key: value for key, value in default.items() if not key.startswith("mirror")}
        if percent:
            mirror = self._destination(self.site.canary)
            kept |= {"mirror": mirror, "mirrorPercentage": {"value": percent}}
        self._put([*others, kept])

    def switch(self, side: Side) -> None:
        """All weight on one side, and nobody treated otherwise."""
        others, default = self._routes()
        kept = [one for one in others if one.get("name") != MATCHED]
        self._put([*kept, self._default(default, 100.0 if side is Side.CANARY else 0.0)])

    def clear(self) -> None:
        """What we made goes, what we changed says again what it said."""
        for kind, found in (
            ("VirtualService", self._virtual_service()),
            ("DestinationRule", self._rule()),
        ):
            if found is not None:
                put_back(self.api, kind, found["metadata"]["name"], self.site.namespace)

    def weight(self) -> float:
        """Canary's weight out of the sum."""
        found = self._virtual_service()
        default = {} if found is None else _parted(found)[1]
        canary = self._destination(self.site.canary)
        shares = [
            (one.get("destination") == canary, int(one.get("weight") or 0))
            for one in default.get("route") or ()
        ]
        if len(shares) == 1:
            return 100.0 if shares[0][0] else 0.0
        total = sum(weight for _, weight in shares)
        return 100.0 * sum(weight for ours, weight in shares if ours) / total if total else 0.0

    def matched(self) -> tuple[Sent, ...]:
        """What the blocks of our own route say."""
        found = self._virtual_service()
        others = [] if found is None else _parted(found)[0]
        blocks = [
            block for one in others if one.get("name") == MATCHED for block in one.get("match", ())
        ]
        return tuple(_sent(block["headers"]) for block in blocks)

    def mirrored(self) -> float:
        """The percentage of the route without a match."""
        found = self._virtual_service()
        default = {} if found is None else _parted(found)[1]
        if not default.get("mirror"):
            return 0.0
        return float((default.get("mirrorPercentage") or {"value": 100.0}).get("value") or 0.0)

    def active(self) -> Side | None:
        """The side that gets everything."""
        if self.matched():
            return None
        return {0.0: Side.STABLE, 100.0: Side.CANARY}.get(self.weight())

    def granularity(self, replicas: int) -> float:
        """A hundredth of a percent: weights need not add to 100."""
        return 0.01

    def _rule(self) -> JsonObject | None:
        service = (self.site.namespace, self.site.service)
        for one in self.api.list("DestinationRule", self.site.namespace):
            if service_of_host(one["spec"].get("host") or "", self.site.namespace) == service:
                return one
        return None

    def _virtual_service(self) -> JsonObject | None:
        service = (self.site.namespace, self.site.service)
        for one in self.api.list("VirtualService", self.site.namespace):
            if concerns(one, service):
                return one
        return None

    def _is_prepared(self, virtual_service: JsonObject) -> bool:
        """Whether its last route is shared out among our two subsets."""
        default = _parted(virtual_service)[1]
        ours = [self._destination(self.site.stable), self._destination(self.site.canary)]
        return [one.get("destination") for one in default.get("route") or ()] == ours

    def _routes(self) -> tuple[list[JsonObject], JsonObject]:
        found = self._virtual_service()
        if found is None:
            self.prepare()
            found = self._virtual_service()
        assert found is not None
        return _parted(found)

    def _put(self, http: list[JsonObject]) -> None:
        found = self._virtual_service()
        assert found is not None
        put_spec(self.api, found, http=http)

    def _default(self, route: JsonObject, percent: float) -> JsonObject:
        """*route* (its timeout, its retries …) with our two destinations."""
        stable, canary = whole_weights(percent)
        return {
            **route,
            "route": [
                {"destination": self._destination(self.site.stable), "weight": stable},
                {"destination": self._destination(self.site.canary), "weight": canary},
            ],
        }

    def _destination(self, track: Track) -> JsonObject:
        if self.site.has_services:
            is_stable = track is self.site.stable
            return {"host": self.site.stable_service if is_stable else self.site.canary_service}
        rule = self._rule() or {"spec": {}}
        for one in rule["spec"].get("subsets") or ():
            if _is_of(one, track):
                return {"host": self.site.service, "subset": one["name"]}
        own = "stable" if track is self.site.stable else "canary"
        return {"host": self.site.service, "subset": own}

    def _object(self, kind: str, spec: JsonObject) -> JsonObject:
        metadata = {"name": self.site.service, "namespace": self.site.namespace}
        return {"apiVersion": API_VERSION, "kind": kind, "metadata": metadata, "spec": spec}


def _is_of(subset: JsonObject, track: Track) -> bool:
    """Whether *subset* has only pods of *track*."""
    return dict(track.labels).items() <= (subset.get("labels") or {}).items()


def _narrowed(subsets: list[JsonObject], name: str, track: Track) -> list[JsonObject]:
    """*subsets* with one of that *name* for the pods of *track*; labels that it had stay.

    So does Argo Rollouts with the subsets of its destinationRule, and its pods' hash.
    """
    named = (one for one in subsets if one.get("name") == name)
    before: JsonObject = next(named, {"name": name})
    labels = {**(before.get("labels") or {}), **dict(track.labels)}
    others = [one for one in subsets if one.get("name") != name]
    return [*others, {**before, "labels": labels}]


def _parted(virtual_service: JsonObject) -> tuple[list[JsonObject], JsonObject]:
    """The routes with matches, and the first one without (nothing, if all have)."""
    routes = virtual_service["spec"].get("http") or []
    others = [one for one in routes if one.get("match")]
    return others, next((one for one in routes if not one.get("match")), {})


def _headers(sent: Sent) -> JsonObject:
    if sent.kind is Kind.COOKIE:
        return {"cookie": {"regex": cookie_pattern(sent.name, sent.value)}}
    return {sent.name: {"exact": sent.value}}


def _sent(headers: JsonObject) -> Sent:
    [(name, wanted)] = headers.items()
    cookie = cookie_of(wanted.get("regex", "")) if name == "cookie" else None
    if cookie is not None:
        return Sent(kind=Kind.COOKIE, name=cookie[0], value=cookie[1])
    return Sent(kind=Kind.HEADER, name=name, value=wanted.get("exact", ""))
