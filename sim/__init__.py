"""Seatrial: sea trials for a Kubernetes rollout. The public face, loaded when it is used.

    import sim

    scenario = sim.load("web-app")
    comparison = sim.compare(scenario, ["Recreate", "RollingUpdate"], seeds=range(10))
    comparison.frame()  # tidy; more in docs/python.md

From the roof down: `interfaces` (commands, pages) · `experiments`, `fitting` · `session` (a run) ·
`backends`, `operators` · `strategies`, `faults`, `control` (the cluster), `traffic` (the requests),
`analysis` · `cluster`, `judges` · `ports`, `scenario` · `model` · `errors`, `stats`, `i18n`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.analysis.picture import draw as draw
    from sim.errors import ScenarioError as ScenarioError
    from sim.experiments.compare import Comparison as Comparison
    from sim.experiments.compare import compare as compare
    from sim.experiments.frames import frames as frames
    from sim.experiments.rollback_drill import rollback_drill as rollback_drill
    from sim.experiments.varied import sweep as sweep
    from sim.experiments.window import measured_window as measured_window
    from sim.fitting.fit import fit as fit
    from sim.scenario.load import load as load
    from sim.session import Session as Session
    from sim.session import run as run

__version__ = "0.1.0"

_FACE = {
    "Comparison": "sim.experiments.compare",
    "ScenarioError": "sim.errors",
    "Session": "sim.session",
    "compare": "sim.experiments.compare",
    "draw": "sim.analysis.picture",
    "fit": "sim.fitting.fit",
    "frames": "sim.experiments.frames",
    "load": "sim.scenario.load",
    "measured_window": "sim.experiments.window",
    "rollback_drill": "sim.experiments.rollback_drill",
    "run": "sim.session",
    "sweep": "sim.experiments.varied",
}

__all__ = [*_FACE]


def __getattr__(name: str) -> Any:
    if name not in _FACE:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    return getattr(import_module(_FACE[name]), name)


def __dir__() -> list[str]:
    return sorted([*_FACE, "__version__"])
