"""Values that cross between the two planes: probes, what a pod counts, and one attempt's record."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sim.model.causes import Cause


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
class RequestRecord:
    """One attempt, for tests and comparisons between planes: (request, attempt) is its name."""

    request: int
    attempt: int
    user: int
    proxy: int
    pod: int  # -1: none was chosen.
    version: int
    sent: float
    answered: float
    cause: Cause
    final: bool  # Whether this attempt decided the request's answer.
