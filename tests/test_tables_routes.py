"""Tables of routes: objects as ingress-nginx, Istio and the Gateway API read them.

Each row names its source: a number of the facts sheet, or a file of the project it is about.
"""

from __future__ import annotations

import pytest
from routes import (
    ATTRIBUTES,
    DESTINATION_RULE,
    NOBODY,
    backend,
    http_route,
    ingress,
    number,
    shares,
    to,
    virtual_service,
)

from sim.model.backend_name import is_host_of, service_of_host
from sim.model.http_route_routes import concerns as http_route_concerns
from sim.model.http_route_routes import http_route_routes
from sim.model.ingress_routes import entrance_to, ingress_routes
from sim.model.virtual_service_routes import concerns, virtual_service_routes

MAIN, CANARY = {"main": 1}, {"canary": 1}
V1, V2 = {"v1": 1}, {"v2": 1}
ENTRANCE = ("shop.example.com", "/")
HEADER = {"canary_by_header": "x-canary"}
VALUE = {"canary_by_header": "x-region", "canary_by_header_value": "eu-west"}
PATTERN = {"canary_by_header": "x-region", "canary_by_header_pattern": "eu-.*"}
COOKIE = {"canary_by_cookie": "beta"}
ALL, NONE = {"canary_weight": "100"}, {"canary_weight": "0"}
ANNOTATIONS = "docs/user-guide/nginx-configuration/annotations.md"
LUA = "rootfs/etc/nginx/lua/balancer.lua"


def behind_nginx(*ingresses, **sent):
    return shares(ingress_routes(ingresses, ENTRANCE, ATTRIBUTES, number), **sent)


