"""What a pod asks of its node: requests and limits, summed as the scheduler sums them.

Source: kubernetes/kubernetes:pkg/api/v1/resource/helpers.go (containers add up, an init
container counts if it alone needs more).
"""

from __future__ import annotations

from sim.model.objects import JsonObject
from sim.model.quantity import quantity


def serving(template: JsonObject) -> JsonObject:
    """The container that answers requests: the first."""
    containers: list[JsonObject] = template["spec"]["containers"]
    return containers[0]


def requested(template: JsonObject) -> tuple[float | None, float | None]:
    """Cores and bytes that a pod requests; None where no container requests any."""
    return _requested(template, "cpu"), _requested(template, "memory")


def _requested(template: JsonObject, resource: str) -> float | None:
    spec = template["spec"]
    own = [_amount(one, "requests", resource) for one in spec["containers"]]
    first = [_amount(one, "requests", resource) for one in spec.get("initContainers") or []]
    given = [amount for amount in own if amount is not None]
    early = [amount for amount in first if amount is not None]
    if not given and not early:
        return None
    overhead = (spec.get("overhead") or {}).get(resource)
    return max(sum(given), *early, 0.0) + (quantity(overhead) if overhead is not None else 0.0)


def memory_limit(template: JsonObject) -> float | None:
    """Bytes at which a pod is killed, None if its serving container has no limit."""
    if _amount(serving(template), "limits", "memory") is None:
        return None
    limits = [_amount(one, "limits", "memory") for one in template["spec"]["containers"]]
    return sum(limit for limit in limits if limit is not None)


def _amount(container: JsonObject, which: str, resource: str) -> float | None:
    found = ((container.get("resources") or {}).get(which) or {}).get(resource)
    return quantity(found) if found is not None else None
