"""Ingress objects as ingress-nginx reads them: a main rule, and a canary beside it.

(kubernetes/ingress-nginx docs/user-guide/nginx-configuration/annotations.md, rootfs/etc/nginx/lua/
balancer.lua, internal/ingress/annotations/canary) Facts 8.1 and 8.2: header, then cookie, then
weight; a canary backend without endpoints leaves everything to main.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sim.model.backend_name import BackendName, Numbering
from sim.model.objects import JsonObject, annotations_of, namespace_of
from sim.model.pattern import Broken, found_in
from sim.model.route_conditions import ALWAYS, NEVER, Matches, on_cookie, on_header
from sim.model.routing import Attribute, Destination, Route

PREFIX = "nginx.ingress.kubernetes.io/"
CANARY = PREFIX + "canary"
BY_HEADER = PREFIX + "canary-by-header"
BY_HEADER_VALUE = PREFIX + "canary-by-header-value"
BY_HEADER_PATTERN = PREFIX + "canary-by-header-pattern"
BY_COOKIE = PREFIX + "canary-by-cookie"
WEIGHT = PREFIX + "canary-weight"
WEIGHT_TOTAL = PREFIX + "canary-weight-total"
CLASS = "kubernetes.io/ingress.class"
NGINX = "nginx"
TO_CANARY, TO_MAIN = "always", "never"  # What a header or cookie says to decide by itself.
LEAST_TOTAL = 100
# What Go's strconv.ParseBool takes for true.
_TRUE = frozenset(["1", "t", "T", "TRUE", "true", "True"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One path of one host, and the Service behind it; "" is any host."""

    host: str
    path: str
    namespace: str
    service: str

    @property
    def entrance(self) -> tuple[str, str]:
        """Which requests it is about."""
        return self.host, self.path

    @property
    def backend(self) -> BackendName:
        """Where they go."""
        return BackendName(namespace=self.namespace, service=self.service)


def is_for_nginx(ingress: JsonObject) -> bool:
    """Whether ingress-nginx serves *ingress*: by its class, or if it has none."""
    name = (ingress.get("spec") or {}).get("ingressClassName") or annotations_of(ingress).get(CLASS)
    return name in (None, "", NGINX)


def is_canary(ingress: JsonObject) -> bool:
    """Whether *ingress* is only the alternative of another one."""
    return annotations_of(ingress).get(CANARY) in _TRUE


def rules_of(ingress: JsonObject) -> Iterator[Rule]:
    """The rules of *ingress* in their order, its default backend last."""
    spec = ingress.get("spec") or {}
    namespace = namespace_of(ingress)

    def rule(host: str, path: str, backend: JsonObject) -> Iterator[Rule]:
        service = (backend.get("service") or {}).get("name")
        if service:
            yield Rule(host=host, path=path, namespace=namespace, service=service)

    for one in spec.get("rules") or ():
        for way in (one.get("http") or {}).get("paths") or ():
            found = way.get("backend") or {}
            yield from rule(one.get("host") or "", way.get("path") or "/", found)
    yield from rule("", "/", spec.get("defaultBackend") or {})


def entrance_to(ingresses: Iterable[JsonObject], service: tuple[str, str]) -> Rule | None:
    """The first main rule that leads to *service* (namespace and name): the way users come."""
    for ingress in ingresses:
        if is_for_nginx(ingress) and not is_canary(ingress):
            for rule in rules_of(ingress):
                if (rule.namespace, rule.service) == service:
                    return rule
    return None


def ingress_routes(
    ingresses: Sequence[JsonObject],
    entrance: tuple[str, str],
    attributes: Sequence[Attribute],
    number: Numbering,
) -> tuple[Route, ...]:
    """The table of requests for the host and path *entrance*; () is 404 for everybody.

    A main Service that does not exist has no endpoints (503); a canary's, and one that is the
    main's own, is as if there were no canary.
    """
    main = canary = None
    annotations: JsonObject = {}
    # Older objects win (internal/ingress/controller/controller.go, sorted by creation).
    for ingress in filter(is_for_nginx, ingresses):
        for rule in rules_of(ingress):
            if rule.entrance != entrance:
                continue
            if not is_canary(ingress):
                main = main or rule
            elif canary is None:
                canary, annotations = rule, dict(annotations_of(ingress))
    if main is None:
        return ()
    to_main = number(main.backend)
    if to_main is None:
        return (Route(),)
    to_canary = number(canary.backend) if canary is not None else None
    if to_canary is None or to_canary == to_main:
        return (Route(destinations=(Destination(backend=to_main, weight=1),)),)
    return tuple(_split(to_main, to_canary, annotations, attributes))


def weight_of(annotations: JsonObject) -> tuple[int, int]:
    """Weight and total; what is no whole number is 0, and a total below 100 is 100."""
    total = max(_whole(annotations.get(WEIGHT_TOTAL)), LEAST_TOTAL)
    return min(max(_whole(annotations.get(WEIGHT)), 0), total), total


def _whole(text: object) -> int:
    try:
        return int(str(text))
    except ValueError:
        return 0


def _split(
    main: int, canary: int, annotations: JsonObject, attributes: Sequence[Attribute]
) -> Iterator[Route]:
    """Header, cookie, weight: the first that decides. Without endpoints the canary has nobody."""

    def whole(matches: Matches, backend: int) -> Iterator[Route]:
        if matches != NEVER:
            yield Route(
                matches=() if matches == ALWAYS else matches,
                destinations=(Destination(backend=backend, weight=1),),
                empty_falls_to=main if backend == canary else None,
            )

    for matches, to_canary in _decided(annotations, attributes):
        yield from whole(matches, canary if to_canary else main)
    weight, total = weight_of(annotations)
    if weight == 0:
        yield from whole(ALWAYS, main)
        return
    shares = (
        Destination(backend=main, weight=total - weight),
        Destination(backend=canary, weight=weight),
    )
    yield Route(destinations=shares, empty_falls_to=main)


def _decided(
    annotations: JsonObject, attributes: Sequence[Attribute]
) -> Iterator[tuple[Matches, bool]]:
    """Who is sent to main (False) or canary (True) whatever the weight, in order."""
    header, cookie = annotations.get(BY_HEADER), annotations.get(BY_COOKIE)
    value, pattern = annotations.get(BY_HEADER_VALUE), annotations.get(BY_HEADER_PATTERN)
    if header and value:
        yield on_header(attributes, header, lambda text: text == value), True
    elif header and pattern:
        try:
            yield on_header(attributes, header, lambda text: found_in(pattern, text)), True
        except Broken:
            yield on_header(attributes, header, lambda _: True), False
    elif header:
        yield on_header(attributes, header, lambda text: text == TO_CANARY), True
        yield on_header(attributes, header, lambda text: text == TO_MAIN), False
    if cookie:
        yield on_cookie(attributes, cookie, lambda text: text == TO_CANARY), True
        yield on_cookie(attributes, cookie, lambda text: text == TO_MAIN), False
