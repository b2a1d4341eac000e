"""Alert-driven: a rule over scraped metrics fires, and whoever is told of it decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from sim.model.draws import Purpose, Stream
from sim.model.samples import Labels
from sim.monitoring.alerting import Alert, AlertPhase, AlertRule, evaluated
from sim.operators.decision import AT_ONCE, Decision
from sim.operators.duty import Duty
from sim.ports import Process

RULE = 255  # The number of this operator's own draw of when in the interval it evaluates.


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertDriven:
    """Evaluates *rule* every *evaluation_seconds*; at the first alert that fires *decision* acts.

    Detection takes a scrape, the ramp of the rule's window, an evaluation and its `for`
    (prometheus/prometheus rules/alerting.go). It begins to look with the first write: what fires
    before that says nothing of the release.
    """

    asks_metrics: ClassVar[bool] = True

    rule: AlertRule
    decision: Decision = AT_ONCE
    evaluation_seconds: float = 15.0

    def watch(self, duty: Duty) -> Process[None]:
        """Evaluate until something fires."""
        alerts: Mapping[Labels, Alert] = {}
        phase = Stream(duty.seed, Purpose.RULE_PHASE).uniform(RULE)
        yield duty.until(duty.first_write + phase * self.evaluation_seconds)
        while True:
            found = duty.cluster.query(self.rule.expr)
            samples = found if isinstance(found, tuple) else ()
            alerts = evaluated(self.rule, alerts, samples, duty.clock.now())
            firing = [name for name, one in alerts.items() if one.phase is AlertPhase.FIRING]
            if firing:
                break
            yield duty.clock.sleep(self.evaluation_seconds)
        yield from self.decision.follow(duty, _shown(firing[0]))


def _shown(labels: Labels) -> str:
    return "{" + ", ".join(f'{name}="{value}"' for name, value in labels) + "}"
