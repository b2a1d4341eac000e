"""What an operator does to release a version: one file each, written against `Cluster`."""

from __future__ import annotations

from sim.registry import Registry

STRATEGIES = Registry(
    "strategy",
    {
        "Recreate": "sim.strategies.recreate:Recreate",
        "RollingUpdate": "sim.strategies.rolling_update:RollingUpdate",
    },
)