@pytest.mark.parametrize(
    ("annotations", "sent", "expected", "source"),
    [
        ({}, {}, MAIN, "8.2 step 5"),
        ({"canary_weight": "10"}, {}, {"main": 90, "canary": 10}, "8.2 step 4"),
        (NONE, {}, MAIN, "8.2 step 4: a draw from 1 is above 0"),
        (ALL, {}, {"canary": 100}, "8.2 step 4"),
        (
            {"canary_weight": "1", "canary_weight_total": "1000"},
            {},
            {"main": 999, "canary": 1},
            "8.1",
        ),
        (
            {"canary_weight": "30", "canary_weight_total": "50"},
            {},
            {"main": 70, "canary": 30},
            "8.1",
        ),
        ({"canary_weight": "200"}, {}, {"canary": 100}, "8.2 step 4: every draw is at most that"),
        (
            {"canary_weight": "200", "canary_weight_total": "400"},
            {},
            {"main": 200, "canary": 200},
            "8.1",
        ),
        ({"canary_weight": "some"}, {}, MAIN, ANNOTATIONS),
        # A plain header: always and never decide, all else is ignored.
        (HEADER | NONE, {"x_canary": "always"}, CANARY, "8.2 step 2"),
        (HEADER | ALL, {"x_canary": "never"}, MAIN, "8.2 step 2"),
        (HEADER | ALL, {}, {"canary": 100}, "8.2 step 2: no header, on to the weight"),
        (HEADER, {}, MAIN, "8.2 step 5"),
        (
            {"canary_by_header": "x-region"} | ALL,
            {"x_region": "eu-west"},
            {"canary": 100},
            "8.1: other: ignored",
        ),
        (
            {"canary_by_header": "X-Canary"},
            {"x_canary": "always"},
            CANARY,
            "header names have no case",
        ),
        ({"canary_by_header": "x-unsent"} | ALL, {}, {"canary": 100}, "8.2 step 2"),
        # With a value only that one counts, and what does not match goes on.
        (VALUE | NONE, {"x_region": "eu-west"}, CANARY, "8.1 -value"),
        (VALUE | NONE, {"x_region": "us-east"}, MAIN, "8.2 step 2: anything else goes on"),
        (
            VALUE | ALL,
            {"x_region": "us-east"},
            {"canary": 100},
            "8.2 step 2: anything else goes on",
        ),
        (VALUE | ALL, {}, {"canary": 100}, "8.2 step 2"),
        (
            HEADER | {"canary_by_header_value": "yes"} | ALL,
            {"x_canary": "never"},
            {"canary": 100},
            "8.1: never loses its meaning",
        ),
        (
            HEADER | {"canary_by_header_value": "yes"} | NONE,
            {"x_canary": "always"},
            MAIN,
            "8.1: always loses its meaning",
        ),
        (
            {"canary_by_header_value": "eu-west"} | NONE,
            {"x_region": "eu-west"},
            MAIN,
            ANNOTATIONS + ": needs canary-by-header",
        ),
        # A pattern is searched for; -value hides it; a broken one is main.
        (PATTERN | NONE, {"x_region": "eu-west"}, CANARY, "8.1 -pattern"),
        (PATTERN | NONE, {"x_region": "us-east"}, MAIN, "8.2 step 2: no match goes on"),
        (PATTERN | ALL, {"x_region": "us-east"}, {"canary": 100}, "8.2 step 2: no match goes on"),
        (
            {"canary_by_header": "x-region", "canary_by_header_pattern": "west"},
            {"x_region": "eu-west"},
            CANARY,
            LUA + ": ngx.re.match searches",
        ),
        (
            {"canary_by_header": "x-region", "canary_by_header_pattern": "^west"},
            {"x_region": "eu-west"},
            MAIN,
            LUA,
        ),
        (
            {"canary_by_header": "x-region", "canary_by_header_pattern": "("} | ALL,
            {"x_region": "eu-west"},
            MAIN,
            "8.2 step 2: a regex error means main",
        ),
        (
            {"canary_by_header": "x-region", "canary_by_header_pattern": "("} | ALL,
            {},
            {"canary": 100},
            LUA + ": without the header nothing is tried",
        ),
        (
            PATTERN | {"canary_by_header_value": "us-east"},
            {"x_region": "eu-west"},
            MAIN,
            "8.1: ignored when -value is set",
        ),
        (
            PATTERN | {"canary_by_header_value": "us-east"},
            {"x_region": "us-east"},
            CANARY,
            "8.1: ignored when -value is set",
        ),
        # The cookie comes after the header, and before the weight.
        (COOKIE | NONE, {"cookie_beta": "always"}, CANARY, "8.2 step 3"),
        (COOKIE | ALL, {"cookie_beta": "never"}, MAIN, "8.2 step 3"),
        (COOKIE | ALL, {}, {"canary": 100}, "8.2 step 4"),
        (
            {"canary_by_cookie": "theme"} | NONE,
            {"cookie_theme": "dark"},
            MAIN,
            "8.1: other values ignored",
        ),
        (
            HEADER | COOKIE,
            {"x_canary": "never", "cookie_beta": "always"},
            MAIN,
            "8.2: header before cookie",
        ),
        (
            HEADER | COOKIE,
            {"x_canary": "always", "cookie_beta": "never"},
            CANARY,
            "8.2: header before cookie",
        ),
        (
            VALUE | COOKIE,
            {"x_region": "us-east", "cookie_beta": "always"},
            CANARY,
            "8.2: a value that does not match goes on to step 3",
        ),
        (
            PATTERN | COOKIE | ALL,
            {"x_region": "us-east", "cookie_beta": "never"},
            MAIN,
            "8.2: goes on to step 3",
        ),
        (HEADER | COOKIE | ALL, {"x_canary": "never"}, MAIN, "8.2: header before weight"),
    ],
)
def test_nginx_decides_by_header_then_cookie_then_weight(annotations, sent, expected, source):
    canary = ingress("canary", canary="true", **annotations)

    assert expected == behind_nginx(ingress(), canary, **sent), source
    assert expected == behind_nginx(canary, ingress(), **sent), "the order of creation is nothing"


