"""How long a pod may take from nothing to available, at most: the time a cluster gets to boot."""

from __future__ import annotations

from math import ceil

from sim.model.objects import JsonObject

_PLATFORM_SECONDS = 60.0  # Scheduling, sandbox, image pulls in a row, watch delays: generous.
_GRAIN_SECONDS = 60.0


def boot_seconds(deployment: JsonObject, startup_seconds: float) -> float:
    """An upper bound for a defaulted *deployment*'s pods to become available, in whole minutes.

    Pods whose probes pass as soon as the process listens, *startup_seconds* after its start.
    """
    spec = deployment["spec"]
    probes = [
        container[kind]
        for container in spec["template"]["spec"]["containers"]
        for kind in ("startupProbe", "readinessProbe")
        if container.get(kind)
    ]
    probing = sum(_probe_seconds(probe) for probe in probes)
    settling: int = spec.get("minReadySeconds", 0)
    total = _PLATFORM_SECONDS + startup_seconds + probing + settling
    return _GRAIN_SECONDS * ceil(total / _GRAIN_SECONDS)


def _probe_seconds(probe: JsonObject) -> float:
    """Delay and period plus one period for every further success that it takes."""
    period = probe.get("periodSeconds") or 10
    delay = probe.get("initialDelaySeconds") or 0
    return float(delay + period * (1 + (probe.get("successThreshold") or 1)))
