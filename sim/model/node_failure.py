"""The clocks and rates by which a cluster gives a node up.

(kubernetes/kubernetes cmd/kube-controller-manager/app/options/nodelifecyclecontroller.go;
pkg/controller/nodelifecycle/node_lifecycle_controller.go)
"""

from __future__ import annotations

from sim.model.probe import next_beat

LEASE_SECONDS = 10.0  # How often a kubelet renews its lease.
MONITOR_SECONDS = 5.0  # How often the controller looks at all of them.
GRACE_SECONDS = 50.0  # Without news for longer, a node counts as unknown (40 before 1.32).
_UNHEALTHY_SHARE = 0.55
_LARGE_CLUSTER = 50
_USUAL_RATE, _CAREFUL_RATE = 0.1, 0.01


def declared_unknown_at(lost: float, lease_phase: float, monitor_phase: float) -> float:
    """When a node that fell silent at *lost* is called unknown.

    The first look of the controller more than the grace period after the last lease. Phases are
    any moments at which the lease was renewed and at which the controller looked.
    """
    renewed = next_beat(lease_phase, LEASE_SECONDS, lost) - LEASE_SECONDS
    return next_beat(monitor_phase, MONITOR_SECONDS, renewed + GRACE_SECONDS)


def evictions_per_second(unhealthy: int, nodes: int) -> float:
    """How many nodes may be emptied in a second: fewer, or none, when many fail together.

    0.1, but with 55 % unhealthy 0.01, and none at all there in a cluster of at most 50 nodes; none
    either when every node is unhealthy, for then the fault is probably the controller's own.
    """
    if unhealthy >= nodes:
        return 0.0
    if unhealthy > 2 and unhealthy / nodes >= _UNHEALTHY_SHARE:
        return _CAREFUL_RATE if nodes > _LARGE_CLUSTER else 0.0
    return _USUAL_RATE
