"""A health check as scripts make it: `curl http://service/health`, through the Service."""

from __future__ import annotations

from sim.control.slices import SERVICE_LABEL
from sim.operators.duty import Duty
from sim.ports import Process


def passes(duty: Duty, times: int, apart_seconds: float) -> Process[bool]:
    """Whether one of up to *times* checks, *apart_seconds* apart, is answered by anybody.

    Anybody is a pod of any version that is ready behind the Service: its /health says that the
    process answers, and nothing of what it answers to users.
    """
    for check in range(times):
        if check:
            yield duty.clock.sleep(apart_seconds)
        if _somebody_answers(duty):
            return True
    return False


def _somebody_answers(duty: Duty) -> bool:
    """Whether a request through the Service would find a pod that is ready."""
    cluster = duty.cluster
    wanted = {SERVICE_LABEL: cluster.service}
    slices = cluster.api.list("EndpointSlice", cluster.namespace, wanted)
    return any(one["conditions"]["ready"] for found in slices for one in found["endpoints"])
