"""The handbook's script after a deployment: wait, count ready pods, call /health, undo (7.4).

It looks once and at two things only. A health check asks whether a process answers, not whether
it answers rightly: a bug passes, and so does a leak that shows a minute later.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.model.deed import DeedKind
from sim.operators.duty import Duty
from sim.operators.health_check import passes
from sim.ports import Process


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthScript:
    """Begins with the first write, waits *wait_seconds* and looks; a finding is undone.

    Up to *probes* health checks, *apart_seconds* apart: the first that passes is enough.
    `kubectl rollout status` is waited for *status_seconds*.
    """

    wait_seconds: float = 30.0
    probes: int = 3
    apart_seconds: float = 10.0
    status_seconds: float = 300.0

    def watch(self, duty: Duty) -> Process[None]:
        """Look, and undo or not."""
        yield duty.until(duty.first_write)
        yield duty.clock.sleep(self.wait_seconds)
        deployment = duty.cluster.deployment()
        # An empty readyReplicas is the empty text, which is not the number that is wanted.
        ready, wanted = deployment["status"].get("readyReplicas"), deployment["spec"]["replicas"]
        if ready != wanted:
            yield from self._undo(duty, f"{'' if ready is None else ready}/{wanted}")
        elif not (yield from passes(duty, self.probes, self.apart_seconds)):
            yield from self._undo(duty, "/health")
        else:
            duty.say(DeedKind.KEPT, "/health")

    def _undo(self, duty: Duty, found: str) -> Process[None]:
        duty.say(DeedKind.DETECTED, found)
        duty.say(DeedKind.DECIDED, "kubectl rollout undo")
        duty.lay_down()
        refused = not duty.attempt(duty.cluster.undo)
        done = yield from duty.until_status(self.status_seconds)
        if done and not refused:
            duty.say(DeedKind.WENT_BACK)
        duty.say(DeedKind.REPORTED, "rolled back" if done else "failed, a person is needed")
