"""Gate-driven: after the finish somebody asks the metrics a few times, and signs off or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sim.model.deed import DeedKind
from sim.operators.decision import AT_ONCE, Decision
from sim.operators.duty import Duty
from sim.ports import Process


@dataclass(frozen=True, slots=True, kw_only=True)
class GateDriven:
    """Asks *expr* *looks* times, *apart_seconds* apart, from *after_finish_seconds* on.

    An answer with any sample is a finding, as for an alert; without one at every look the release
    is kept, also where there were no metrics at all: that is what a comparison with nothing says.
    """

    asks_metrics: ClassVar[bool] = True

    expr: str
    decision: Decision = AT_ONCE
    after_finish_seconds: float = 60.0
    looks: int = 3
    apart_seconds: float = 20.0

    def watch(self, duty: Duty) -> Process[None]:
        """Wait for the finish, look, and decide once."""
        yield duty.until_finished()
        yield duty.clock.sleep(self.after_finish_seconds)
        for look in range(self.looks):
            if look:
                yield duty.clock.sleep(self.apart_seconds)
            found = duty.cluster.query(self.expr)
            if isinstance(found, tuple) and found:
                yield from self.decision.follow(duty, f"look {look + 1}: {found[0].value:.3g}")
                return
        duty.say(DeedKind.KEPT, f"{self.looks} looks")
