"""What kubectl shows of a pod: its words are its own, and no phases.

(kubernetes/kubernetes pkg/printers/internalversion/printers.go, printPod)
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.model.age import human_duration
from sim.model.objects import JsonObject, is_terminating
from sim.model.pod import is_finished, is_ready
from sim.model.pod_resources import is_sidecar


@dataclass(frozen=True, slots=True, kw_only=True)
class PodLine:
    """READY, STATUS and RESTARTS of one pod."""

    ready: str
    status: str
    restarts: str


def pod_line(pod: JsonObject, now: float) -> PodLine:
    """The line of a *pod* at *now*."""
    spec, status = pod["spec"], pod.get("status", {})
    sidecars = {one["name"] for one in spec.get("initContainers") or () if is_sidecar(one)}
    init: list[JsonObject] = status.get("initContainerStatuses") or []
    apps: list[JsonObject] = status.get("containerStatuses") or []
    beside = [one for one in init if one["name"] in sidecars]
    ready = sum(bool(one["ready"] and one["state"].get("running")) for one in (*beside, *apps))
    total = len(spec["containers"]) + len(sidecars)
    early = _initializing(init, sidecars)
    word = early or _running(pod, apps)
    counted = init if early else [*beside, *apps]
    if is_terminating(pod) and not is_finished(pod):
        word = "Terminating"
    return PodLine(ready=f"{ready}/{total}", status=word, restarts=_restarts(counted, now))


def _initializing(init: list[JsonObject], sidecars: set[str]) -> str:
    """The word for a pod whose init containers are not done; empty if they are."""
    for place, one in enumerate(init):
        state = one["state"]
        ended = state.get("terminated")
        if ended is not None and ended["exitCode"] == 0:
            continue
        if one["name"] in sidecars and one["started"]:
            continue
        if ended is not None:
            return f"Init:{ended.get('reason') or 'ExitCode:' + str(ended['exitCode'])}"
        reason = (state.get("waiting") or {}).get("reason", "")
        if reason and reason not in ("PodInitializing", "ContainerCreating"):
            return f"Init:{reason}"
        return f"Init:{place}/{len(init)}"
    return ""


def _running(pod: JsonObject, apps: list[JsonObject]) -> str:
    word: str = pod.get("status", {}).get("phase", "Pending")
    has_running = False
    for one in reversed(apps):
        state = one["state"]
        waiting, ended = state.get("waiting") or {}, state.get("terminated")
        if waiting.get("reason"):
            word = waiting["reason"]
        elif ended is not None:
            word = ended.get("reason") or f"ExitCode:{ended['exitCode']}"
        elif one["ready"]:
            has_running = True
    if word == "Completed" and has_running:
        word = "Running" if is_ready(pod) else "NotReady"
    return word


def _restarts(containers: list[JsonObject], now: float) -> str:
    count = sum(one["restartCount"] for one in containers)
    ends = [
        ended["finishedAt"]
        for one in containers
        if (ended := (one.get("lastState") or {}).get("terminated")) is not None
    ]
    if not count or not ends:
        return str(count)
    return f"{count} ({human_duration(now - max(ends))} ago)"
