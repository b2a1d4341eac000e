"""Who gets which share: one file each, writing the objects that a real cluster would need."""

from __future__ import annotations

from sim.registry import Registry
from sim.routers.router import Capability as Capability
from sim.routers.router import Kind as Kind
from sim.routers.router import Router as Router
from sim.routers.router import Sent as Sent
from sim.routers.router import Side as Side
from sim.routers.router import Site as Site
from sim.routers.router import Track as Track
from sim.routers.router import demand as demand

ROUTERS = Registry(
    "router",
    {
        "replica_ratio": "sim.routers.replica_ratio:ReplicaRatio",
        "service_selector": "sim.routers.service_selector:ServiceSelector",
        "ingress_annotations": "sim.routers.ingress_annotations:IngressAnnotations",
        "virtual_service": "sim.routers.virtual_service:VirtualServiceRouter",
        "http_route": "sim.routers.http_route:HttpRouteRouter",
    },
)