@pytest.mark.parametrize(
    ("ingresses", "expected", "source"),
    [
        ([ingress()], MAIN, "8.1"),
        ([], NOBODY, "no rule for the host: the default backend's 404"),
        ([ingress(host="other.example.com")], NOBODY, "the default backend's 404"),
        ([ingress("absent")], NOBODY, "8.2: a main backend without endpoints gives 503"),
        (
            [ingress("canary", canary="true", **ALL)],
            NOBODY,
            "8.1: an alternative for a main Ingress",
        ),
        (
            [ingress(), ingress("canary", canary="false", **ALL)],
            MAIN,
            "8.1: the older of two main ones",
        ),
        ([ingress(), ingress("canary", **ALL)], MAIN, "8.1: no canary without canary: true"),
        (
            [ingress(), ingress("canary", host="other", canary="true", **ALL)],
            MAIN,
            "8.1: the same host",
        ),
        ([ingress(), ingress("canary", path="/a", canary="true", **ALL)], MAIN, "8.1: and path"),
        (
            [ingress(), ingress("absent", canary="true", **ALL)],
            MAIN,
            "8.2: no endpoints, no balancer",
        ),
        (
            [ingress(), ingress("main", canary="true", **ALL)],
            MAIN,
            "controller.go, canMergeBackend",
        ),
        (
            [
                ingress(),
                ingress("canary", canary="true", **ALL),
                ingress("canary", canary="true", **NONE),
            ],
            {"canary": 100},
            "8.2: at most one canary Ingress per rule",
        ),
    ],
)
def test_a_canary_ingress_is_the_alternative_of_one_main_rule(ingresses, expected, source):
    assert expected == behind_nginx(*ingresses), source


def test_whoever_is_sent_to_a_canary_falls_back_to_main_where_it_is_empty():
    """Facts 8.2: header, cookie and weight alike."""
    notes = {"canary": "true", "canary_weight": "10"} | HEADER | COOKIE
    table = ingress_routes([ingress(), ingress("canary", **notes)], ENTRANCE, ATTRIBUTES, number)

    to_canary = [one for one in table if any(d.backend == 1 for d in one.destinations)]
    assert 3 == len(to_canary)
    assert {0} == {one.empty_falls_to for one in to_canary}


def test_an_ingress_of_another_class_is_nobody_here():
    other = ingress()
    other["spec"]["ingressClassName"] = "traefik"

    assert NOBODY == behind_nginx(other)
    assert entrance_to([other], ("default", "main")) is None


def test_the_way_in_is_the_first_main_rule_that_leads_to_the_service():
    found = entrance_to(
        [ingress("canary", canary="true"), ingress(host="a"), ingress(host="b")],
        ("default", "main"),
    )

    assert found is not None and ("a", "/") == found.entrance


EXACT = {"headers": {"x-canary": {"exact": "always"}}}
PREFIX = {"headers": {"x-region": {"prefix": "eu"}}}
PROTO = "virtual_service.proto"


def in_the_mesh(*http, **sent):
    table = virtual_service_routes(virtual_service(*http), [DESTINATION_RULE], ATTRIBUTES, number)
    return shares(table, **sent)


def one_match(block, **sent):
    """Who matches goes to v2, the others to v1."""
    return in_the_mesh({"match": [block], "route": [to("v2")]}, {"route": [to("v1")]}, **sent)


