"""How many pods an autoscaler asks for, from what its pods use.

(kubernetes/kubernetes pkg/controller/podautoscaler/replica_calculator.go)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from sim.model.objects import JsonObject, condition, is_terminating, name_of
from sim.model.pod import phase_of

TOLERANCE = 0.1
INITIALIZATION_SECONDS = 300.0  # --horizontal-pod-autoscaler-cpu-initialization-period
READINESS_DELAY_SECONDS = 30.0  # --horizontal-pod-autoscaler-initial-readiness-delay
SYNC_SECONDS = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What one pod used over the *window_seconds* before *time*: cores or bytes."""

    used: float
    time: float
    window_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """The pods of the target: *ready* ones are counted, *ignored* ones are going or have failed."""

    ready: tuple[str, ...]
    unready: tuple[str, ...]
    missing: tuple[str, ...]
    ignored: tuple[str, ...]


def grouped(
    pods: Sequence[JsonObject], samples: Mapping[str, Sample], *, cpu: bool, now: float
) -> Groups:
    """Sort *pods* by what their samples are worth.

    A CPU sample of a young pod counts only if it is ready and the whole window of the sample came
    after it became so: starting costs CPU. An older pod is left out only if it is not ready and
    never was.
    """
    ready, unready, missing, ignored = [], [], [], []
    for pod in pods:
        name = name_of(pod)
        if is_terminating(pod) or phase_of(pod) == "Failed":
            ignored.append(name)
        elif phase_of(pod) == "Pending":
            unready.append(name)
        elif name not in samples:
            missing.append(name)
        elif cpu and _too_early(pod, samples[name], now):
            unready.append(name)
        else:
            ready.append(name)
    return Groups(
        ready=tuple(ready),
        unready=tuple(unready),
        missing=tuple(missing),
        ignored=tuple(ignored),
    )


def _too_early(pod: JsonObject, sample: Sample, now: float) -> bool:
    found = condition(pod, "Ready")
    started = pod.get("status", {}).get("startTime")
    if found is None or started is None:
        return True
    since: float = found["lastTransitionTime"]
    is_ready = found["status"] == "True"
    if started + INITIALIZATION_SECONDS > now:
        return not is_ready or sample.time < since + sample.window_seconds
    return not is_ready and started + READINESS_DELAY_SECONDS > since


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is wanted of a pod on average: a *utilization* in percent of its request, or a *value*
    in cores or bytes."""

    utilization: int | None = None
    value: float = 0.0

    def ratio(self, used: Mapping[str, float], requests: Mapping[str, float]) -> float:
        """Usage over target; utilization is a whole percentage, rounded down."""
        if self.utilization is None:
            return sum(used.values()) / len(used) / self.value
        percent = int(100.0 * sum(used.values()) / sum(requests[name] for name in used) + 1e-9)
        return percent / self.utilization

    def cautious(self, name: str, requests: Mapping[str, float]) -> float:
        """What a pod without a sample is taken to use before pods are taken away."""
        if self.utilization is None:
            return self.value
        return requests[name] * max(100, self.utilization) / 100.0


def wanted_replicas(
    groups: Groups,
    samples: Mapping[str, Sample],
    requests: Mapping[str, float],
    target: Target,
    current: int,
) -> int | None:
    """The size that brings the average to *target*; None if no pod's sample counts.

    Pods without a sample, or not ready yet, only ever damp: they count as idle before the target
    grows and as busy before it shrinks, and if that turns the ratio around nothing changes.
    """
    used = {name: samples[name].used for name in groups.ready}
    if not used:
        return None
    ratio = target.ratio(used, requests)
    grows_past_unready = bool(groups.unready) and ratio > 1.0
    if not grows_past_unready and not groups.missing:
        return current if _is_close(ratio) else ceil(ratio * len(used) - 1e-9)
    for name in groups.missing:
        if ratio < 1.0:
            used[name] = target.cautious(name, requests)
        elif ratio > 1.0:
            used[name] = 0.0
    if grows_past_unready:
        used |= dict.fromkeys(groups.unready, 0.0)
    damped = target.ratio(used, requests)
    turned = (ratio < 1.0 < damped) or (damped < 1.0 < ratio)
    if _is_close(damped) or turned:
        return current
    wanted = ceil(damped * len(used) - 1e-9)
    against = (damped < 1.0 and wanted > current) or (damped > 1.0 and wanted < current)
    return current if against else wanted


def _is_close(ratio: float) -> bool:
    return 1.0 - TOLERANCE - 1e-9 <= ratio <= 1.0 + TOLERANCE + 1e-9
