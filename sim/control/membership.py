"""Who belongs to whom by labels: orphans that match are adopted, members that do not are let go.

(kubernetes/kubernetes pkg/controller/controller_ref_manager.go)
"""

from __future__ import annotations

from sim.control.census import Census
from sim.control.store import Store
from sim.model.objects import JsonObject, is_terminating, labels_of, namespace_of
from sim.model.pod import controller_of, is_active, reference_to
from sim.model.selector import selects


def claimants(store: Store, pod: JsonObject) -> list[JsonObject]:
    """The ReplicaSets that an orphaned *pod* matches."""
    if not is_active(pod):
        return []
    return [
        rs
        for rs in store.list("ReplicaSet", namespace_of(pod))
        if selects(rs["spec"].get("selector"), labels_of(pod))
    ]


def claim(store: Store, census: Census, rs: JsonObject) -> None:
    """Let *rs* take active orphans that it selects and release members that it no longer does.

    A set that is being deleted does neither.
    """
    if is_terminating(rs):
        return
    selector = rs["spec"].get("selector")
    for pod in census.relabelled(rs["metadata"]["uid"]):
        if not selects(selector, labels_of(pod)):
            own(store, pod, None)
    for pod in census.orphans(namespace_of(rs)):
        if selects(selector, labels_of(pod)):
            own(store, pod, rs)


def set_claimants(store: Store, rs: JsonObject) -> list[JsonObject]:
    """The Deployments that an orphaned ReplicaSet matches."""
    if is_terminating(rs) or not labels_of(rs):
        return []
    return [
        deployment
        for deployment in store.list("Deployment", namespace_of(rs))
        if selects(deployment["spec"].get("selector"), labels_of(rs))
    ]


def claim_sets(store: Store, deployment: JsonObject) -> None:
    """Let *deployment* adopt the orphaned ReplicaSets that it selects and release the others.

    So a Deployment that was deleted alone can be made anew around its pods. One that is being
    deleted does neither.
    """
    if is_terminating(deployment):
        return
    selector = deployment["spec"].get("selector")
    uid = deployment["metadata"]["uid"]
    for rs in store.list("ReplicaSet", namespace_of(deployment)):
        owner = controller_of(rs)
        if owner is None:
            if not is_terminating(rs) and selects(selector, labels_of(rs)):
                own(store, rs, deployment)
        elif owner["uid"] == uid and not selects(selector, labels_of(rs)):
            own(store, rs, None)


def own(store: Store, obj: JsonObject, owner: JsonObject | None) -> None:
    """Make *owner* the controller of *obj*, or nobody."""
    current = controller_of(obj)
    owners = [one for one in obj["metadata"].get("ownerReferences") or () if one is not current]
    if owner is not None:
        owners.append(reference_to(owner))
    store.put({**obj, "metadata": {**obj["metadata"], "ownerReferences": owners}})
