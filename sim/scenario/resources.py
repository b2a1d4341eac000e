"""What a pod template asks of its node, and what its serving container may use at most."""

from __future__ import annotations

from sim.model import pod_resources
from sim.model.behaviour import CpuShare
from sim.model.objects import JsonObject


def serving(template: JsonObject) -> JsonObject:
    """The container that answers requests: the first."""
    containers: list[JsonObject] = template["spec"]["containers"]
    return containers[0]


def requested(template: JsonObject) -> tuple[float | None, float | None]:
    """Cores and bytes that a pod requests; None where no container requests any."""
    spec = template["spec"]
    return pod_resources.requested(spec, "cpu"), pod_resources.requested(spec, "memory")


def memory_limit(template: JsonObject) -> float | None:
    """Bytes at which the serving container is killed, None if it has no limit."""
    return pod_resources.amount_of(serving(template), "limits", "memory")


def cpu_share(template: JsonObject, default_cores: float) -> CpuShare:
    """What the serving container may compute; one that requests nothing weighs *default_cores*."""
    limit = pod_resources.amount_of(serving(template), "limits", "cpu")
    weight = pod_resources.amount_of(serving(template), "requests", "cpu")
    return CpuShare(
        limit_cores=float("inf") if limit is None else limit,
        weight=default_cores if weight is None else weight,
    )
