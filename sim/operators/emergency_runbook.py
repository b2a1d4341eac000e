"""The handbook's emergency script: pause, undo, wait, call /health, tell everybody (8.4).

kubectl refuses to undo a paused Deployment. The script does not look, waits out its timeout, calls
whatever runs and reports success; *resume_first* is the script that works.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.model.deed import DeedKind
from sim.operators.duty import Duty
from sim.operators.health_check import passes
from sim.ports import Process


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyRunbook:
    """Somebody starts it *after_seconds* after the first write; the rest are the script's numbers.

    With *resume_first* the rollout is resumed before it is undone.
    """

    after_seconds: float = 20.0
    resume_first: bool = False
    status_seconds: float = 180.0
    probes: int = 5
    apart_seconds: float = 10.0

    def watch(self, duty: Duty) -> Process[None]:
        """Do one line of the script after the other, whatever the last one said."""
        yield duty.until(duty.first_write + self.after_seconds)
        cluster = duty.cluster
        duty.say(DeedKind.DECIDED)
        duty.lay_down()
        duty.attempt(cluster.pause)
        if self.resume_first:
            duty.attempt(cluster.resume)
        refused = not duty.attempt(cluster.undo)
        done = yield from duty.until_status(self.status_seconds)
        if done and not refused:
            duty.say(DeedKind.WENT_BACK)
        healthy = yield from passes(duty, self.probes, self.apart_seconds)
        # The script's last line says this whatever happened before it.
        duty.say(
            DeedKind.REPORTED, f"rolled back; health check {'passed' if healthy else 'failed'}"
        )
