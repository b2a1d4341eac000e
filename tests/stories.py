"""Tiny worlds for stories: a Deployment in a few words, and one release of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sim.model.causes import Cause
from sim.model.run import Run, Window
from sim.scenario.load import load
from sim.scenario.scenario import Scenario
from sim.session import Session

WINDOW = Window(start=0.0, first_write=30.0, end=150.0)


def deployment(
    *,
    replicas: int = 3,
    surge: int | str = 1,
    unavailable: int | str = 0,
    pre_stop: int | None = None,
    grace: int = 30,
    memory: str | None = None,
    readiness: dict[str, Any] | None = None,
    liveness: dict[str, Any] | None = None,
    **spec: Any,
) -> dict[str, Any]:
    """A Deployment called web, ready as soon as its process listens unless a probe is given."""
    container: dict[str, Any] = {"name": "web", "image": "web:1"}
    probe = {"httpGet": {"path": "/", "port": 80}, "periodSeconds": 1}
    container["readinessProbe"] = probe if readiness is None else readiness
    if liveness is not None:
        container["livenessProbe"] = liveness
    if pre_stop is not None:
        container["lifecycle"] = {"preStop": {"exec": {"command": ["sleep", str(pre_stop)]}}}
    if memory is not None:
        container["resources"] = {"limits": {"memory": memory}}
    rolling = {"maxSurge": surge, "maxUnavailable": unavailable}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "spec": {
            "replicas": replicas,
            "strategy": {"type": "RollingUpdate", "rollingUpdate": rolling},
            "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {"terminationGracePeriodSeconds": grace, "containers": [container]},
            },
            **spec,
        },
    }


def scenario(
    place: Path,
    manifest: dict[str, Any] | None = None,
    *,
    faults: tuple[str, ...] = (),
    overrides: tuple[str, ...] = (),
) -> Scenario:
    """A scenario of *manifest* (JSON is YAML) with image web:2 as its release."""
    place.mkdir(parents=True, exist_ok=True)
    file = place / "deployment.yaml"
    file.write_text(json.dumps(deployment() if manifest is None else manifest))
    return load([file], images=["web=web:2"], faults=faults, overrides=overrides)


def session(story: Scenario, strategy: str | None = "RollingUpdate", seed: int = 1) -> Session:
    """A session of *story* in the window that stories share."""
    return Session(story, strategy, seed, window=WINDOW)


def rehearse(story: Scenario, strategy: str | None = "RollingUpdate", seed: int = 1) -> Run:
    """One whole run."""
    return session(story, strategy, seed).finish()


def failures(run: Run) -> dict[Cause, int]:
    """How many requests of the window failed, by cause."""
    counts = run.requests.within(run.window.start, run.window.end)
    causes = sorted({int(cause) for cause in counts.cause} - {0})
    return {Cause(cause): int(counts.count[counts.cause == cause].sum()) for cause in causes}
