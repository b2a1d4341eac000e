"""From a rollback policy, which is data, to who is on duty."""

from __future__ import annotations

from sim.errors import Problem, QueryError, ScenarioError
from sim.i18n import message
from sim.model.rollback_policy import Notices, RollbackPolicy
from sim.monitoring.alerting import AlertRule
from sim.monitoring.promql.evaluate import query
from sim.monitoring.series import SeriesStore
from sim.operators.alert_driven import AlertDriven
from sim.operators.decision import Decision
from sim.operators.duty import Operator
from sim.operators.gate_driven import GateDriven
from sim.operators.health_script import HealthScript
from sim.operators.reconciler import Reconciler

ALERT_NAME = "BadRelease"


def operators_of(policy: RollbackPolicy, evaluation_seconds: float) -> tuple[Operator, ...]:
    """Everybody that *policy* puts on duty, in a fixed order.

    Raise a `ScenarioError` for a question that the monitoring cannot read or does not answer.
    """
    _require_a_question(policy)
    found: list[Operator] = []
    decision = Decision(
        person=policy.person,
        symptom=policy.symptom,
        repair_seconds=policy.repair_seconds,
        way_back_seconds=policy.way_back_seconds,
    )
    match policy.notices:
        case Notices.ALERT:
            rule = AlertRule(name=ALERT_NAME, expr=policy.expr, for_seconds=policy.for_seconds)
            found.append(
                AlertDriven(rule=rule, decision=decision, evaluation_seconds=evaluation_seconds)
            )
        case Notices.GATE:
            found.append(
                GateDriven(
                    expr=policy.expr,
                    decision=decision,
                    after_finish_seconds=policy.after_finish_seconds,
                    looks=policy.looks,
                    apart_seconds=policy.apart_seconds,
                )
            )
        case Notices.SCRIPT:
            found.append(HealthScript())
    if policy.git_ops is not None:
        found.append(Reconciler(self_heal_seconds=policy.git_ops.self_heal_seconds))
    return tuple(found)


def _require_a_question(policy: RollbackPolicy) -> None:
    """Ask it once where there are no metrics: what is refused there is refused everywhere."""
    try:
        query(SeriesStore(), policy.expr, 0.0)
    except QueryError as wrong:
        text = message("rollback.expr: {reason}", reason=wrong.message)
        raise ScenarioError([Problem(text)]) from wrong


def watches_metrics(operator: Operator) -> bool:
    """Whether *operator* needs a session that is monitored."""
    return bool(getattr(operator, "asks_metrics", False))
