"""Who is on duty while a release runs: operators, scripts and reconcilers, one file each."""

from __future__ import annotations

from sim.registry import Registry

OPERATORS = Registry(
    "operator",
    {
        "ByCommand": "sim.operators.by_command:ByCommand",
    },
)
