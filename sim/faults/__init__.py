"""What goes wrong, one file each: written against `World`, which only the simulation has."""

from __future__ import annotations

from sim.registry import Registry

FAULTS = Registry(
    "fault",
    {
        "bug": "sim.faults.bug:Bug",
        "slow": "sim.faults.slow:Slow",
        "leak": "sim.faults.leak:Leak",
        "start": "sim.faults.start:SlowStart",
        "crash": "sim.faults.crash:Crash",
        "image": "sim.faults.image:MissingImage",
        "hang": "sim.faults.hang:Hang",
        "slow-node": "sim.faults.slow_node:SlowNode",
        "node": "sim.faults.node:LostNode",
        "outage": "sim.faults.outage:Outage",
        "lock": "sim.faults.lock:Lock",
        "latency": "sim.faults.latency:Latency",
        "errors": "sim.faults.errors:Errors",
        "blind": "sim.faults.blind:Blind",
    },
)
