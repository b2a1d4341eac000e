"""The status that a kubelet writes for a pod: phase, conditions, containers.

(kubernetes/kubernetes pkg/kubelet/kubelet_pods.go and status/generate.go)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias, TypeGuard

from sim.model.objects import JsonObject

_Wanted: TypeAlias = tuple[str, str, str | None, str | None]
_Said: TypeAlias = tuple[str, str | None, str | None]
_TRUE: _Said = ("True", None, None)

CREATING: JsonObject = {"waiting": {"reason": "ContainerCreating"}}
INITIALIZING: JsonObject = {"waiting": {"reason": "PodInitializing"}}


@dataclass(slots=True, kw_only=True)
class ContainerState:
    """What a kubelet knows about one container; *state* and *last_state* are as in the API."""

    name: str
    image: str
    state: JsonObject = field(default_factory=lambda: CREATING)
    last_state: JsonObject = field(default_factory=dict)
    restarts: int = 0
    started: bool = False
    ready: bool = False

    @property
    def has_run(self) -> bool:
        """Whether it was started at least once."""
        return "waiting" not in self.state or bool(self.last_state) or self.restarts > 0

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

    def wait(self, reason: str, note: str = "") -> None:
        """It cannot be started yet, for *reason*."""
        if "terminated" in self.state:
            self.last_state = self.state
        waiting = {"reason": reason, "message": note} if note else {"reason": reason}
        self.state = {"waiting": waiting}

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


@dataclass(slots=True, kw_only=True)
class PodFacts:
    """What the conditions follow from.

    *initialized* when every init container is done, or as a sidecar started; *incomplete* names
    those that are not. *unready* names the containers that are not ready.
    """

    phase: str
    has_sandbox: bool
    ip: str
    host_ip: str
    start_time: float
    qos: str
    incomplete: Sequence[str]
    unready: Sequence[str]
    gates: Sequence[str]


def pod_status(
    before: JsonObject,
    facts: PodFacts,
    containers: Sequence[ContainerState],
    init_containers: Sequence[ContainerState],
    now: float,
) -> JsonObject:
    """The whole status; a condition keeps its transition time while it stays as it was.

    Conditions that others write (PodScheduled, readiness gates) are left as they are.
    """
    others = {one["type"]: one for one in before.get("conditions") or ()}
    conditions = []
    for wanted in _wanted(facts, others):
        known = others.pop(wanted[0], None)
        conditions.append(known if _is(known, wanted) else _condition(known, wanted, now))
    conditions += others.values()
    status = {
        "phase": facts.phase,
        "conditions": conditions,
        "startTime": facts.start_time,
        "qosClass": facts.qos,
        "containerStatuses": [one.to_json() for one in containers],
    }
    if init_containers:
        status["initContainerStatuses"] = [one.to_json() for one in init_containers]
    if facts.ip:
        status["hostIP"] = facts.host_ip
        status["podIP"] = facts.ip
        status["podIPs"] = [{"ip": facts.ip}]
    return status


def _wanted(facts: PodFacts, known: dict[str, JsonObject]) -> tuple[_Wanted, ...]:
    missing = _closed_gates(facts.gates, known) if facts.gates else ()
    return _conditions(
        facts.phase,
        facts.has_sandbox,
        tuple(facts.incomplete),
        tuple(facts.unready),
        ", ".join(missing),
    )


@lru_cache(maxsize=1024)
def _conditions(
    phase: str,
    has_sandbox: bool,
    incomplete: tuple[str, ...],
    unready: tuple[str, ...],
    gates: str,
) -> tuple[_Wanted, ...]:
    """Type, status, reason and note of each condition.

    Most pods go through the same few stages, so the answers are kept. *gates* says what keeps the
    readiness gates shut.
    """
    finished = {"Succeeded": "PodCompleted", "Failed": "PodFailed"}.get(phase)
    containers: _Said = _TRUE
    if finished:
        containers = ("False", finished, None)
    elif unready:
        note = f"containers with unready status: [{' '.join(unready)}]"
        containers = ("False", "ContainersNotReady", note)
    initialized: _Said = _TRUE
    if incomplete and finished != "PodCompleted":
        note = f"containers with incomplete status: [{' '.join(incomplete)}]"
        initialized = ("False", "ContainersNotInitialized", note)
    ready = containers
    if containers is _TRUE and gates:
        ready = ("False", "ReadinessGatesNotReady", gates)
    return (
        ("PodReadyToStartContainers", "True" if has_sandbox else "False", None, None),
        ("Initialized", *initialized),
        ("Ready", *ready),
        ("ContainersReady", *containers),
    )


def _closed_gates(gates: Sequence[str], known: dict[str, JsonObject]) -> list[str]:
    """What keeps each readiness gate shut; a missing condition counts as False."""
    notes = []
    for gate in gates:
        found = known.get(gate)
        if found is None:
            notes.append(f'corresponding condition of pod readiness gate "{gate}" does not exist.')
        elif found["status"] != "True":
            shown = found["status"]
            notes.append(f'the status of pod readiness gate "{gate}" is not "True", but {shown}')
    return notes


def _is(known: JsonObject | None, wanted: _Wanted) -> TypeGuard[JsonObject]:
    """Whether the condition says the same already."""
    return (
        known is not None
        and known["status"] == wanted[1]
        and known.get("reason") == wanted[2]
        and known.get("message") == wanted[3]
    )


def _condition(before: JsonObject | None, wanted: _Wanted, now: float) -> JsonObject:
    kind, status, reason, note = wanted
    if before is not None and before["status"] == status:
        now = before["lastTransitionTime"]
    new = {"type": kind, "status": status, "lastTransitionTime": now}
    if reason:
        new["reason"] = reason
    if note:
        new["message"] = note
    return new
