"""Ingress, VirtualService, DestinationRule and HTTPRoute in a manifest: what is said about them."""

from __future__ import annotations

import io

import pytest

from sim.errors import ScenarioError
from sim.scenario.load import load

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}
spec:
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec: {containers: [{name: web, image: "shop:1"}]}
---
apiVersion: v1
kind: Service
metadata: {name: shop}
spec: {selector: {app: shop}, ports: [{port: 80}]}
---
"""
VIRTUAL_SERVICE = """\
apiVersion: networking.istio.io/%s
kind: VirtualService
metadata: {name: shop}
spec:
  hosts: [shop]
  http:
  - route:
    - destination: {host: shop, subset: v1}
      weight: 90
    - destination: {host: shop, subset: v2}
      weight: 10
---
apiVersion: networking.istio.io/v1beta1
kind: DestinationRule
metadata: {name: shop}
spec:
  host: shop
  subsets:
  - {name: v1, labels: {version: v1}}
  - {name: v2, labels: {version: v2}}
"""
MESH = VIRTUAL_SERVICE % "v1"
INGRESS = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop%s, annotations: {%s}}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - path: /
        pathType: Prefix
        backend: {service: {name: %s, port: {number: 80}}}
"""
CANARY = 'nginx.ingress.kubernetes.io/canary: "true"'
MAIN = INGRESS % ("", "", "shop")
HTTP_ROUTE = """\
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop}
spec:
  parentRefs: [{group: "", kind: Service, name: shop}]
  rules:
  - backendRefs:
    - {name: shop, port: 80, weight: 9}
"""


def loaded(text: str, proxy: str):
    """The scenario of the Deployment, its Service and *text*."""
    data = io.BytesIO((DEPLOYMENT + text).encode())
    return load(["-"], stdin=data, overrides=[f"network.proxy={proxy}"])


def warnings(text: str, proxy: str = "istio") -> list[str]:
    return [one.render().removeprefix("<stdin>:") for one in loaded(text, proxy).warnings]


def errors(text: str, proxy: str = "istio") -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        loaded(text, proxy)
    return [one.render().removeprefix("<stdin>:") for one in caught.value.problems]


@pytest.mark.parametrize("version", ["v1", "v1beta1", "v1alpha3"])
def test_a_mesh_that_reads_everything_needs_no_warning(version):
    scenario = loaded(VIRTUAL_SERVICE % version, "istio")

    assert () == scenario.warnings
    assert ["VirtualService", "DestinationRule"] == [one["kind"] for one in scenario.applied]


def test_an_ingress_and_its_canary_need_no_warning_behind_nginx():
    canary = INGRESS % ("-canary", CANARY, "shop")

    assert [] == warnings(MAIN + "---\n" + canary, "ingress-nginx")


def test_an_http_route_needs_no_warning_in_a_mesh():
    assert [] == warnings(HTTP_ROUTE)


@pytest.mark.parametrize(
    ("text", "proxy", "title", "reader"),
    [
        (MAIN, "kube-proxy", "Ingress/shop", "ingress-nginx"),
        (MAIN, "istio", "Ingress/shop", "ingress-nginx"),
        (HTTP_ROUTE, "ingress-nginx", "HTTPRoute/shop", "istio"),
    ],
)
def test_who_does_not_read_an_object_is_named(text, proxy, title, reader):
    assert [
        f"15:1: {title} does not act: requests come through {proxy} (network.proxy: {reader})"
    ] == warnings(text, proxy)


def test_a_virtual_service_without_hosts_never_comes_into_a_cluster():
    """Istio's webhook refuses it; facts 19 has the handbook's two."""
    text = MESH.replace("  hosts: [shop]\n", "")
    scenario = loaded(text, "istio")

    assert ["DestinationRule"] == [one["kind"] for one in scenario.applied]
    assert [
        "19:3: spec.hosts: VirtualService/shop lacks a required field (its controller would refuse"
        " or ignore it)"
    ] == warnings(text)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "  http:\n",
            "  http:\n  - \n",
            "21:4: spec.http[0]: wanted a mapping, found nothing",
        ),
        (
            "weight: 90",
            "wieght: 90",
            '23:7: spec.http[0].route[0].wieght: unknown field "wieght" (did you mean weight?)',
        ),
        (
            "subset: v1}",
            "subst: v1}",
            '22:33: spec.http[0].route[0].destination.subst: unknown field "subst" (did you'
            " mean subset?)",
        ),
        ("  hosts:", "  host:", '19:3: spec.host: unknown field "host" (did you mean hosts?)'),
        (
            "  subsets:",
            "  subset:",
            '32:3: spec.subset: unknown field "subset" (did you mean subsets?)',
        ),
        (
            "weight: 90",
            "weight: -1",
            "23:15: spec.http[0].route[0].weight: -1: must be between 0 and 1000000",
        ),
        (
            "weight: 90",
            'weight: "90"',
            '23:15: spec.http[0].route[0].weight: wanted a whole number, found the text "90"'
            " (without quotes)",
        ),
        ("hosts: [shop]", "hosts: shop", '19:10: spec.hosts: wanted a list, found the text "shop"'),
        (
            "- {name: v2, labels: {version: v2}}",
            "- {name: v1, labels: {version: v2}}",
            '34:12: spec.subsets[1].name: "v1": duplicate subset name',
        ),
        (
            "{version: v1}",
            "{version: 1}",
            "33:34: spec.subsets[0].labels.version: wanted a text, found the number 1 (put"
            ' quotes around it: "1")',
        ),
        (
            "{host: shop, subset: v1}",
            "{subset: v1}",
            "22:20: spec.http[0].route[0].destination.host: required value (add host: a text)",
        ),
    ],
)
def test_a_mistake_in_an_object_of_the_mesh_is_an_error_at_its_place(old, new, expected):
    assert expected in errors(MESH.replace(old, new, 1))


