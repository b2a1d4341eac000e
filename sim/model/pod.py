"""What can be read off a pod: is it active, ready, available, and since when.

Timestamps are simulated seconds as JSON numbers, so that nothing shorter than a second is lost.
"""

from __future__ import annotations

from collections.abc import Iterable

from sim.model.objects import JsonObject, annotations_of, condition, is_terminating, is_true

DELETION_COST = "controller.kubernetes.io/pod-deletion-cost"
DEFAULT_GRACE_SECONDS = 30


def phase_of(pod: JsonObject) -> str:
    """status.phase; a pod without a status is Pending."""
    phase: str = pod.get("status", {}).get("phase", "Pending")
    return phase


def is_finished(pod: JsonObject) -> bool:
    """Whether all containers ended for good."""
    return phase_of(pod) in ("Succeeded", "Failed")


def is_active(pod: JsonObject) -> bool:
    """Whether a ReplicaSet counts the pod: not finished and not deleted.

    (kubernetes/kubernetes pkg/controller/controller_utils.go, IsPodActive)
    """
    return not is_finished(pod) and not is_terminating(pod)


def is_ready(pod: JsonObject) -> bool:
    """Whether the Ready condition is True."""
    return is_true(pod, "Ready")


def ready_since(pod: JsonObject) -> float | None:
    """When the Ready condition last changed, if it is True."""
    found = condition(pod, "Ready")
    if found is None or found["status"] != "True":
        return None
    since: float = found["lastTransitionTime"]
    return since


def is_available(pod: JsonObject, min_ready_seconds: float, now: float) -> bool:
    """Whether the pod has been ready for *min_ready_seconds*, strictly.

    Ready at 10 with 5: not at 15, but right after. With 0 it is available once it is ready.
    (kubernetes/kubernetes pkg/api/v1/pod/util.go, IsPodAvailable)
    """
    since = ready_since(pod)
    if since is None:
        return False
    return min_ready_seconds == 0 or since + min_ready_seconds < now


def node_of(pod: JsonObject) -> str:
    """spec.nodeName, empty while the pod is not scheduled."""
    node: str = pod["spec"].get("nodeName") or ""
    return node


def restarts_of(pod: JsonObject) -> int:
    """The largest restart count of the pod's containers."""
    statuses: Iterable[JsonObject] = pod.get("status", {}).get("containerStatuses") or ()
    return max((status.get("restartCount", 0) for status in statuses), default=0)


def deletion_cost(pod: JsonObject) -> int:
    """The pod-deletion-cost annotation, 0 if there is none or it is not a number."""
    text = annotations_of(pod).get(DELETION_COST, "0")
    digits = text[1:] if text[:1] in ("-", "+") else text
    return int(text) if digits.isascii() and digits.isdigit() else 0


def grace_of(pod: JsonObject) -> int:
    """spec.terminationGracePeriodSeconds, 30 by default."""
    grace = pod["spec"].get("terminationGracePeriodSeconds")
    return DEFAULT_GRACE_SECONDS if grace is None else int(grace)


def deletion_grace(obj: JsonObject, seconds: int | None) -> int:
    """The grace period that a deletion of *obj* gets if it asks for *seconds* (None: its own).

    Only a pod has one, and only once a node runs it.
    (kubernetes/kubernetes pkg/registry/core/pod/strategy.go, CheckGracefulDelete)
    """
    if obj["kind"] != "Pod" or not node_of(obj) or is_finished(obj):
        return 0
    return grace_of(obj) if seconds is None else seconds


def serving_container(spec: JsonObject) -> JsonObject:
    """The container that is simulated: the first of a pod *spec*."""
    first: JsonObject = spec["containers"][0]
    return first


def controller_of(obj: JsonObject) -> JsonObject | None:
    """The owner reference of the controller that manages *obj*, if there is one."""
    for owner in obj["metadata"].get("ownerReferences") or ():
        if owner.get("controller"):
            found: JsonObject = owner
            return found
    return None


def reference_to(owner: JsonObject) -> JsonObject:
    """The owner reference by which *owner* controls an object and waits for its end.

    (kubernetes/apimachinery pkg/apis/meta/v1/controller_ref.go, NewControllerRef)
    """
    return {
        "apiVersion": owner["apiVersion"],
        "kind": owner["kind"],
        "name": owner["metadata"]["name"],
        "uid": owner["metadata"]["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }
