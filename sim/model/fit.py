"""Why a pod does not fit on a node, in the scheduler's words, and which node is the best.

(kubernetes/kubernetes pkg/scheduler/framework: plugins noderesources, tainttoleration,
nodeunschedulable, nodeaffinity; types.go, FitError)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from sim.model.objects import JsonObject, labels_of
from sim.model.taints import shown, untolerated

_CPU, _MEMORY, _PODS = "Insufficient cpu", "Insufficient memory", "Too many pods"
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Need:
    """What a pod brings to the scheduler: cores, bytes, and where it may go."""

    cores: float
    memory_bytes: float
    tolerations: tuple[JsonObject, ...] = ()
    node_selector: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Room:
    """A node as the scheduler sees it: allocatable, and what its pods have taken of it."""

    node: JsonObject
    cores: float
    memory_bytes: float
    pods: int
    used_cores: float = 0.0
    used_bytes: float = 0.0
    used_pods: int = 0
    version: int = 0  # Grows with every change.
    company: Counter[str] = field(default_factory=Counter)  # Pods by the set they belong to.

    def obstacles(self, need: Need) -> tuple[str, ...]:
        """Why a pod with *need* may not go here: every resource that is short, or the first
        other reason."""
        spec = self.node["spec"]
        if spec.get("unschedulable"):
            return ("node(s) were unschedulable",)
        taint = untolerated(spec.get("taints") or (), need.tolerations)
        if taint is not None:
            return (f"node(s) had untolerated taint {shown(taint)}",)
        if not set(need.node_selector) <= labels_of(self.node).items():
            return ("node(s) didn't match Pod's node affinity/selector",)
        short = []
        if self.used_pods + 1 > self.pods:
            short.append(_PODS)
        if need.cores > self.cores - self.used_cores + _ROUNDING:
            short.append(_CPU)
        if need.memory_bytes > self.memory_bytes - self.used_bytes + _ROUNDING:
            short.append(_MEMORY)
        return tuple(short)

    def free_share(self, need: Need) -> float:
        """How much of it would be left with the pod: the mean of the free shares (LeastAllocated).

        Pods that request nothing count with 0.1 cores and 200 MB here, and only here.
        (pkg/scheduler/util/pod_resources.go)
        """
        cores = self.used_cores + (need.cores or 0.1)
        size = self.used_bytes + (need.memory_bytes or 200 * 2.0**20)
        return (max(0.0, 1.0 - cores / self.cores) + max(0.0, 1.0 - size / self.memory_bytes)) / 2.0

    def take(self, need: Need, sign: int = 1) -> None:
        """A pod with *need* comes, or with -1 goes."""
        self.used_cores += sign * need.cores
        self.used_bytes += sign * need.memory_bytes
        self.used_pods += sign
        if sign < 0 and not self.used_pods:
            self.used_cores = self.used_bytes = 0.0  # No rest of rounding stays behind.


def unschedulable_note(obstacles: Sequence[tuple[str, ...]]) -> str:
    """What the scheduler says when no node will do: each reason with the number of nodes it has.

    "0/3 nodes are available: 1 Insufficient memory, 3 Insufficient cpu. preemption: …"
    """
    total = len(obstacles)
    reasons = Counter(reason for found in obstacles for reason in found)
    short = {_CPU, _MEMORY, _PODS}
    helpless = sum(1 for found in obstacles if not set(found) <= short)
    preemption: Counter[str] = Counter()
    if helpless:
        preemption["Preemption is not helpful for scheduling"] = helpless
    if total > helpless:
        preemption["No preemption victims found for incoming pod"] = total - helpless
    head = f"0/{total} nodes are available"
    return f"{head}: {_listed(reasons)}. preemption: {head}: {_listed(preemption)}."


def _listed(reasons: Counter[str]) -> str:
    return ", ".join(sorted(f"{count} {reason}" for reason, count in reasons.items()))
