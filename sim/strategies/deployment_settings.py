"""The Deployment's own settings that a rollout runs with, and where each value comes from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sim.model.objects import JsonObject
from sim.model.rollout import fenceposts
from sim.model.run import Setting

MANIFEST = "manifest"
GIVEN = "scenario"
ASSUMED = "assumed"
DEFAULT = "Kubernetes default (pkg/apis/apps/v1/defaults.go)"


def rollout_settings(deployment: JsonObject, written: JsonObject) -> tuple[Setting, ...]:
    """Fields of *deployment* (defaulted) that every Deployment rollout obeys."""
    spec = deployment["spec"]
    return tuple(
        Setting(name=name, value=f"{spec[name]}", source=_source(written["spec"], name))
        for name in ("replicas", "minReadySeconds", "progressDeadlineSeconds")
    )


def rolling_settings(
    deployment: JsonObject, written: JsonObject, budget: JsonObject
) -> tuple[Setting, ...]:
    """Surge and unavailable as written, and the pods that they come to at this size."""
    replicas = deployment["spec"]["replicas"]
    bounds = fenceposts(replicas, budget["maxSurge"], budget["maxUnavailable"])
    own = (written["spec"].get("strategy") or {}).get("rollingUpdate") or {}
    resolved = {"maxSurge": bounds.surge, "maxUnavailable": bounds.unavailable}
    return tuple(
        Setting(
            name=name,
            value=_with_pods(budget[name], pods),
            source=MANIFEST if name in own else DEFAULT,
        )
        for name, pods in resolved.items()
    )


def with_given(
    settings: Iterable[Setting], given: Iterable[str], source: str = GIVEN
) -> tuple[Setting, ...]:
    """*settings*, those among them that *source* gave marked as such; *given* are fields."""
    names = {field.replace("_", "") for field in given}
    return tuple(
        replace(one, source=source) if one.name.lower() in names else one for one in settings
    )


def _with_pods(written: int | str, pods: int) -> str:
    return f"{written}" if written == pods else f"{written} = {pods}"


def _source(written: JsonObject, name: str) -> str:
    return MANIFEST if name in written else DEFAULT
