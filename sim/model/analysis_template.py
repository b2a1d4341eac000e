"""What an operator wants to know before going on: metrics, and when each is bad enough.

The fields are those of Argo Rollouts' AnalysisTemplate (docs/features/analysis.md); a metric asks
a judge about both versions, or puts a query to the monitoring and looks at the result.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.model.analysis import AnalysisMetric
from sim.model.condition import Condition

WINDOW_SECONDS = 60.0  # How far back a judge looks; flagger's interval of a metric is as long.

# What stands in a query for the `pod-template-hash` of the new and the old pods, until it is put.
LATEST_HASH, STABLE_HASH = "__latest_pod_template_hash__", "__stable_pod_template_hash__"
ANYWAY = "vector(1)"  # A query that is always answered.


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One metric: how often it is measured, and by whom.

    Either a *judge* with its *limits*, who is given both versions over *window_seconds*, or a
    *query* whose result has failed if *failure* holds, else succeeded if *success* does. With both
    conditions and neither true it is inconclusive; with one alone the other is its opposite; with
    none any answer is good.
    """

    metric: AnalysisMetric
    judge: str = ""
    limits: tuple[tuple[str, float], ...] = ()
    window_seconds: float = WINDOW_SECONDS
    query: str = ""
    success: Condition | None = None
    failure: Condition | None = None

    def __post_init__(self) -> None:
        if bool(self.judge) == bool(self.query):
            raise ValueError(f"a check must have a judge or a query: {self}")
        if not self.window_seconds > 0.0:
            raise ValueError(f"window_seconds must be above 0, not {self.window_seconds}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisTemplate:
    """All *checks* together; beside a canary's steps it begins with number *starting_step*."""

    checks: tuple[Check, ...]
    starting_step: int = 0

    def __post_init__(self) -> None:
        names = [check.metric.name for check in self.checks]
        if not names or len(set(names)) < len(names):
            raise ValueError(f"names must differ, and be at least one: {names}")

    def __str__(self) -> str:
        return ", ".join(check.metric.name for check in self.checks)

    def without_worry(self) -> AnalysisTemplate:
        """One that takes as long and finds nothing wrong, for a run without requests."""
        checks = tuple(Check(metric=check.metric, query=ANYWAY) for check in self.checks)
        return AnalysisTemplate(checks=checks, starting_step=self.starting_step)

    @property
    def planned_seconds(self) -> float:
        """How long it takes at least if all goes well; unlimited ones take no time of their own."""
        return max((_seconds(check.metric) for check in self.checks), default=0.0)


def _seconds(metric: AnalysisMetric) -> float:
    count = metric.effective_count
    if count is None:
        return 0.0
    return metric.initial_delay_seconds + (count - 1) * (metric.interval_seconds or 0.0)
