"""From a rollback policy, which is data, to who is on duty."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sim.errors import Problem, QueryError, ScenarioError
from sim.i18n import message
from sim.model.rollback_policy import Notices, RollbackPolicy
from sim.model.rules import AlertRule, RuleGroup
from sim.monitoring.promql.evaluate import query
from sim.monitoring.series import SeriesStore
from sim.operators.alert_driven import AlertDriven
from sim.operators.decision import Decision
from sim.operators.duty import Operator
from sim.operators.gate_driven import GateDriven
from sim.operators.health_script import HealthScript
from sim.operators.reconciler import Reconciler
from sim.scenario.scenario import Scenario

ALERT_NAME = "BadRelease"
GROUP_NAME = "rollback"


def on_duty(scenario: Scenario) -> tuple[Operator, ...]:
    """Everybody whom the policy of *scenario* puts on duty; nobody without one."""
    if scenario.rollback is None:
        return ()
    return operators_of(scenario.rollback, scenario.rules)


def operators_of(policy: RollbackPolicy, rules: Sequence[RuleGroup]) -> tuple[Operator, ...]:
    """Everybody whom *policy* puts on duty, in a fixed order; *rules* are the server's own.

    Raise a `ScenarioError` for a question that the monitoring cannot read or does not answer, and
    for an alert that is not among the rules.
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
            rule = _rule(policy, rules)
            is_known = policy.alert is not None
            found.append(AlertDriven(rule=rule, decision=decision, is_known=is_known))
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


def watches_metrics(operator: Operator) -> bool:
    """Whether *operator* needs a session that is monitored."""
    return bool(getattr(operator, "asks_metrics", False))


def rules_of(operators: Iterable[Operator]) -> tuple[RuleGroup, ...]:
    """The rules that *operators* bring along, for the monitoring server to evaluate."""
    own = [one.rule for one in operators if isinstance(one, AlertDriven) and not one.is_known]
    return (RuleGroup(name=GROUP_NAME, rules=tuple(own)),) if own else ()


def _rule(policy: RollbackPolicy, rules: Sequence[RuleGroup]) -> AlertRule:
    if policy.alert is None:
        return AlertRule(name=ALERT_NAME, expr=policy.expr, for_seconds=policy.for_seconds)
    known = [rule for group in rules for rule in group.rules if isinstance(rule, AlertRule)]
    for rule in known:
        if rule.name == policy.alert:
            return rule
    text = message("rollback.alert: there is no alert called {name}", name=repr(policy.alert))
    names = ", ".join(rule.name for rule in known) or "-"
    raise ScenarioError([Problem(text, hint=message("known: {known}", known=names))])


def _require_a_question(policy: RollbackPolicy) -> None:
    """Ask it once where there are no metrics: what is refused there is refused everywhere."""
    try:
        query(SeriesStore(), policy.expr, 0.0)
    except QueryError as wrong:
        text = message("rollback.expr: {reason}", reason=wrong.message)
        raise ScenarioError([Problem(text)]) from wrong
