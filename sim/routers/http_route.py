"""HTTPRoute: weights, matches and mirrors of the Gateway API, over two Services.

(kubernetes-sigs/gateway-api apis/v1/httproute_types.go; its mesh form: geps/gep-1324)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.model.canary_replicas import Split, routed
from sim.model.http_route_routes import concerns, mirrored_share
from sim.model.objects import JsonObject
from sim.ports import KubeApi
from sim.routers.objects import ensure, put_back, put_spec, remember
from sim.routers.router import Capability, Kind, Sent, Side, Site
from sim.routers.services import first_port, put_services_back, require_distinct, sides
from sim.routers.shares import cookie_of, cookie_pattern, rounded_up, whole_weights

_MIRROR = "RequestMirror"


@dataclass(frozen=True, slots=True)
class HttpRouteRouter:
    """The rule without conditions of an HTTPRoute, and one for whom `set_match` names.

    Rules that somebody else wrote with conditions of their own stay.
    """

    api: KubeApi
    site: Site

    name = "http_route"
    capabilities = frozenset(Capability)
    # Istio's way, which has the longest known bound (PILOT_DEBOUNCE_MAX; facts 6.4).
    hearing_seconds = 10.5

    @property
    def canary(self) -> str:
        """Canary's Service."""
        return self.site.canary_service or f"{self.site.service}-canary"

    @property
    def stable(self) -> str:
        """Stable's Service."""
        return self.site.stable_service or self.site.service

    def prepare(self) -> None:
        """A Service for each side, and a route that sends everything to stable."""
        require_distinct(self.site)
        sides(self.api, self.site, self.canary)
        found = self._route()
        if found is None:
            metadata = {"name": self.site.service, "namespace": self.site.namespace}
            parent = {"group": "", "kind": "Service", "name": self.site.service}
            ensure(
                self.api,
                {
                    "apiVersion": "gateway.networking.k8s.io/v1",
                    "kind": "HTTPRoute",
                    "metadata": metadata,
                    "spec": {"parentRefs": [parent], "rules": [self._default({}, 0.0)]},
                },
            )
        elif not self._is_prepared(found):
            others, default = _parted(found)
            rules = [*others, self._default(default, 0.0)]
            put_spec(self.api, remember(self.api, found, "rules"), rules=rules)

    def sizes(self, canary_percent: float, replicas: int) -> Split:
        """Canary's part, rounded up; stable keeps all its pods."""
        return routed(replicas, rounded_up(canary_percent))

    def set_weight(self, canary_percent: float) -> None:
        """Weights of the two backends."""
        others, default = self._rules()
        self._put([*others, self._default(default, canary_percent)])

    def set_match(self, sent: Sequence[Sent]) -> None:
        """One match for each of *sent*; the more specific rule wins, wherever it stands."""
        others, default = self._rules()
        kept = [one for one in others if not self._is_our_match(one)]
        first = {
            "matches": [{"headers": [_header(one)]} for one in sent],
            "backendRefs": [self._reference(self.canary)],
        }
        self._put([*([first] if sent else []), *kept, default])

    def set_mirror(self, percent: float) -> None:
        """A RequestMirror filter of the rule without conditions."""
        others, default = self._rules()
        kept = [one for one in default.get("filters") or () if one.get("type") != _MIRROR]
        if percent:
            mirror: JsonObject = {"backendRef": self._reference(self.canary)}
            if percent == int(percent):
                mirror["percent"] = int(percent)
            else:
                mirror["fraction"] = {"numerator": round(percent * 100), "denominator": 10_000}
            kept.append({"type": _MIRROR, "requestMirror": mirror})
        rule = {key: value for key, value in default.items() if key != "filters"}
        self._put([*others, rule | ({"filters": kept} if kept else {})])

    def switch(self, side: Side) -> None:
        """All weight on one side, and nobody treated otherwise."""
        others, default = self._rules()
        kept = [one for one in others if not self._is_our_match(one)]
        self._put([*kept, self._default(default, 100.0 if side is Side.CANARY else 0.0)])

    def clear(self) -> None:
        """What we made goes, what we changed says again what it said."""
        found = self._route()
        if found is not None:
            put_back(self.api, "HTTPRoute", found["metadata"]["name"], self.site.namespace)
        put_services_back(self.api, self.site, self.canary)

    def weight(self) -> float:
        """Canary's weight out of the sum."""
        shares = [
            (one.get("name") == self.canary, int(one.get("weight", 1)))
            for one in self._default_now().get("backendRefs") or ()
        ]
        total = sum(weight for _, weight in shares)
        return 100.0 * sum(weight for ours, weight in shares if ours) / total if total else 0.0

    def matched(self) -> tuple[Sent, ...]:
        """What the matches of our own rule say."""
        found = self._route()
        others = [] if found is None else _parted(found)[0]
        return tuple(
            _sent(block["headers"][0])
            for one in others
            if self._is_our_match(one)
            for block in one["matches"]
        )

    def mirrored(self) -> float:
        """The percentage of the rule without conditions."""
        for one in self._default_now().get("filters") or ():
            if one.get("type") == _MIRROR:
                return 100.0 * mirrored_share(one.get("requestMirror") or {})
        return 0.0

    def active(self) -> Side | None:
        """The side that gets everything."""
        if self.matched():
            return None
        return {0.0: Side.STABLE, 100.0: Side.CANARY}.get(self.weight())

    def granularity(self, replicas: int) -> float:
        """A hundredth of a percent: weights need not add to 100."""
        return 0.01

    def _route(self) -> JsonObject | None:
        service = (self.site.namespace, self.site.service)
        for one in self.api.list("HTTPRoute", self.site.namespace):
            if concerns(one, service):
                return one
        return None

    def _default_now(self) -> JsonObject:
        found = self._route()
        return {} if found is None else _parted(found)[1]

    def _is_prepared(self, route: JsonObject) -> bool:
        references = _parted(route)[1].get("backendRefs") or ()
        return [one.get("name") for one in references] == [self.stable, self.canary]

    def _is_our_match(self, rule: JsonObject) -> bool:
        """Whether *rule* sends to canary alone, by one header in each match."""
        names = [one.get("name") for one in rule.get("backendRefs") or ()]
        blocks = rule.get("matches") or ()
        alone = all(list(one) == ["headers"] and len(one["headers"]) == 1 for one in blocks)
        return names == [self.canary] and bool(blocks) and alone

    def _rules(self) -> tuple[list[JsonObject], JsonObject]:
        found = self._route()
        if found is None:
            self.prepare()
            found = self._route()
        assert found is not None
        return _parted(found)

    def _put(self, rules: list[JsonObject]) -> None:
        found = self._route()
        assert found is not None
        put_spec(self.api, found, rules=rules)

    def _default(self, rule: JsonObject, percent: float) -> JsonObject:
        """*rule* (its filters, its timeouts …) with our two backends."""
        stable, canary = whole_weights(percent)
        return {
            **rule,
            "backendRefs": [
                {**self._reference(self.stable), "weight": stable},
                {**self._reference(self.canary), "weight": canary},
            ],
        }

    def _reference(self, service: str) -> JsonObject:
        return {"name": service, "port": first_port(self._service(service))}

    def _service(self, name: str) -> JsonObject:
        return self.api.get("Service", name, self.site.namespace)


