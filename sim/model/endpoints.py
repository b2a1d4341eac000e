"""Which pods a Service lists, and which of them a proxy chooses from.

(kubernetes/endpointslice utils.go; kubernetes/kubernetes pkg/proxy/topology.go)
"""

from __future__ import annotations

from collections.abc import Sequence

from sim.model.objects import JsonObject, is_terminating
from sim.model.pod import is_ready


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


def is_ready_endpoint(entry: JsonObject) -> bool:
    """Whether an endpoint gets new connections as long as there is any like it."""
    return bool(entry["conditions"]["ready"])


def is_fallback(entry: JsonObject) -> bool:
    """Whether it gets them when nobody is ready: it still serves while it terminates."""
    return bool(entry["conditions"]["serving"] and entry["conditions"]["terminating"])


def chosen(endpoints: Sequence[JsonObject]) -> list[JsonObject]:
    """The *endpoints* that get new connections: ready ones; without any, those that still serve
    while they terminate; without any of these, none, and connections are refused."""
    ready = [one for one in endpoints if is_ready_endpoint(one)]
    return ready or [one for one in endpoints if is_fallback(one)]
