"""The status that a kubelet writes for a pod: phase, conditions, containers.

Only the pod's serving container is simulated, so only its status is written.
(kubernetes/kubernetes pkg/kubelet/kubelet_pods.go and status/generate.go)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sim.model.objects import JsonObject

WAITING: JsonObject = {"waiting": {"reason": "ContainerCreating"}}


@dataclass(slots=True, kw_only=True)
class ContainerState:
    """What a kubelet knows about one container; *state* and *last_state* are as in the API."""

    name: str
    image: str
    state: JsonObject = field(default_factory=lambda: WAITING)
    last_state: JsonObject = field(default_factory=dict)
    restarts: int = 0
    started: bool = False
    ready: bool = False

    def run(self, now: float) -> None:
        """The container was started and nothing is known of the process inside yet."""
        if "terminated" in self.state:
            self.last_state = self.state
        self.state = {"running": {"startedAt": now}}
        self.started = self.ready = False

    def end(self, exit_code: int, reason: str, now: float) -> None:
        """The process ended."""
        running = self.state.get("running") or {}
        ended = {"exitCode": exit_code, "reason": reason, "finishedAt": now}
        self.state = {"terminated": {**ended, **running}}
        self.started = self.ready = False

    def back_off(self, seconds: float, pod: str) -> None:
        """The restart has to wait."""
        self.last_state = self.state
        note = f"back-off {seconds:g}s restarting failed container={self.name} pod={pod}"
        self.state = {"waiting": {"reason": "CrashLoopBackOff", "message": note}}

    def to_json(self) -> JsonObject:
        """One entry of status.containerStatuses."""
        return {
            "name": self.name,
            "image": self.image,
            "state": self.state,
            "lastState": self.last_state,
            "restartCount": self.restarts,
            "started": self.started,
            "ready": self.ready,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PodFacts:
    """What the conditions follow from."""

    phase: str
    has_sandbox: bool
    ip: str
    start_time: float


def pod_status(
    before: JsonObject, facts: PodFacts, container: ContainerState, now: float
) -> JsonObject:
    """The whole status; a condition keeps its transition time while it stays as it was."""
    ready = container.ready
    wanted = (
        ("PodReadyToStartContainers", facts.has_sandbox, ""),
        ("Initialized", True, ""),
        ("Ready", ready, "ContainersNotReady"),
        ("ContainersReady", ready, "ContainersNotReady"),
    )
    known: Sequence[JsonObject] = before.get("conditions") or ()
    by_kind = {one["type"]: one for one in known}
    conditions = [
        _condition(by_kind.get(kind), kind, holds, reason, container.name, now)
        for kind, holds, reason in wanted
    ]
    conditions += [one for one in known if one["type"] == "PodScheduled"]
    status = {
        "phase": facts.phase,
        "conditions": conditions,
        "startTime": facts.start_time,
        "containerStatuses": [container.to_json()],
    }
    if facts.ip:
        status["podIP"] = facts.ip
        status["podIPs"] = [{"ip": facts.ip}]
    return status


def _condition(
    before: JsonObject | None, kind: str, holds: bool, reason: str, container: str, now: float
) -> JsonObject:
    status = "True" if holds else "False"
    if before is not None and before["status"] == status:
        return before
    new = {"type": kind, "status": status, "lastTransitionTime": now}
    if reason and not holds:
        new["reason"] = reason
        new["message"] = f"containers with unready status: [{container}]"
    return new
