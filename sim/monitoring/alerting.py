"""An alerting rule over time: inactive, pending, firing, resolved.

A pure state machine, evaluation by evaluation (prometheus/prometheus rules/alerting.go, Eval).
Times are seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from sim.model.rules import AlertRule as AlertRule
from sim.model.samples import Labels, Vector, shown
from sim.monitoring.promql.refusing import no_result
from sim.monitoring.series import milliseconds

RESOLVED_SECONDS = 15 * 60.0  # How long an alert that is over is still told of.


class AlertPhase(StrEnum):
    """Where one alert stands, in Prometheus' words; resolved is inactive after firing."""

    PENDING = "pending"
    FIRING = "firing"
    INACTIVE = "inactive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One alert: true since *active_at*, fired and resolved at those evaluations, if it has.

    *kept_since* is when a firing alert was not true any more and is kept up for a while.
    """

    value: float
    active_at: float
    phase: AlertPhase = AlertPhase.PENDING
    fired_at: float | None = None
    resolved_at: float | None = None
    kept_since: float | None = None


def evaluated(
    rule: AlertRule, alerts: Mapping[Labels, Alert], samples: Vector, now: float
) -> Mapping[Labels, Alert]:
    """The *alerts* of *rule* by their labels after an evaluation that gave *samples* at *now*.

    One evaluation without the sample drops a pending alert, and its clock restarts. Raise a
    `QueryError` if two samples make the same alert.
    """
    found: dict[Labels, float] = {}
    for labels, value in samples:
        name = rule.labels_for(labels, value)
        if name in found:
            raise no_result(
                "vector contains metrics with the same labelset after applying alert labels: "
                + shown(name)
            )
        found[name] = value
    after: dict[Labels, Alert] = {}
    for name, value in found.items():
        before = alerts.get(name)
        if before is None or before.phase is AlertPhase.INACTIVE:
            before = Alert(value=value, active_at=now)
        after[name] = _held(rule, replace(before, value=value, kept_since=None), now)
    for name, alert in alerts.items():
        if name not in found and (left := _gone(rule, alert, now)) is not None:
            after[name] = left
    return dict(sorted(after.items()))


def _held(rule: AlertRule, alert: Alert, now: float) -> Alert:
    """A true alert fires at the first evaluation at which it has been true for long enough."""
    if (
        alert.phase is AlertPhase.PENDING
        and milliseconds(now - alert.active_at) >= rule.for_seconds
    ):
        return replace(alert, phase=AlertPhase.FIRING, fired_at=now)
    return alert


def _gone(rule: AlertRule, alert: Alert, now: float) -> Alert | None:
    """What is left of an alert that is not true: kept up, resolved, or nothing."""
    if alert.phase is AlertPhase.PENDING:
        return None
    if alert.phase is AlertPhase.INACTIVE:
        assert alert.resolved_at is not None
        return None if now - alert.resolved_at > RESOLVED_SECONDS else alert
    since = now if alert.kept_since is None else alert.kept_since
    if (
        rule.keep_firing_for_seconds > 0.0
        and milliseconds(now - since) < rule.keep_firing_for_seconds
    ):
        return replace(alert, kept_since=since)
    return replace(alert, phase=AlertPhase.INACTIVE, resolved_at=now, kept_since=None)
