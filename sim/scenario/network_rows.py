"""What is assumed about the way of requests: rows of the table of assumptions, by kind of proxy."""

from __future__ import annotations

from collections.abc import Iterator

from sim.i18n import Message, message
from sim.model import duration as words
from sim.model.network import ProxyKind
from sim.scenario.spec import Network

_KUBE, _NGINX, _ISTIO = ProxyKind.KUBE_PROXY, ProxyKind.INGRESS_NGINX, ProxyKind.ISTIO
# Why a number was chosen, where that depends on the kind of proxy.
WHY: dict[tuple[str, ProxyKind], Message] = {
    ("proxy", _NGINX): message("the manifests' routes, or a Rollout's trafficRouting, are for it"),
    ("proxy", _ISTIO): message("the manifests' routes, or a Rollout's trafficRouting, are for it"),
    ("balancer", _KUBE): message("kube-proxy in iptables mode picks at random per connection"),
    ("balancer", _NGINX): message("ingress-nginx takes turns, each replica for itself"),
    ("balancer", _ISTIO): message("Envoy compares two random pods by what it has on its way"),
    ("proxies", _KUBE): message("one kube-proxy on each node"),
    ("proxies", _NGINX): message("two replicas of the ingress controller"),
    ("proxies", _ISTIO): message("ten callers, each with a sidecar of its own"),
    ("propagation", _KUBE): message(
        "kube-proxy applies endpoint changes at most once a second, each node for itself"
    ),
    ("propagation", _NGINX): message(
        "its controller syncs at most every 3.3 s, then nginx looks once a second"
    ),
    ("propagation", _ISTIO): message(
        "istiod waits for 0.1 s without a change, 10 s at most, and pushes within 0.2 s"
    ),
    ("keepAlive", _KUBE): message("a connection for each request: users come back after minutes"),
    ("keepAlive", _NGINX): message("ingress-nginx's upstream-keepalive-timeout"),
    ("keepAlive", _ISTIO): message("Envoy's idle timeout of an upstream connection"),
    ("requestsPerConnection", _NGINX): message("ingress-nginx's upstream-keepalive-requests"),
    ("connectionLifetime", _NGINX): message("ingress-nginx's upstream-keepalive-time"),
    ("tries", _NGINX): message("proxy-next-upstream-tries, the first one included"),
    ("tries", _ISTIO): message("Istio's two retries after the first try"),
    ("connectTimeout", _NGINX): message("ingress-nginx's proxy-connect-timeout"),
    ("connectTimeout", _ISTIO): message("Istio's connect timeout"),
}
PLAIN: dict[str, Message] = {
    "watch": message("a write reaches a controller's watch within tens of milliseconds"),
    "proxy": message("a Service without an ingress or a mesh before it"),
    "closeNotice": message("about the way between two machines of one cluster"),
    "requestsPerConnection": message("no limit unless one is set"),
    "connectionLifetime": message("no limit unless one is set"),
    **dict.fromkeys(
        (
            "outlierDetection.consecutiveErrors",
            "outlierDetection.interval",
            "outlierDetection.baseEjectionTime",
            "outlierDetection.maxEjectionPercent",
        ),
        message("Istio's default once outlierDetection is given"),
    ),
    "maxRequests": message("no limit unless one is set"),
    "rateLimit": message("no limit unless one is set"),
    "burst": message("requests come one by one"),
    "idempotent": message("nothing is sent twice, so that no cut request is hidden"),
}


def why(field: str, network: Network) -> Message:
    """The reason for `network.FIELD`, as it was assumed."""
    return WHY.get((field, network.proxy)) or PLAIN[field]


def rows(network: Network) -> Iterator[tuple[str, str]]:
    """Field and value of everything that acts in a *network* without gaps."""
    yield "proxy", network.proxy.value
    yield "balancer", str(network.balancer)
    yield "proxies", str(network.proxies)
    if network.propagation is None:
        yield "propagation", network.proxy.value
    else:
        yield "propagation", words.show_range(network.propagation)
    yield "watch", words.show_range(network.watch)
    yield "keepAlive", words.show_duration(network.keep_alive or 0.0)
    if network.keep_alive:
        yield from _kept(network)
    if network.proxy is not _KUBE:
        yield "tries", str(network.tries)
        yield "connectTimeout", words.show_duration(network.connect_timeout or 0.0)
        yield "idempotent", words.show_share(network.idempotent)
        yield from _protection(network)


def _protection(network: Network) -> Iterator[tuple[str, str]]:
    """What the proxies allow, where somebody has asked for it."""
    found = network.outlier_detection
    if found is not None:
        yield "outlierDetection.consecutiveErrors", str(found.consecutive_errors)
        yield "outlierDetection.interval", words.show_duration(found.interval)
        yield "outlierDetection.baseEjectionTime", words.show_duration(found.base_ejection_time)
        yield "outlierDetection.maxEjectionPercent", words.show_share(found.max_ejection_percent)
    if network.max_requests is not None:
        yield "maxRequests", str(network.max_requests)
    if network.rate_limit is not None:
        yield "rateLimit", words.show_rate(network.rate_limit)
        yield "burst", str(network.burst)


def _kept(network: Network) -> Iterator[tuple[str, str]]:
    """What matters only to connections that are kept."""
    yield "requestsPerConnection", str(network.requests_per_connection)
    lifetime = network.connection_lifetime
    endless = lifetime is None or lifetime == float("inf")
    yield "connectionLifetime", "-" if endless else words.show_duration(lifetime or 0.0)
    yield "closeNotice", words.show_duration(network.close_notice)
