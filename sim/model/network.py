"""What stands between clients and pods: kinds of proxy, and the connections that they keep.

A proxy that works per connection (kube-proxy) chooses a pod when a client connects, and never
again while that connection lives. One that works per request (an ingress controller, a mesh
sidecar) chooses anew for every request, and keeps connections of its own to each pod. HTTP/1.1: a
connection carries one request at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sim.model.causes import Cause

_REFUSED = (Cause.REFUSED_STARTING, Cause.REFUSED_TERMINATING)
_CUT = (Cause.GONE_AT_SIGTERM, Cause.CUT_BY_SIGKILL, Cause.CUT_BY_CRASH_OR_OOM)


class ProxyKind(StrEnum):
    """What stands between clients and pods, and so decides who is chosen when."""

    KUBE_PROXY = "kube-proxy"  # Per connection, at random; a refused connection is the client's.
    INGRESS_NGINX = "ingress-nginx"  # Per request, round robin; a refused one is tried elsewhere.
    ISTIO = "istio"  # Per request in the caller's sidecar, the less busy of two; tried elsewhere.


# Which proxy reads the objects that a router writes, by the names of `sim.routers`.
READER = {
    "ingress_annotations": ProxyKind.INGRESS_NGINX,
    "virtual_service": ProxyKind.ISTIO,
    "http_route": ProxyKind.ISTIO,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How a kind of proxy behaves unless it is configured otherwise.

    *proxies* is how many there are, 0 for one on every node; *avoid* how often it picks again
    rather than send a request to a pod that has just failed it.
    """

    proxies: int
    balancer: str
    keep_alive_seconds: float
    requests_each: int
    lifetime_seconds: float
    tries: int
    connect_timeout_seconds: float
    avoid: int


NEVER = float("inf")
# kube-proxy: Virtual IPs and Service Proxies. ingress-nginx: internal/ingress/controller/config/
# config.go (upstream-keepalive-timeout, -requests, -time; proxy-next-upstream-tries; proxy-connect-
# timeout). Istio: pilot/pkg/networking/core/route/retry/retry.go (two retries after the first try,
# five reselections), destination_rule.proto (idle timeout), pkg/config/mesh/mesh.go (connect).
HABITS = {
    ProxyKind.KUBE_PROXY: Habits(
        proxies=0,
        balancer="random",
        keep_alive_seconds=0.0,
        requests_each=0,
        lifetime_seconds=NEVER,
        tries=1,
        connect_timeout_seconds=NEVER,
        avoid=0,
    ),
    ProxyKind.INGRESS_NGINX: Habits(
        proxies=2,
        balancer="round_robin",
        keep_alive_seconds=60.0,
        requests_each=10_000,
        lifetime_seconds=3600.0,
        tries=3,
        connect_timeout_seconds=5.0,
        avoid=0,
    ),
    ProxyKind.ISTIO: Habits(
        proxies=10,
        balancer="least_request",
        keep_alive_seconds=3600.0,
        requests_each=0,
        lifetime_seconds=NEVER,
        tries=3,
        connect_timeout_seconds=10.0,
        avoid=5,
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Connections:
    """How requests travel: through which kind of *proxy*, and on connections that live how long.

    A connection (a user's through kube-proxy, a proxy's to a pod otherwise) is kept for
    *keep_alive_seconds* after its last answer, 0 being a connection for each attempt; for at most
    *requests_each* requests (0: no limit), and not beyond *lifetime_seconds* of age. News that the
    other side has closed it takes *close_notice_seconds*. A proxy tries *tries* endpoints at most,
    and waits *connect_timeout_seconds* for each to accept. *idempotent_share* is the share of
    requests that may be sent twice. *affinity_seconds* is a Service's ClientIP affinity (None:
    none), which only kube-proxy knows.
    """

    proxy: ProxyKind = ProxyKind.KUBE_PROXY
    keep_alive_seconds: float = 0.0
    requests_each: int = 0
    lifetime_seconds: float = NEVER
    close_notice_seconds: float = 0.001
    tries: int = 1
    connect_timeout_seconds: float = NEVER
    idempotent_share: float = 0.0
    affinity_seconds: float | None = None

    @property
    def per_request(self) -> bool:
        """Whether a pod is chosen for every request, not for every connection."""
        return self.proxy is not ProxyKind.KUBE_PROXY

    @property
    def proxy_of_the_user(self) -> bool:
        """Whether a user always comes by the same proxy: the sidecar of its client, or the node
        whose kube-proxy remembers it. Otherwise a load balancer in front picks one each time."""
        return self.proxy is ProxyKind.ISTIO or self.affinity_seconds is not None


def tried_elsewhere(proxy: ProxyKind, cause: Cause, idempotent: bool) -> bool:
    """Whether a *proxy* tries another endpoint after an endpoint failed a request with *cause*.

    A connection that cannot be made is tried elsewhere by every proxy that works per request.
    nginx goes on after a broken connection too (proxy_next_upstream error), but sends nothing
    twice that is not *idempotent*; Envoy only if the reset came before the request was read
    (reset-before-request). Whoever connects through kube-proxy is on his own.
    """
    if proxy is ProxyKind.KUBE_PROXY:
        return False
    if cause in _REFUSED or cause is Cause.NODE_UNREACHABLE:
        return True
    if cause is Cause.IDLE_RESET:
        return idempotent or proxy is ProxyKind.ISTIO
    return cause in _CUT and idempotent and proxy is ProxyKind.INGRESS_NGINX
