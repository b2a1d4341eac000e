"""What a cluster wrote down about its pods: how long it took to schedule, pull, start and end.

Read from `kubectl get pods,events -o json`. Times in Kubernetes' objects are whole seconds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

from sim.errors import Problem, ScenarioError
from sim.i18n import Message, message
from sim.scenario.source import read_bytes

MOST_BYTES = 64 * 1024 * 1024
# kubernetes/kubernetes pkg/kubelet/images/image_manager.go, "Successfully pulled image … in …"
_PULLED = re.compile(r"Successfully pulled image .{1,500}? in ([0-9.hmsµun]+)")
_GO_PART = re.compile(r"([0-9.]+)(h|ms|m|s|us|µs|ns)")
_GO_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
_KILLED = 137  # 128 + SIGKILL


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Several of the same, in seconds."""

    count: int
    low: float
    median: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PodTimes:
    """What was found; None where nothing tells. *startup* is until the process listens."""

    pods: int
    events: int
    scheduled: Times | None
    pull: Times | None
    ready: Times | None  # From the start of its containers, the wait for the next probe included,
    startup: Times | None  # and half a probe's period less: where between two probes is not known.
    drain: Times | None
    killed: int  # Containers that ended by SIGKILL after they had been asked to go.


def read_pods(path: Path, shown: str) -> PodTimes:
    """The times in the JSON list at *path*. Raise `ScenarioError` if it is no such list."""
    data = read_bytes(path, shown, MOST_BYTES)
    if len(data) > MOST_BYTES:
        raise _bad(shown, message("larger than {most} KiB", most=MOST_BYTES // 1024))
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        raise _bad(shown, message("this is not JSON"), line=line) from None
    items = found.get("items") if isinstance(found, dict) else None
    if not isinstance(items, list):
        raise _bad(shown, message("this is no list of objects"))
    pods = [one for one in items if _kind(one) == "Pod"]
    events = [one for one in items if _kind(one) == "Event"]
    if not pods:
        raise _bad(shown, message("there is no pod in it"))
    try:
        return _times(pods, events)
    except (AttributeError, KeyError, TypeError, ValueError):
        raise _bad(shown, message("an object is not as the API server writes it")) from None


def _times(pods: list[Any], events: list[Any]) -> PodTimes:
    ended = [one for pod in pods for one in _ends(pod)]
    waits = [one for pod in pods for one in _ready(pod)]
    return PodTimes(
        pods=len(pods),
        events=len(events),
        scheduled=_summary(_scheduled(pods)),
        pull=_summary(_pulls(events)),
        ready=_summary(seconds for seconds, _ in waits),
        startup=_summary(max(0.0, seconds - period / 2) for seconds, period in waits),
        drain=_summary(seconds for seconds, _ in ended),
        killed=sum(code == _KILLED for _, code in ended),
    )


def _scheduled(pods: list[Any]) -> Iterator[float]:
    for pod in pods:
        at = _condition(pod, "PodScheduled")
        if at is not None:
            yield max(0.0, at - _moment(pod["metadata"]["creationTimestamp"]))


def _ready(pod: Any) -> Iterator[tuple[float, float]]:
    """From the start of the last container to Ready, and the readiness probe's period.

    Nothing of pods that have restarted, were unready later on, or are not asked at all.
    """
    statuses = pod.get("status", {}).get("containerStatuses") or []
    probes = [c["readinessProbe"] for c in pod["spec"]["containers"] if c.get("readinessProbe")]
    at = _condition(pod, "Ready")
    if at is None or not probes or any(one.get("restartCount") for one in statuses):
        return
    starts = [one["state"]["running"]["startedAt"] for one in statuses if "running" in one["state"]]
    if starts and len(starts) == len(statuses):
        period = max(float(probe.get("periodSeconds") or 10) for probe in probes)
        yield max(0.0, at - max(map(_moment, starts))), period


def _ends(pod: Any) -> Iterator[tuple[float, int]]:
    """From the request to go to the end of each container, and its exit code."""
    meta = pod["metadata"]
    if "deletionTimestamp" not in meta:
        return
    asked = _moment(meta["deletionTimestamp"]) - float(meta.get("deletionGracePeriodSeconds") or 0)
    for one in pod.get("status", {}).get("containerStatuses") or []:
        over = one["state"].get("terminated")
        if over and over.get("finishedAt") and _moment(over["finishedAt"]) >= asked:
            yield _moment(over["finishedAt"]) - asked, int(over.get("exitCode", 0))


def _pulls(events: list[Any]) -> Iterator[float]:
    for event in events:
        found = _PULLED.search(str(event.get("message") or event.get("note") or "")[:2000])
        if event.get("reason") == "Pulled" and found:
            parts = _GO_PART.findall(found[1])
            if parts:
                yield sum(float(number) * _GO_UNITS[unit] for number, unit in parts)


def _condition(pod: Any, kind: str) -> float | None:
    for one in pod.get("status", {}).get("conditions") or []:
        if one["type"] == kind and one["status"] == "True":
            return _moment(one["lastTransitionTime"])
    return None


def _moment(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def _summary(seconds: Iterable[float]) -> Times | None:
    found = sorted(seconds)
    if not found:
        return None
    return Times(count=len(found), low=found[0], median=median(found), high=found[-1])


def _kind(one: Any) -> str:
    return str(one.get("kind", "")) if isinstance(one, dict) else ""


def _bad(shown: str, text: Message, line: int = 1) -> ScenarioError:
    hint = message("what `kubectl get pods,events -o json` prints")
    return ScenarioError([Problem(text, shown, line, 1, hint=hint)])
