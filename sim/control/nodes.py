"""The cluster's machines as Node objects, written once when the cluster begins.

(kubernetes/kubernetes pkg/kubelet/nodestatus/setters.go, pkg/kubelet/kubelet_node_status.go)
"""

from __future__ import annotations

from collections.abc import Sequence

from sim.control.store import Store
from sim.model.behaviour import Node
from sim.model.objects import JsonObject
from sim.model.quantity import show_bytes, show_cores
from sim.model.taints import taint_written

HOSTNAME = "kubernetes.io/hostname"


def register(store: Store, nodes: Sequence[Node], now: float) -> None:
    """Create the Node objects of *nodes*, all ready since *now*."""
    for node in nodes:
        store.create(_object(node, now))


def ready_condition(now: float) -> JsonObject:
    """What a kubelet that runs says of its node."""
    return {
        "type": "Ready",
        "status": "True",
        "reason": "KubeletReady",
        "message": "kubelet is posting ready status",
        "lastTransitionTime": now,
    }


def _object(node: Node, now: float) -> JsonObject:
    room = {
        "cpu": show_cores(node.cpu_cores),
        "memory": show_bytes(node.memory_bytes),
        "pods": str(node.pods),
    }
    spec = {"taints": [taint_written(text) for text in node.taints]} if node.taints else {}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": node.name, "labels": {HOSTNAME: node.name, **dict(node.labels)}},
        "spec": spec,
        "status": {"capacity": room, "allocatable": room, "conditions": [ready_condition(now)]},
    }
