"""Measure the scenarios of the handbook's chapters anew: `python docs/make_summaries.py`.

Beside each stands a `summary.json`: what its strategies came to under three seeds. CI measures
again and compares.
"""

from __future__ import annotations

import json
from pathlib import Path

from sim.experiments.compare import compare
from sim.experiments.rollback_drill import rollback_drill
from sim.scenario.load import load

ROOT = Path(__file__).resolve().parent.parent
SEEDS = range(3)
STRATEGIES = {
    "maintenance": ("MaintenanceWindow", "Recreate", "RollingUpdate"),
    "blue-green": ("BlueGreen", "RollingUpdate"),
    "rolling-update": ("RollingUpdate", "Recreate"),
    "two-deployments": ("BlueGreen", "RollingUpdate"),
    "canary-mesh": ("Canary", "RollingUpdate"),
    "canary-ingress": ("Canary", "RollingUpdate"),
    "canary-analysis": ("Canary", "RollingUpdate"),
    "canary": ("Canary", "CanaryThenRolling", "RollingUpdate"),
    "shadow": ("Shadow", "RollingUpdate"),
    "ab-test": ("ABTest", "RollingUpdate"),
    "feature-flags": ("FeatureFlags", "RollingUpdate"),
}
# Scenarios about the way back are drilled instead of compared.
DRILLS = {"rollback": ("BlueGreen", "Canary", "RollingUpdate")}
FIGURES = (
    *("failed_requests", "full_outage_seconds", "users_exposed", "old_version_gone_seconds"),
    *("settled_seconds", "share_missed", "pod_seconds_running", "peak_pods"),
)
# What only some of them have to do with.
MORE = {
    "shadow": ("copies_answered_well", "copies_failed"),
    "ab-test": (
        *("conversion_a", "conversion_b", "revenue_a", "revenue_b"),
        *("users_who_flipped", "split_p_value"),
    ),
    "feature-flags": ("users_of_both_versions",),
}


def summary_of(name: str) -> str:
    """The figures of the scenario called *name*, by strategy and seed, as JSON."""
    found = compare(load([ROOT / "scenarios" / name]), STRATEGIES[name], seeds=SEEDS, workers=1)
    content = {
        "scenario": found.scenario.digest,
        "windowSeconds": found.window.seconds,
        "seeds": list(found.seeds),
        "strategies": {
            str(arm.strategy): {
                "phases": dict(arm.phases),
                **{
                    key: [_rounded(value) for value in arm.values[key]]
                    for key in (*FIGURES, *MORE.get(name, ()))
                },
            }
            for arm in found.releases
        },
    }
    return json.dumps(content, indent=2) + "\n"


def drill_summary_of(name: str) -> str:
    """The clocks and costs of the scenario called *name*, by moment, strategy and seed, as JSON."""
    found = rollback_drill(load([ROOT / "scenarios" / name]), DRILLS[name], seeds=SEEDS, workers=1)
    content = {
        "scenario": found.scenario.digest,
        "seeds": list(found.seeds),
        "moments": {
            one.moment.value: {
                "windowSeconds": one.plan.window.seconds,
                "strategies": {
                    way.strategy: {
                        key: [_rounded(value) for value in values]
                        for key, values in way.values.items()
                    }
                    for way in one.ways
                },
            }
            for one in found.moments
        },
    }
    return json.dumps(content, indent=2) + "\n"


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def main() -> None:
    """Write every summary."""
    for name in STRATEGIES:
        (ROOT / "scenarios" / name / "summary.json").write_text(summary_of(name), "utf-8")
    for name in DRILLS:
        (ROOT / "scenarios" / name / "summary.json").write_text(drill_summary_of(name), "utf-8")


if __name__ == "__main__":
    main()
