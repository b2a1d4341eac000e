"""Autoscalers are not simulated, but what they promise tells how many pods there would be."""

from __future__ import annotations

from collections.abc import Iterator

from sim.errors import Problem
from sim.i18n import message
from sim.scenario.manifest import Manifest, Manifests
from sim.scenario.node import get, value


def warnings(manifests: Manifests, owner: Manifest) -> Iterator[Problem]:
    """A warning for each autoscaler of *owner* that keeps more pods than the manifest names.

    Charts leave `replicas` out where an autoscaler sets it, and the API server's default is 1.
    """
    count = value(owner.node, "spec", "replicas")
    for found in manifests.objects:
        if found.kind != "HorizontalPodAutoscaler":
            continue
        target = value(found.node, "spec", "scaleTargetRef") or {}
        least = value(found.node, "spec", "minReplicas") or 1
        is_ours = (target.get("kind"), target.get("name")) == (owner.kind, owner.name)
        if not is_ours or least <= (1 if count is None else count):
            continue
        place = (get(owner.node, "spec", "replicas") or owner.node).place
        yield place.problem(
            message(
                "{count} simulated, but {title} keeps at least {least}",
                count=1 if count is None else count,
                title=found.title,
                least=least,
            ),
            "spec.replicas",
            message("write replicas: {least} into the Deployment's spec", least=least),
        )
