"""Who is sent where: what an ingress controller or istiod makes of the objects about it.

kube-proxy knows Services only. ingress-nginx reads Ingresses, Istio VirtualServices with their
DestinationRules, or HTTPRoutes; of objects that want the same the oldest counts.
"""

from __future__ import annotations

from collections.abc import Sequence

from sim.control.endpoints import Endpoints
from sim.control.outbox import ROUTES, Outbox
from sim.control.store import Key, Store
from sim.model import http_route_routes, virtual_service_routes
from sim.model.backend_name import BackendName
from sim.model.http_route_routes import http_route_routes as routes_of_http_routes
from sim.model.ingress_routes import entrance_to, ingress_routes
from sim.model.network import ProxyKind
from sim.model.objects import JsonObject
from sim.model.routing import Attribute, Destination, Route
from sim.model.run import Change
from sim.model.virtual_service_routes import virtual_service_routes as routes_of_virtual_service
from sim.ports import DataPlane

# Without any object about it everything goes to the Service that users know.
TO_MAIN = (Route(destinations=(Destination(backend=0, weight=1),)),)
_READ = {
    ProxyKind.KUBE_PROXY: (),
    ProxyKind.INGRESS_NGINX: ("Service", "Ingress"),
    ProxyKind.ISTIO: ("Service", "VirtualService", "DestinationRule", "HTTPRoute"),
}


class Routing:
    """Keeps the table of the Service that users know, and tells the proxies when it changes.

    It reads as its kind of *proxy* does, and looks at every write at once: what that takes is
    part of the way of *outbox*. *attributes* are what users send.
    """

    def __init__(
        self,
        store: Store,
        data_plane: DataPlane,
        endpoints: Endpoints,
        *,
        outbox: Outbox,
        proxy: ProxyKind,
        attributes: Sequence[Attribute],
    ) -> None:
        self._store = store
        self._plane = data_plane
        self._endpoints = endpoints
        self._outbox = outbox
        self._proxy = proxy
        self._attributes = tuple(attributes)
        self._entrance: tuple[str, str] | None = None  # Host and path by which users come.
        self._latest: tuple[Route, ...] = TO_MAIN
        for kind in _READ[proxy]:
            store.subscribe(kind, self._on_change)

    def _on_change(self, _: Change) -> None:
        main = self._endpoints.backends.main
        if main is None:
            return
        table = self._behind_nginx(main) if self._is_nginx else self._in_the_mesh(main)
        if table != self._latest:
            self._latest = table
            self._outbox.put(ROUTES, lambda at: self._plane.set_routes(table, at))

    @property
    def _is_nginx(self) -> bool:
        return self._proxy is ProxyKind.INGRESS_NGINX

    def _behind_nginx(self, main: Key) -> tuple[Route, ...]:
        """Users keep to the host and path that first led to the Service, whatever leads there."""
        found = self._store.objects_of("Ingress")
        if self._entrance is None:
            rule = entrance_to(found, main)
            if rule is None:
                return TO_MAIN
            self._entrance = rule.entrance
        return ingress_routes(found, self._entrance, self._attributes, self._number)

    def _in_the_mesh(self, main: Key) -> tuple[Route, ...]:
        virtual = [
            one
            for one in self._store.objects_of("VirtualService")
            if virtual_service_routes.concerns(one, main)
        ]
        routes = [
            one
            for one in self._store.objects_of("HTTPRoute")
            if http_route_routes.concerns(one, main)
        ]
        if virtual and (not routes or _made(virtual[0]) <= _made(routes[0])):
            rules = self._store.objects_of("DestinationRule")
            return routes_of_virtual_service(virtual[0], rules, self._attributes, self._number)
        if routes:
            return routes_of_http_routes(routes, self._attributes, self._number)
        return TO_MAIN

    def _number(self, name: BackendName) -> int | None:
        service = self._store.find("Service", name.service, name.namespace)
        if service is None or service["spec"].get("type") == "ExternalName":
            return None
        return self._endpoints.follow(name)


def _made(obj: JsonObject) -> float:
    return float(obj["metadata"]["creationTimestamp"])
