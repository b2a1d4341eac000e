"""Which pods a ReplicaSet may call its own: it adopts orphans that match and lets go who does not.

(kubernetes/kubernetes pkg/controller/controller_ref_manager.go)
"""

from __future__ import annotations

from sim.control.census import Census
from sim.control.store import Store
from sim.model.objects import JsonObject, is_terminating, labels_of, name_of, namespace_of
from sim.model.pod import controller_of, is_active
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

    A set that is being deleted adopts nobody.
    """
    selector = rs["spec"].get("selector")
    for pod in census.relabelled(rs["metadata"]["uid"]):
        if not selects(selector, labels_of(pod)):
            _own(store, pod, None)
    if is_terminating(rs):
        return
    for pod in census.orphans(namespace_of(rs)):
        if selects(selector, labels_of(pod)):
            _own(store, pod, rs)


def _own(store: Store, pod: JsonObject, rs: JsonObject | None) -> None:
    """Make *rs* the controller of *pod*, or nobody."""
    current = controller_of(pod)
    owners = [one for one in pod["metadata"].get("ownerReferences") or () if one is not current]
    if rs is not None:
        owners.append(
            {
                "apiVersion": "apps/v1",
                "kind": "ReplicaSet",
                "name": name_of(rs),
                "uid": rs["metadata"]["uid"],
                "controller": True,
                "blockOwnerDeletion": True,
            }
        )
    store.put({**pod, "metadata": {**pod["metadata"], "ownerReferences": owners}})