@pytest.mark.parametrize(
    ("block", "sent", "expected", "source"),
    [
        (EXACT, {"x_canary": "always"}, V2, "9.1 exact"),
        (EXACT, {"x_canary": "never"}, V1, "9.1 exact"),
        (EXACT, {}, V1, "9.1: a missing header never matches"),
        (PREFIX, {"x_region": "eu-west"}, V2, "9.1 prefix"),
        (PREFIX, {"x_region": "us-east"}, V1, "9.1 prefix"),
        ({"headers": {"x-region": {"prefix": ""}}}, {}, V1, "9.1: a missing header never matches"),
        ({"headers": {"x-region": {"regex": "eu-.*"}}}, {"x_region": "eu-west"}, V2, "9.1 regex"),
        (
            {"headers": {"x-region": {"regex": "eu"}}},
            {"x_region": "eu-west"},
            V1,
            "9.1: full match",
        ),
        (
            {"headers": {"x-region": {"regex": "west"}}},
            {"x_region": "eu-west"},
            V1,
            "9.1: full match",
        ),
        ({"headers": {"x-region": {"regex": ".*"}}}, {}, V1, "9.1: a missing header never matches"),
        (
            {"headers": {"x-region": {"regex": "("}}},
            {"x_region": "eu-west"},
            V1,
            PROTO + ": RE2 only",
        ),
        ({"headers": {"x-region": {}}}, {"x_region": "us-east"}, V2, "9.1: exists"),
        ({"headers": {"x-region": {}}}, {}, V1, "9.1: exists"),
        ({"headers": {"X-Canary": {"exact": "always"}}}, {"x_canary": "always"}, V2, "no case"),
        ({"headers": {"x-unsent": {"exact": "a"}}}, {}, V1, "9.1: a missing header never matches"),
        (
            {"headers": {"x-canary": {"exact": "always"}, "x-region": {"prefix": "eu"}}},
            {"x_canary": "always", "x_region": "us-east"},
            V1,
            "9.1: conditions inside one block are ANDed",
        ),
        (
            {"headers": {"x-canary": {"exact": "always"}, "x-region": {"prefix": "eu"}}},
            {"x_canary": "always", "x_region": "eu-west"},
            V2,
            "9.1: conditions inside one block are ANDed",
        ),
        (
            {"headers": {"cookie": {"regex": "^(.*; )?beta=always(;.*)?$"}}},
            {"cookie_beta": "always", "cookie_theme": "dark"},
            V2,
            "9.1 regex: cookies travel in one header",
        ),
        (
            {"headers": {"cookie": {"regex": "^(.*; )?beta=always(;.*)?$"}}},
            {"cookie_beta": "never", "cookie_theme": "dark"},
            V1,
            "9.1 regex: cookies travel in one header",
        ),
        ({"withoutHeaders": {"x-canary": {}}}, {}, V2, PROTO + " without_headers"),
        (
            {"withoutHeaders": {"x-canary": {}}},
            {"x_canary": "never"},
            V1,
            PROTO + " without_headers",
        ),
        ({"withoutHeaders": {"x-canary": {"exact": "never"}}}, {"x_canary": "always"}, V2, PROTO),
        ({"withoutHeaders": {"x-unsent": {}}}, {}, V2, PROTO + " without_headers"),
        ({"uri": {"prefix": "/"}}, {}, V2, "every request is for /"),
        ({"uri": {"exact": "/cart"}}, {}, V1, "every request is for /"),
        ({"method": {"exact": "POST"}}, {}, V1, "a condition on what requests do not have"),
        ({"sourceLabels": {"app": "a"}}, {}, V1, "a condition on what requests do not have"),
        ({"headers": {"method": {"exact": "GET"}}}, {}, V2, PROTO + ": such keys are ignored"),
    ],
)
def test_istio_matches_headers_by_exact_prefix_or_whole_regex(block, sent, expected, source):
    assert expected == one_match(block, **sent), source


@pytest.mark.parametrize(
    ("http", "sent", "expected", "source"),
    [
        ([{"route": [to("v1", 90), to("v2", 10)]}], {}, {"v1": 90, "v2": 10}, "9.1"),
        (
            [{"route": [to("v1", 1), to("v2", 3)]}],
            {},
            {"v1": 1, "v2": 3},
            "9.1: need not add to 100",
        ),
        (
            [{"route": [to("v1", 100), to("v2", 0)]}],
            {},
            {"v1": 100},
            "9.1: 0 beside others: nothing",
        ),
        ([{"route": [to("v1", 100), to("v2")]}], {}, {"v1": 100}, "9.1: no weight is 0"),
        ([{"route": [to("v2")]}], {}, V2, PROTO + ": a single destination"),
        ([{"route": [to("v2", 0)]}], {}, V2, "9.1: all-zero with a single destination"),
        ([{"route": [to("v1", 0), to("v2", 0)]}], {}, NOBODY, "9.1"),
        ([{"route": [to()]}], {}, MAIN, "9.2: no subset is the whole Service"),
        ([{"route": [to(host="canary")]}], {}, CANARY, PROTO + " Destination.host"),
        ([{"route": [to(host="canary.default.svc.cluster.local")]}], {}, CANARY, PROTO),
        ([{"route": [to(host="canary.other.svc.cluster.local")]}], {}, NOBODY, PROTO),
        ([{"route": [to("v3")]}], {}, NOBODY, "9.1: a missing subset gives 503 (NC)"),
        ([{"route": [to("v1", 90), to("v3", 10)]}], {}, {"v1": 90, NOBODY: 10}, "9.1: 503 (NC)"),
        ([{"route": [to("v3", 1), to("v4", 1)]}], {}, NOBODY, "9.1: 503 (NC)"),
        ([{"route": [to("v1")]}, {"route": [to("v2")]}], {}, V1, "9.1: what comes after is dead"),
        ([{"match": [EXACT], "route": [to("v2")]}], {}, NOBODY, "no route matched: 404"),
        (
            [{"match": [EXACT], "route": [to("v1")]}, {"match": [EXACT], "route": [to("v2")]}],
            {"x_canary": "always"},
            V1,
            "9.1: the first match wins",
        ),
        (
            [{"match": [EXACT, PREFIX], "route": [to("v2")]}, {"route": [to("v1")]}],
            {"x_region": "eu-west"},
            V2,
            "9.1: blocks are ORed",
        ),
        (
            [{"match": [EXACT, PREFIX], "route": [to("v2")]}, {"route": [to("v1")]}],
            {"x_canary": "never", "x_region": "us-east"},
            V1,
            "9.1: blocks are ORed",
        ),
        ([], {}, NOBODY, "no route at all: 404"),
    ],
)
def test_istio_takes_the_first_route_and_splits_by_weight_over_sum(http, sent, expected, source):
    assert expected == in_the_mesh(*http, **sent), source


