"""What the data plane tells: signals at their moments, counters when asked, and the log."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from sim.model.causes import Cause


class SignalKind(StrEnum):
    """What the data plane tells the control plane."""

    OOM = "oom"  # Memory crossed the pod's limit: the kernel kills the process.
    CRASH = "crash"  # A request was more than the process could bear: it ends by itself.
    DRAINED = "drained"  # A draining pod answered its last request.
    PROBE = "probe"  # A probe's verdict changed; detail is (probe kind, success).


class Signal(NamedTuple):
    """Something in the data plane that the control plane must hear, at its exact time."""

    kind: SignalKind
    time: float
    pod: int
    detail: tuple[str, bool] | None = None


class ProbeKind(StrEnum):
    """Kubernetes' three probes."""

    STARTUP = "startup"
    READINESS = "readiness"
    LIVENESS = "liveness"


@dataclass(frozen=True, slots=True)
class PodCounters:
    """One pod's state, true at the moment of asking."""

    in_flight: int  # In service and waiting.
    queued: int  # Waiting only.
    busy_seconds: float  # Cumulated over workers since the pod was added.
    cpu_seconds: float  # Computed since the pod was added, as cAdvisor would count it.
    throttled_seconds: float  # Wall time with work to compute and the quota used up.
    memory_bytes: float
    answered: int
    failed: int


@dataclass(frozen=True, slots=True)
class DependencyCounters:
    """One dependency's state, true at the moment of asking."""

    in_use: int  # Slots that serve a call.
    waiting: int  # Calls that wait for a slot.
    busy_seconds: float  # Cumulated over slots since the beginning.


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """One attempt, for tests and comparisons between planes: (request, attempt) is its name."""

    request: int
    attempt: int
    user: int
    proxy: int
    pod: int  # -1: none was chosen.
    version: int
    meant: float  # When the user meant to send the request.
    sent: float
    answered: float
    cause: Cause
    final: bool  # Whether this attempt decided the request's answer.
