"""The rule of alerts that watches a run whose scenario has none: more than 5 % errors for 30 s.

It only looks on: nobody is on duty who would act on it, so the run is the same with it and without.
The form is the handbook's, with a ratio in place of its rate per second.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sim.model.rules import AlertRule, RuleGroup

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario

USUAL = AlertRule(
    name="HighErrorRatio",
    expr=(
        'sum(rate(http_requests_total{status=~"5.."}[1m])) '
        "/ sum(rate(http_requests_total[1m])) > 0.05"
    ),
    for_seconds=30.0,
)
_SHOWN = """groups:
  - name: release
    rules:
      - alert: {name}
        expr: >-
          {expr}
        for: {seconds:g}s
"""
RULES = _SHOWN.format(
    name=USUAL.name,
    expr=USUAL.expr.replace(" / ", "\n          / "),
    seconds=USUAL.for_seconds,
)


def watched(scenario: Scenario) -> Scenario:
    """*scenario* under its own rules and policies; under the usual rule where it has neither."""
    if scenario.rules or scenario.rollback is not None:
        return scenario
    return replace(scenario, rules=(RuleGroup(name="release", rules=(USUAL,)),))


def config_map() -> str:
    """A ConfigMap that holds `RULES`, as a manifest."""
    body = "".join(f"    {line}\n" for line in RULES.splitlines())
    head = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: alerts}\ndata:\n  alerts.yaml: |\n"
    return head + body