@pytest.mark.parametrize(
    ("fields", "expected", "source"),
    [
        ({}, None, PROTO),
        ({"mirror": {"host": "canary"}}, (1, 1.0), PROTO + ": absent, 100 %"),
        ({"mirror": {"host": "main", "subset": "v2"}}, (3, 1.0), PROTO),
        ({"mirror": {"host": "canary"}, "mirrorPercentage": {"value": 12.5}}, (1, 0.125), PROTO),
        ({"mirror": {"host": "canary"}, "mirrorPercentage": {"value": 0}}, None, PROTO),
        ({"mirror": {"host": "canary"}, "mirrorPercent": 50}, (1, 0.5), PROTO + ": deprecated"),
        ({"mirror": {"host": "absent"}}, None, PROTO),
        (
            {"mirrors": [{"destination": {"host": "canary"}, "percentage": {"value": 5}}]},
            (1, 0.05),
            "virtual_service.proto mirrors",
        ),
    ],
)
def test_istio_mirrors_a_percentage_of_a_route(fields, expected, source):
    asked = virtual_service({"route": [to("v1")], **fields})
    [route] = virtual_service_routes(asked, [DESTINATION_RULE], ATTRIBUTES, number)

    found = None if route.mirror is None else (route.mirror.backend, route.mirror.share)
    assert expected == found, source


@pytest.mark.parametrize(
    ("host", "expected", "source"),
    [
        ("web", ("prod", "web"), PROTO + ": the namespace of the rule"),
        ("web.shop.svc.cluster.local", ("shop", "web"), PROTO),
        ("web.shop", None, PROTO + ": only names without dots are completed"),
        ("shop.example.com", None, PROTO),
    ],
)
def test_a_short_host_belongs_to_the_namespace_of_its_rule(host, expected, source):
    assert expected == service_of_host(host, "prod"), source
    assert is_host_of(host, "prod", ("prod", "web")) == (expected == ("prod", "web"))


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"hosts": ["main"]}, True),
        ({"hosts": ["*"]}, True),
        ({"hosts": ["*.default.svc.cluster.local"]}, True),
        ({"hosts": ["other"]}, False),
        ({"hosts": []}, False),
        ({"hosts": ["shop.example.com"], "gateways": ["shop"]}, True),
        ({"hosts": ["main"], "gateways": ["shop", "mesh"]}, True),
    ],
)
def test_a_virtual_service_is_for_its_hosts_or_for_what_a_gateway_lets_in(spec, expected):
    assert expected == concerns(virtual_service({"route": [to("v1")]}, **spec), ("default", "main"))


GATEWAY = "gateway-api apis/v1/httproute_types.go"


def header(name, value, kind=None):
    return {"headers": [{"name": name, "value": value} | ({"type": kind} if kind else {})]}


