"""What Istio's and the Gateway API's own validation refuses, and which routing objects act here.

(istio/istio pkg/config/validation/validation.go; kubernetes-sigs/gateway-api apis/v1)
"""

from __future__ import annotations

from sim.errors import Problem
from sim.i18n import message
from sim.model.pattern import is_pattern
from sim.scenario.findings import Findings
from sim.scenario.node import Mapping, get
from sim.scenario.route_fields import SPECS, misspelt

_ISTIO = ("networking.istio.io/v1", "networking.istio.io/v1beta1", "networking.istio.io/v1alpha3")
_GATEWAY = ("gateway.networking.k8s.io/v1", "gateway.networking.k8s.io/v1beta1")
VERSIONS = {
    "Ingress": ("networking.k8s.io/v1",),
    "VirtualService": _ISTIO,
    "DestinationRule": _ISTIO,
    "HTTPRoute": _GATEWAY,
}
# Without these the object's own admission refuses it: it never is in a cluster.
_REQUIRED = {"VirtualService": "hosts", "DestinationRule": "host"}
MOST_WEIGHT = 1_000_000


def is_routing(kind: str, api_version: str) -> bool:
    """Whether objects of that kind say who is sent where."""
    return api_version in VERSIONS.get(kind, ())


def is_admitted(kind: str, spec: object) -> bool:
    """Whether such an object would come into a cluster, as far as its required field goes."""
    field = _REQUIRED.get(kind)
    return field is None or (isinstance(spec, dict) and bool(spec.get(field)))


def check_routing(node: Mapping, kind: str, path: str) -> list[Problem]:
    """Everything wrong with a routing object of *kind*; an Ingress is checked elsewhere."""
    if kind not in SPECS:
        return []
    problems = list(misspelt(node, kind, path))
    found = Findings(node, path, problems).below("spec")
    if problems or found is None:
        return problems
    if kind == "VirtualService":
        _virtual_service(found)
    elif kind == "DestinationRule":
        _destination_rule(found)
    else:
        _http_route(found)
    return problems


def _virtual_service(spec: Findings) -> None:
    for route in spec.each("http"):
        destinations = list(route.each("route"))
        for one in destinations:
            _required(one, "destination", "host")
            _weight(one)
        if len(destinations) > 1 and not any(one.integer("weight") for one in destinations):
            hint = message("their weights are shares of their sum")
            route.note(("route",), message("total destination weight = 0"), hint)
        for block in route.each("match"):
            for field in ("headers", "withoutHeaders"):
                names = get(block.node, field)
                for name in names.entries if isinstance(names, Mapping) else ():
                    _pattern(block, field, name, "regex")
            _pattern(block, "uri", "regex")


def _destination_rule(spec: Findings) -> None:
    names = set()
    for one in spec.each("subsets"):
        name = one.text("name")
        if name is None:
            _required(one, "name")
        elif name in names:
            one.invalid(("name",), message("duplicate subset name"))
        names.add(name)


def _http_route(spec: Findings) -> None:
    for rule in spec.each("rules"):
        for one in rule.each("backendRefs"):
            _required(one, "name")
            _weight(one)
        for block in rule.each("matches"):
            if (path := block.below("path")) is not None:
                path.one_of("type", "Exact", "PathPrefix", "RegularExpression")
            for header in block.each("headers"):
                header.one_of("type", "Exact", "RegularExpression")
                _required(header, "name")
                if header.text("type") == "RegularExpression":
                    _pattern(header, "value")


def _required(found: Findings, *steps: str) -> None:
    if not found.has(*steps):
        hint = message("add {field}: {wanted}", field=steps[-1], wanted=message("a text"))
        found.note(steps, message("required value"), hint)


def _weight(found: Findings) -> None:
    if not found.has("weight"):
        return
    weight = found.integer("weight")
    if weight is None:
        found.invalid(("weight",), message("must be a whole number"))
    elif not 0 <= weight <= MOST_WEIGHT:
        most = message("must be between 0 and {most}", most=MOST_WEIGHT)
        found.invalid(("weight",), most)


def _pattern(found: Findings, *steps: str) -> None:
    text = found.text(*steps)
    if text is not None and not is_pattern(text):
        hint = message("RE2 knows neither look-around nor back references")
        found.invalid(steps, message("not a regular expression"), hint)
