"""Which events Kubernetes calls warnings. Everything else is `Normal`."""

from __future__ import annotations

_WARNINGS = frozenset(
    [
        *("BackOff", "ErrImageNeverPull", "Failed", "FailedCreate", "FailedPostStartHook"),
        *("DeploymentRollbackRevisionNotFound", "DeploymentRollbackTemplateUnchanged"),
        *("FailedPreStopHook", "FailedScheduling", "ReplicaSetCreateError", "Unhealthy"),
    ]
)


def event_type(subject: str, reason: str, note: str = "") -> str:
    """`Warning` or `Normal`, of an event about *subject* (`Kind/name`) that says *note*.

    A pull that waits is no warning, a restart that waits is one; a node's own NodeNotReady is
    Normal, the same about its pods is a Warning.
    """
    if reason == "NodeNotReady":
        return "Warning" if subject.startswith("Pod/") else "Normal"
    if reason == "BackOff" and note.startswith("Back-off pulling"):
        return "Normal"
    return "Warning" if reason in _WARNINGS else "Normal"


def component_of(subject: str, reason: str) -> str:
    """Who says it, as `kubectl describe` shows under From."""
    kind = subject.partition("/")[0]
    if kind == "Pod" and reason in ("Scheduled", "FailedScheduling"):
        return "default-scheduler"
    if kind == "Pod" and reason == "TaintManagerEviction":
        return "taint-eviction-controller"
    if reason in ("NodeNotReady", "NodeReady"):
        return "node-controller"
    return _COMPONENTS.get(kind, "")


_COMPONENTS = {
    "Deployment": "deployment-controller",
    "ReplicaSet": "replicaset-controller",
    "Pod": "kubelet",
}
