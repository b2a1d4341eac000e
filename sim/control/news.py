"""How an endpoint change travels to the proxies: as kube-proxy, ingress-nginx and Istio have it.

The sources of the numbers are facts about those programs; where a number is assumed, it says so.
"""

from __future__ import annotations

from math import floor, inf
from typing import Protocol

from sim.model.behaviour import Delays
from sim.model.draws import Purpose, Stream
from sim.model.network import ProxyKind

_PROXY_BITS = 20


class News(Protocol):
    """One kind's way. `due` is asked at every change, `heard` when what was due is sent out."""

    def due(self, now: float, since: float) -> float:
        """When the change of this moment is sent to the proxies, with all of a burst *since* then.

        *since* is the first change that has not been sent; a moment that has passed means at once.
        """
        ...

    def heard(self, now: float, proxy: int, number: int) -> float:
        """When *proxy* acts on the *number*-th list, sent *now*."""
        ...


class Drawn:
    """Each proxy after a time of its own out of *bounds*, as kube-proxies on their nodes.

    kube-proxy applies changes at most once a second (--iptables-min-sync-period).
    """

    def __init__(self, seed: int, bounds: tuple[float, float]) -> None:
        self._bounds = bounds
        self._draws = Stream(seed, Purpose.PROPAGATION)

    def due(self, now: float, since: float) -> float:
        """At once."""
        return now

    def heard(self, now: float, proxy: int, number: int) -> float:
        """A draw later."""
        return now + self._draws.between(self._bounds, (number << _PROXY_BITS) | proxy)


class Paced:
    """ingress-nginx: each controller syncs at most every 3.3 s, its nginx looks once a second.

    A change that finds the controller waiting for its turn goes along with that turn. (kubernetes/
    ingress-nginx pkg/flags/flags.go, sync-rate-limit 0.3; rootfs/etc/nginx/lua/balancer.lua,
    BACKENDS_SYNC_INTERVAL 1) *watch* is how long the controller takes to hear.
    """

    GAP_SECONDS = 1.0 / 0.3
    LOOK_SECONDS = 1.0

    def __init__(self, seed: int, watch: tuple[float, float]) -> None:
        self._watch = Drawn(seed, watch)
        self._phases = Stream(seed, Purpose.PROXY_PHASE)
        self._last: dict[int, float] = {}  # By proxy: its controller's last sync, or the next.

    def due(self, now: float, since: float) -> float:
        """At once."""
        return now

    def heard(self, now: float, proxy: int, number: int) -> float:
        """The first look of its nginx after its controller's next sync."""
        told = self._watch.heard(now, proxy, number)
        sync = self._last.get(proxy, -inf)
        if sync < told:
            self._last[proxy] = sync = max(told, sync + self.GAP_SECONDS)
        phase = self._phases.uniform(proxy) * self.LOOK_SECONDS
        looks = floor((sync - phase) / self.LOOK_SECONDS) + 1
        return phase + looks * self.LOOK_SECONDS


class Debounced:
    """Istio: istiod waits until 0.1 s passed without a change, 10 s at most, and then pushes.

    (PILOT_DEBOUNCE_AFTER, PILOT_DEBOUNCE_MAX in istio/istio pilot/pkg/features) That a push takes
    10 to 200 ms to reach a sidecar is assumed.
    """

    _QUIET_SECONDS = 0.1
    MOST_SECONDS = 10.0
    PUSH_SECONDS = (0.01, 0.2)

    def __init__(self, seed: int) -> None:
        self._push = Drawn(seed, self.PUSH_SECONDS)

    def due(self, now: float, since: float) -> float:
        """After a quiet moment; each change makes the others wait with it."""
        return min(now + self._QUIET_SECONDS, since + self.MOST_SECONDS)

    def heard(self, now: float, proxy: int, number: int) -> float:
        """A push later."""
        return self._push.heard(now, proxy, number)


def news(seed: int, delays: Delays) -> News:
    """The way that *delays* ask for: drawn from their range if they give one, else the kind's."""
    if delays.propagation is not None:
        return Drawn(seed, delays.propagation)
    if delays.proxy is ProxyKind.INGRESS_NGINX:
        return Paced(seed, delays.watch)
    if delays.proxy is ProxyKind.ISTIO:
        return Debounced(seed)
    raise ValueError("propagation must be given for kube-proxy, not None")


def heard_within(delays: Delays) -> float:
    """How long the news of a Service takes to reach every proxy at most, in a calm cluster.

    What an operator who knows the cluster's proxies would wait after a change of a selector.
    """
    watch = delays.watch[1]
    if delays.propagation is not None:
        return watch + delays.propagation[1]
    if delays.proxy is ProxyKind.INGRESS_NGINX:
        return 2 * watch + Paced.GAP_SECONDS + Paced.LOOK_SECONDS
    return watch + Debounced.MOST_SECONDS + Debounced.PUSH_SECONDS[1]
