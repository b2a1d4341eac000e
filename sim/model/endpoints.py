"""Which pods a Service lists, and which of them a proxy chooses from.

(kubernetes/endpointslice utils.go; kubernetes/kubernetes pkg/proxy/topology.go)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sim.model.objects import JsonObject, is_terminating, name_of, namespace_of
from sim.model.pod import is_finished, is_ready, node_of


def endpoint_conditions(pod: JsonObject, publish_not_ready: bool = False) -> dict[str, bool]:
    """ready, serving and terminating of a *pod*.

    Ready and deleted is not ready, but serving and terminating. With *publish_not_ready* (a
    Service's publishNotReadyAddresses) ready is always true.
    """
    serving = is_ready(pod)
    terminating = is_terminating(pod)
    return {
        "ready": publish_not_ready or (serving and not terminating),
        "serving": serving,
        "terminating": terminating,
    }


def endpoints_of(service: JsonObject, pods: Iterable[JsonObject]) -> list[JsonObject]:
    """The slice's entries for the selected *pods*: those with an address that are not finished."""
    publish = bool(service["spec"].get("publishNotReadyAddresses"))
    entries = []
    for pod in pods:
        address = pod.get("status", {}).get("podIP")
        if address and not is_finished(pod):
            target = {
                "kind": "Pod",
                "name": name_of(pod),
                "namespace": namespace_of(pod),
                "uid": pod["metadata"]["uid"],
            }
            entries.append(
                {
                    "addresses": [address],
                    "conditions": endpoint_conditions(pod, publish),
                    "nodeName": node_of(pod),
                    "targetRef": target,
                }
            )
    return entries


def chosen(endpoints: Sequence[JsonObject]) -> list[JsonObject]:
    """The *endpoints* that get new connections: ready ones; without any, those that still serve
    while they terminate; without any of these, none, and connections are refused."""
    ready = [one for one in endpoints if one["conditions"]["ready"]]
    if ready:
        return ready
    return [
        one
        for one in endpoints
        if one["conditions"]["serving"] and one["conditions"]["terminating"]
    ]
