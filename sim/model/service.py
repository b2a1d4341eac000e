"""What can be read off a Service: whom it selects, and where its ports lead."""

from __future__ import annotations

from sim.model.objects import JsonObject, labels_of, matches, namespace_of


def serves(service: JsonObject, pod: JsonObject) -> bool:
    """Whether *service* selects *pod*: same namespace, and all labels of the selector.

    A Service without a selector, or one that is only another name (ExternalName), selects nobody.
    """
    spec = service["spec"]
    return (
        namespace_of(service) == namespace_of(pod)
        and spec.get("type") != "ExternalName"
        and matches(labels_of(pod), spec.get("selector"))
    )


def target_port(port: JsonObject, pod: JsonObject | None) -> int | None:
    """The number that a Service's *port* leads to in *pod*; None for a name that it does not have.

    (kubernetes/endpointslice utils.go, getEndpointPorts)
    """
    target = port.get("targetPort") or port["port"]
    if isinstance(target, int):
        return target
    containers = pod["spec"]["containers"] if pod is not None else ()
    for container in containers:
        for one in container.get("ports") or ():
            if one.get("name") == target:
                number: int = one["containerPort"]
                return number
    return None


def affinity_seconds(service: JsonObject) -> float | None:
    """How long *service* remembers which pod a client address was sent to; None: not at all.

    Of a Service with every default filled in: sessionAffinity ClientIP, 10800 s unless it says so.
    """
    spec = service["spec"]
    if spec.get("sessionAffinity") != "ClientIP":
        return None
    return float(spec["sessionAffinityConfig"]["clientIP"]["timeoutSeconds"])
