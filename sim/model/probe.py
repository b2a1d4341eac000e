"""A probe's settings, and when its ticks fall.

(kubernetes/api core/v1/types.go; kubernetes/kubernetes pkg/kubelet/prober/worker.go)
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from sim.model.objects import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One probe of a container; 0 in a manifest means unset, as the API server reads it.

    *grace_seconds* replaces the pod's grace period when this probe kills the container. *served*
    probes (HTTP, gRPC) are requests to the process; others (TCP, a command) see whether it is up.
    """

    initial_delay_seconds: int = 0
    period_seconds: int = 10
    timeout_seconds: int = 1
    success_threshold: int = 1
    failure_threshold: int = 3
    grace_seconds: int | None = None
    served: bool = False


def probe_of(container: JsonObject, field: str) -> Probe | None:
    """The probe under *field* (`readinessProbe` …) of a *container*, if it has one."""
    probe = container.get(field)
    if not probe:
        return None
    return Probe(
        initial_delay_seconds=probe.get("initialDelaySeconds") or 0,
        period_seconds=probe.get("periodSeconds") or 10,
        timeout_seconds=probe.get("timeoutSeconds") or 1,
        success_threshold=probe.get("successThreshold") or 1,
        failure_threshold=probe.get("failureThreshold") or 3,
        grace_seconds=probe.get("terminationGracePeriodSeconds"),
        served="httpGet" in probe or "grpc" in probe,
    )


def first_tick(worker_start: float, period: float, earliest: float) -> float:
    """The first tick of a worker at or after *earliest*; it ticks every *period* from its start.

    Start 0.5, period 10: earliest 0.2 gives 0.5, earliest 3 gives 10.5, earliest 10.5 gives 10.5.
    """
    if earliest <= worker_start:
        return worker_start
    ticks = ceil((earliest - worker_start) / period)
    tick = worker_start + ticks * period
    # The quotient may have rounded up past an exact tick, or down onto one that is too early.
    if tick - period >= earliest:
        return tick - period
    return tick if tick >= earliest else tick + period


def next_beat(phase: float, period: float, now: float) -> float:
    """The first beat strictly after *now* of a clock that beats every *period* from *phase* on.

    Phase 0.3, period 1: at 2.0 it is 2.3, at 2.3 it is 3.3.
    """
    beat = first_tick(phase + period * ((now - phase) // period), period, now)
    return beat if beat > now else beat + period
