"""Alert-driven: a rule of the monitoring fires, and whoever is told of it decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sim.model.rules import AlertChange, AlertRule
from sim.model.samples import Labels
from sim.monitoring.alerting import AlertPhase
from sim.operators.decision import AT_ONCE, Decision
from sim.operators.duty import Duty
from sim.ports import Process


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertDriven:
    """At the first alert of *rule* that fires after the first write, *decision* acts.

    The rule is evaluated by the monitoring server, late and coarse and not while that is away:
    a scrape, the ramp of its window, an evaluation and its `for` (prometheus/prometheus
    rules/alerting.go). What fired before the first write says nothing of the release. *is_known*
    says that the server has the rule anyway.
    """

    asks_metrics: ClassVar[bool] = True

    rule: AlertRule
    decision: Decision = AT_ONCE
    is_known: bool = False

    def watch(self, duty: Duty) -> Process[None]:
        """Wait until it fires."""
        yield duty.until(duty.first_write)
        fired: AlertChange = yield duty.clock.until(lambda: self._fired(duty))
        yield from self.decision.follow(duty, _shown(fired.labels))

    def _fired(self, duty: Duty) -> AlertChange | None:
        return next(
            (
                one
                for one in duty.alerts()
                if one.name == self.rule.name
                and one.phase == AlertPhase.FIRING
                and one.time >= duty.first_write
            ),
            None,
        )


def _shown(labels: Labels) -> str:
    return "{" + ", ".join(f'{name}="{value}"' for name, value in labels) + "}"
