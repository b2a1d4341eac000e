"""What an operator does to release a version: one file each, written against `Cluster`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.registry import Registry
from sim.strategies.strategy import Strategy

STRATEGIES = Registry(
    "strategy",
    {
        "Recreate": "sim.strategies.recreate:Recreate",
        "RollingUpdate": "sim.strategies.rolling_update:RollingUpdate",
        "BlueGreen": "sim.strategies.blue_green:BlueGreen",
        "Canary": "sim.strategies.canary:Canary",
        "CanaryThenRolling": "sim.strategies.canary_then_rolling:CanaryThenRolling",
        "FeatureFlags": "sim.strategies.feature_flags:FeatureFlags",
        "BlueGreenBehindFlag": "sim.strategies.blue_green_behind_flag:BlueGreenBehindFlag",
        "ABTest": "sim.strategies.ab_test:ABTest",
        "Shadow": "sim.strategies.shadow:Shadow",
        "MaintenanceWindow": "sim.strategies.maintenance_window:MaintenanceWindow",
    },
)
# What `spec.strategy.type` of a Deployment can say, and so what anybody has without a tool.
BUILT_IN = ("Recreate", "RollingUpdate")


def strategy_named(name: str, settings: Mapping[str, Any] | None = None) -> Strategy:
    """The strategy called *name* with these *settings*, and its defaults for all others."""
    found: Strategy = STRATEGIES[name](**(settings or {}))
    return found