@pytest.mark.parametrize(
    ("rules", "sent", "expected", "source"),
    [
        ([{"backendRefs": [backend("main")]}], {}, MAIN, GATEWAY + ": weight 1"),
        (
            [{"backendRefs": [backend("main", 9), backend("canary", 1)]}],
            {},
            {"main": 9, "canary": 1},
            GATEWAY,
        ),
        (
            [{"backendRefs": [backend("main"), backend("canary", 3)]}],
            {},
            {"main": 1, "canary": 3},
            GATEWAY,
        ),
        ([{"backendRefs": [backend("main", 1), backend("canary", 0)]}], {}, MAIN, GATEWAY),
        ([{"backendRefs": [backend("main", 0)]}], {}, NOBODY, GATEWAY + ": no traffic"),
        ([{}], {}, NOBODY, GATEWAY + ": no backends, 500"),
        ([{"backendRefs": [backend("absent")]}], {}, NOBODY, GATEWAY + ": 500"),
        (
            [{"backendRefs": [backend("main", 9), backend("absent", 1)]}],
            {},
            {"main": 9, NOBODY: 1},
            GATEWAY + ": 500 for its share",
        ),
        ([{"backendRefs": [backend("main", kind="Bucket")]}], {}, NOBODY, GATEWAY),
        (
            [
                {"backendRefs": [backend("main")]},
                {"matches": [header("x-canary", "always")], "backendRefs": [backend("canary")]},
            ],
            {"x_canary": "always"},
            CANARY,
            GATEWAY + ": most header matches first, whatever the order",
        ),
        (
            [
                {"backendRefs": [backend("main")]},
                {"matches": [header("x-canary", "always")], "backendRefs": [backend("canary")]},
            ],
            {},
            MAIN,
            GATEWAY,
        ),
        (
            [
                {
                    "matches": [header("x-region", "eu-.*", "RegularExpression")],
                    "backendRefs": [backend("canary")],
                },
                {"backendRefs": [backend("main")]},
            ],
            {"x_region": "eu-west"},
            CANARY,
            GATEWAY,
        ),
        (
            [
                {
                    "matches": [header("x-canary", "always"), header("x-region", "eu-west")],
                    "backendRefs": [backend("canary")],
                }
            ],
            {"x_region": "eu-west"},
            CANARY,
            GATEWAY + ": matches are ORed",
        ),
        (
            [{"matches": [header("x-canary", "always")], "backendRefs": [backend("canary")]}],
            {},
            NOBODY,
            GATEWAY + ": 404",
        ),
        (
            [
                {
                    "matches": [{"path": {"type": "Exact", "value": "/"}}],
                    "backendRefs": [backend("canary")],
                },
                {"matches": [header("x-canary", "always")], "backendRefs": [backend("main")]},
            ],
            {"x_canary": "always"},
            CANARY,
            GATEWAY + ": an exact path before headers",
        ),
        (
            [{"matches": [{"path": {"value": "/cart"}}], "backendRefs": [backend("canary")]}],
            {},
            NOBODY,
            "every request is for /",
        ),
        (
            [{"matches": [{"method": "POST"}], "backendRefs": [backend("canary")]}],
            {},
            NOBODY,
            "a condition on what requests do not have",
        ),
    ],
)
def test_the_gateway_api_takes_the_most_specific_match(rules, sent, expected, source):
    assert expected == shares(
        http_route_routes([http_route(*rules)], ATTRIBUTES, number), **sent
    ), source


def test_of_two_http_routes_the_older_one_wins_a_tie():
    """HTTPRouteRule.matches: oldest first, then by namespace and name."""
    younger = http_route({"backendRefs": [backend("canary")]}, name="a", made=5.0)
    older = http_route({"backendRefs": [backend("main")]}, name="b", made=1.0)
    twin = http_route({"backendRefs": [backend("canary")]}, name="c", made=1.0)

    assert MAIN == shares(http_route_routes([younger, twin, older], ATTRIBUTES, number))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, 1.0),
        ({"percent": 25}, 0.25),
        ({"fraction": {"numerator": 1, "denominator": 1000}}, 0.001),
        ({"fraction": {"numerator": 50}}, 0.5),
    ],
)
def test_a_request_mirror_filter_copies_all_a_percentage_or_a_fraction(fields, expected):
    asked = {"type": "RequestMirror", "requestMirror": {"backendRef": backend("canary"), **fields}}
    table = http_route_routes(
        [http_route({"backendRefs": [backend("main")], "filters": [asked]})], ATTRIBUTES, number
    )

    assert table[0].mirror is not None
    assert (1, expected) == (table[0].mirror.backend, table[0].mirror.share)


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({}, True),
        ({"parentRefs": [{"kind": "Service", "group": "", "name": "other"}]}, False),
        ({"parentRefs": [{"name": "shop"}]}, True),
        ({"parentRefs": []}, False),
    ],
)
def test_an_http_route_belongs_to_its_parents(spec, expected):
    route = http_route({"backendRefs": [backend("main")]}, **spec)

    assert expected == http_route_concerns(route, ("default", "main"))
