"""What a pod asks of its node, as the scheduler adds it up, and how it ranks when memory is short.

(kubernetes/kubernetes pkg/api/v1/resource/helpers.go, PodRequests; pkg/apis/core/v1/helper/qos)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sim.model.objects import JsonObject
from sim.model.quantity import quantity

RESOURCES = ("cpu", "memory")


def is_sidecar(container: JsonObject) -> bool:
    """Whether an init *container* goes on running beside the others."""
    return bool(container.get("restartPolicy") == "Always")


def requested(spec: JsonObject, resource: str, which: str = "requests") -> float | None:
    """How much of *resource* a pod of that *spec* requests; None if no container requests any.

    With *which* `limits`, how much it is limited to.

    The larger of app containers and sidecars together, and of any init step: that init container
    with the sidecars that were started before it. Overhead comes on top.
    """
    apps = [amount_of(one, which, resource) for one in spec["containers"]]
    first = spec.get("initContainers") or ()
    early = [amount_of(one, which, resource) for one in first]
    if all(amount is None for amount in (*apps, *early)):
        return None
    sidecars, largest = 0.0, 0.0
    for container, amount in zip(first, early, strict=True):
        if is_sidecar(container):
            sidecars += amount or 0.0
            largest = max(largest, sidecars)
        else:
            largest = max(largest, sidecars + (amount or 0.0))
    total = max(sidecars + sum(amount or 0.0 for amount in apps), largest)
    overhead = (spec.get("overhead") or {}).get(resource)
    return total + (quantity(overhead) if overhead is not None else 0.0)


def amount_of(container: JsonObject, which: str, resource: str) -> float | None:
    """One entry of a container's `requests` or `limits`, in cores or bytes."""
    found = ((container.get("resources") or {}).get(which) or {}).get(resource)
    return quantity(found) if found is not None else None


def qos_class(spec: JsonObject) -> str:
    """Guaranteed if every container limits CPU and memory to what it requests, BestEffort if
    none requests or limits any, else Burstable.

    >>> qos_class({"containers": [{"name": "web"}]})
    'BestEffort'
    """
    containers = [*(spec.get("initContainers") or ()), *spec["containers"]]
    if not any(_given(containers)):
        return "BestEffort"
    guaranteed = all(
        (limit := amount_of(one, "limits", resource)) is not None
        and amount_of(one, "requests", resource) in (None, limit)
        for one in containers
        for resource in RESOURCES
    )
    return "Guaranteed" if guaranteed else "Burstable"


def _given(containers: Iterable[JsonObject]) -> Iterator[bool]:
    for one in containers:
        for which in ("requests", "limits"):
            for resource in RESOURCES:
                amount = amount_of(one, which, resource)
                yield amount is not None and amount > 0.0
