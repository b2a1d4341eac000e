"""Who is on duty while a release runs: operators, scripts and reconcilers, one file each."""

from __future__ import annotations

from sim.registry import Registry

OPERATORS = Registry(
    "operator",
    {
        "AlertDriven": "sim.operators.alert_driven:AlertDriven",
        "ByCommand": "sim.operators.by_command:ByCommand",
        "EmergencyRunbook": "sim.operators.emergency_runbook:EmergencyRunbook",
        "GateDriven": "sim.operators.gate_driven:GateDriven",
        "HealthScript": "sim.operators.health_script:HealthScript",
        "Reconciler": "sim.operators.reconciler:Reconciler",
    },
)