def test_weights_that_are_all_zero_are_refused():
    """istio/istio pkg/config/validation: total destination weight = 0."""
    text = MESH.replace("weight: 90", "weight: 0").replace("weight: 10", "weight: 0")

    assert [
        "22:5: spec.http[0].route: total destination weight = 0 (their weights are shares of"
        " their sum)"
    ] == errors(text)


def test_a_pattern_that_re2_does_not_know_is_refused():
    match = "  - match: [{headers: {x-a: {regex: '(?=a)'}}}]\n    route:\n"
    [found] = errors(MESH.replace("  - route:\n", match))

    assert "spec.http[0].match[0].headers.x-a.regex" in found
    assert "not a regular expression (RE2 knows neither look-around" in found


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "subset: v2}",
            "subset: v3}",
            "24:41: spec.http[0].route[1].destination.subset: no DestinationRule has a"
            " subset 'v3' of this host (requests sent there fail; known: v1, v2)",
        ),
        (
            "{host: shop, subset: v2}",
            "{host: shpo}",
            "24:27: spec.http[0].route[1].destination.host: there is no Service 'shpo'"
            " (requests sent there fail; known: shop)",
        ),
        (
            "  http:\n",
            "  http:\n  - route: [{destination: {host: shop}}]\n",
            "22:5: spec.http[1]: no request comes this far: the route before it takes everything",
        ),
        (
            "  - route:\n",
            "  - timeout: 5s\n    route:\n",
            "21:14: spec.http[0].timeout: kept, not yet simulated",
        ),
        (
            "  - route:\n",
            "  - match: [{method: {exact: GET}}]\n    route:\n",
            "21:22: spec.http[0].match[0].method: kept, not yet simulated",
        ),
        (
            "  - route:\n",
            "  - mumble: 5s\n    route:\n",
            "21:13: spec.http[0].mumble: kept, not yet simulated",
        ),
        (
            "  subsets:\n",
            "  trafficPolicy: {loadBalancer: {simple: RANDOM}}\n  subsets:\n",
            "32:18: spec.trafficPolicy: kept, not yet simulated",
        ),
    ],
)
def test_what_is_strange_or_without_effect_in_a_mesh_is_a_warning(old, new, expected):
    assert expected in warnings(MESH.replace(old, new, 1))


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        (
            "nginx.ingress.kubernetes.io/canary-weigth: '5'",
            "did you mean nginx.ingress.kubernetes.io/canary-weight?",
        ),
        ("nginx.ingress.kubernetes.io/rewrite-target: /", "kept, not yet simulated"),
        ("nginx.ingress.kubernetes.io/canary-weight: some", "not a whole number: it counts as 0"),
        ("kubernetes.io/ingress.class: nginx", "deprecated (use spec.ingressClassName)"),
    ],
)
def test_annotations_are_looked_at_one_by_one(note, expected):
    [found] = warnings(INGRESS % ("", note, "shop"), "ingress-nginx")

    assert found.endswith(expected) or expected in found
    assert found.startswith("17:")


def test_a_canary_without_a_main_ingress_is_told_so():
    other = INGRESS.replace("shop.example.com", "other.example.com") % ("-b", CANARY, "shop")
    [found] = warnings(MAIN + "---\n" + other, "ingress-nginx")

    assert "Ingress/shop-b is a canary of nothing" in found


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("weight: 9", "wieght: 9", 'unknown field "wieght" (did you mean weight?)'),
        ("weight: 9", "weight: 2000000", "2000000: must be between 0 and 1000000"),
        (
            "- {name: shop, port: 80, weight: 9}",
            "- {port: 80}",
            "required value (add name: a text)",
        ),
        (
            "  - backendRefs:",
            "  - matches: [{headers: [{name: a, type: Prefix, value: b}]}]\n    backendRefs:",
            "supported: Exact, RegularExpression",
        ),
    ],
)
def test_a_mistake_in_an_http_route_is_an_error(old, new, expected):
    [found] = errors(HTTP_ROUTE.replace(old, new))

    assert expected in found


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("name: shop, port: 80", "name: shpo, port: 80", "there is no Service 'shpo'"),
        (
            "  - backendRefs:",
            "  - timeouts: {request: 1s}\n    backendRefs:",
            "spec.rules[0].timeouts: kept, not yet simulated",
        ),
        (
            "  - backendRefs:",
            "  - filters: [{type: URLRewrite, urlRewrite: {hostname: a}}]\n    backendRefs:",
            "urlRewrite: kept, not yet simulated",
        ),
    ],
)
def test_what_is_strange_in_an_http_route_is_a_warning(old, new, expected):
    [found] = warnings(HTTP_ROUTE.replace(old, new))

    assert expected in found


def test_a_service_that_a_canary_leads_to_is_not_called_unused():
    second = "apiVersion: v1\nkind: Service\nmetadata: {name: shop-b}\n"
    second += "spec: {selector: {app: shop}, ports: [{port: 80}]}\n---\n"
    canary = INGRESS % ("-b", CANARY, "shop-b")

    assert [] == warnings(second + MAIN + "---\n" + canary, "ingress-nginx")
    assert any("through another Service" in one for one in warnings(second, "ingress-nginx"))
