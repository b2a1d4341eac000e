"""How a proxy picks an endpoint: one file and one line here for each way."""

from __future__ import annotations

from sim.registry import Registry

BALANCERS = Registry(
    "balancer",
    {
        "random": "sim.traffic.balancers.random:Random",
        "round_robin": "sim.traffic.balancers.round_robin:RoundRobin",
        "least_connections": "sim.traffic.balancers.least_connections:LeastConnections",
        "ring_hash": "sim.traffic.balancers.ring_hash:RingHash",
        "least_request": "sim.traffic.balancers.least_request:LeastRequest",
        "weighted": "sim.traffic.balancers.weighted:Weighted",
    },
)