def _parted(route: JsonObject) -> tuple[list[JsonObject], JsonObject]:
    """The rules with conditions, and the first one without (nothing, if all have)."""
    rules = route["spec"].get("rules") or []
    others = [one for one in rules if not _is_for_all(one)]
    return others, next((one for one in rules if _is_for_all(one)), {})


def _is_for_all(rule: JsonObject) -> bool:
    """Whether any of its matches asks for nothing but a path below `/`."""
    everything: JsonObject = {"type": "PathPrefix", "value": "/"}
    blocks = rule.get("matches") or [{}]
    return any(
        set(block) <= {"path"} and everything | (block.get("path") or {}) == everything
        for block in blocks
    )


def _header(sent: Sent) -> JsonObject:
    if sent.kind is Kind.COOKIE:
        pattern = cookie_pattern(sent.name, sent.value)
        return {"name": "cookie", "type": "RegularExpression", "value": pattern}
    return {"name": sent.name, "value": sent.value}


def _sent(header: JsonObject) -> Sent:
    cookie = cookie_of(header["value"]) if header["name"] == "cookie" else None
    if cookie is not None:
        return Sent(kind=Kind.COOKIE, name=cookie[0], value=cookie[1])
    return Sent(kind=Kind.HEADER, name=header["name"], value=header["value"])
