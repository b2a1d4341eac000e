"""The scale subresource: how many pods a workload wants and has, whatever its kind.

(kubernetes/kubernetes pkg/registry/apps/deployment/storage/storage.go, scaleFromDeployment)
"""

from __future__ import annotations

from sim.errors import Invalid
from sim.i18n import message
from sim.model.objects import JsonObject
from sim.model.selector import written

SCALABLE = ("Deployment", "ReplicaSet", "StatefulSet", "ReplicationController")
_SHARED = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")


def scale_of(obj: JsonObject) -> JsonObject:
    """*obj* as an `autoscaling/v1` Scale; its selector is written as a list request wants it."""
    metadata = {key: value for key, value in obj["metadata"].items() if key in _SHARED}
    status = {"replicas": obj.get("status", {}).get("replicas", 0)}
    if selector := written(obj["spec"].get("selector")):
        status["selector"] = selector
    return {
        "apiVersion": "autoscaling/v1",
        "kind": "Scale",
        "metadata": metadata,
        "spec": {"replicas": obj["spec"].get("replicas", 1)},
        "status": status,
    }


def rescaled(obj: JsonObject, scale: JsonObject) -> JsonObject:
    """*obj* with the size that *scale* asks for; a Scale that names none asks for 0."""
    replicas = (scale.get("spec") or {}).get("replicas", 0)
    return {**obj, "spec": {**obj["spec"], "replicas": replicas}}


def part_of(obj: JsonObject, subresource: str) -> JsonObject:
    """What a client sees of *obj* under *subresource*; the status comes with the whole object."""
    if subresource in ("", "status"):
        return obj
    if subresource == "scale" and obj["kind"] in SCALABLE:
        return scale_of(obj)
    raise Invalid(message("there is no subresource {name}", name=repr(subresource)))
