"""Small worlds for tables of routes: what users send, which backends there are, who goes where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sim.model.backend_name import BackendName
from sim.model.objects import JsonObject
from sim.model.routing import NO_BACKEND, Attribute, Route

NOBODY = "nowhere"
# Three values each: not sent, and two that are.
CANARY = Attribute(name="header:x-canary", values=(("", 0.5), ("always", 0.3), ("never", 0.2)))
REGION = Attribute(name="header:x-region", values=(("", 0.4), ("eu-west", 0.3), ("us-east", 0.3)))
BETA = Attribute(name="cookie:beta", values=(("", 0.6), ("always", 0.2), ("never", 0.2)))
THEME = Attribute(name="cookie:theme", values=(("", 0.5), ("dark", 0.5)))
ATTRIBUTES = (CANARY, REGION, BETA, THEME)
BACKENDS = ("main", "canary", "v1", "v2")


def number(name: BackendName) -> int | None:
    """Services main and canary; subsets of main by their label version."""
    version = dict(name.labels).get("version", name.service)
    known = (name.service in ("main", "canary")) and name.namespace == "default"
    return BACKENDS.index(version) if known and version in BACKENDS else None


def shares(routes: Sequence[Route], **sent: str) -> dict[str, int] | str:
    """Where a user goes who sends that: weights by backend, as the data plane reads the table.

    `x_canary="always"` is the header x-canary, `cookie_beta="always"` the cookie beta.
    """
    values = []
    for attribute in ATTRIBUTES:
        kind, _, name = attribute.name.partition(":")
        key = name.replace("-", "_") if kind == "header" else f"cookie_{name}"
        texts = [text for text, _ in attribute.values]
        values.append(texts.index(sent.get(key, "")))
    for route in routes:
        holds = any(all(values[c.attribute] in c.values for c in match) for match in route.matches)
        if holds or not route.matches:
            weights = {_name(one.backend): one.weight for one in route.destinations if one.weight}
            return weights or NOBODY
    return NOBODY


def _name(backend: int) -> str:
    return NOBODY if backend == NO_BACKEND else BACKENDS[backend]


def ingress(
    service: str = "main", host: str = "shop.example.com", path: str = "/", **annotations: str
) -> JsonObject:
    """An Ingress; *annotations* without their prefix, with `_` for `-`: `canary_weight="10"`."""
    prefix = "nginx.ingress.kubernetes.io/"
    notes = {prefix + key.replace("_", "-"): text for key, text in annotations.items()}
    backend = {"service": {"name": service, "port": {"number": 80}}}
    rule = {
        "host": host,
        "http": {"paths": [{"path": path, "pathType": "Prefix", "backend": backend}]},
    }
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {"name": f"{service}-{len(notes)}", "annotations": notes},
        "spec": {"ingressClassName": "nginx", "rules": [rule]},
    }


def to(subset: str = "", weight: int | None = None, host: str = "main") -> JsonObject:
    """One destination of a VirtualService."""
    destination = {"host": host} | ({"subset": subset} if subset else {})
    return {"destination": destination} | ({} if weight is None else {"weight": weight})


def virtual_service(*http: JsonObject, **spec: Any) -> JsonObject:
    """A VirtualService of the host main."""
    return {
        "apiVersion": "networking.istio.io/v1",
        "kind": "VirtualService",
        "metadata": {"name": "main"},
        "spec": {"hosts": ["main"], "http": list(http), **spec},
    }


DESTINATION_RULE: JsonObject = {
    "apiVersion": "networking.istio.io/v1",
    "kind": "DestinationRule",
    "metadata": {"name": "main"},
    "spec": {
        "host": "main",
        "subsets": [{"name": one, "labels": {"version": one}} for one in ("v1", "v2")],
    },
}


def backend(name: str, weight: int | None = None, **fields: str) -> JsonObject:
    """One backendRef of an HTTPRoute."""
    reference = {"name": name, "port": 80, **fields}
    return reference | ({} if weight is None else {"weight": weight})


def http_route(
    *rules: JsonObject, name: str = "main", made: float = 0.0, **spec: Any
) -> JsonObject:
    """An HTTPRoute of the Service main."""
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "HTTPRoute",
        "metadata": {"name": name, "creationTimestamp": made},
        "spec": {
            "parentRefs": [{"group": "", "kind": "Service", "name": "main"}],
            "rules": list(rules),
            **spec,
        },
    }
