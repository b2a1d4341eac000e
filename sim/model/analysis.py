"""An analysis: measurements of several metrics over time, and what they come to.

A pure state machine after Argo Rollouts' AnalysisRun (argoproj/argo-rollouts, analysis/analysis.go
and utils/analysis/helpers.go): one measurement in, the next state out. Times are seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

ERROR_RETRY_SECONDS = 10.0


class AnalysisPhase(StrEnum):
    """Where a measurement, a metric or an analysis stands, in Argo Rollouts' words."""

    PENDING = "Pending"
    RUNNING = "Running"
    SUCCESSFUL = "Successful"
    FAILED = "Failed"
    INCONCLUSIVE = "Inconclusive"
    ERROR = "Error"

    @property
    def completed(self) -> bool:
        """Whether nothing more comes."""
        return self not in (AnalysisPhase.PENDING, AnalysisPhase.RUNNING)


_FROM_BEST_TO_WORST = (
    AnalysisPhase.SUCCESSFUL,
    AnalysisPhase.RUNNING,
    AnalysisPhase.PENDING,
    AnalysisPhase.INCONCLUSIVE,
    AnalysisPhase.ERROR,
    AnalysisPhase.FAILED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisMetric:
    """How often one metric is measured, and what it takes to end it; a metric of a template.

    Without *interval_seconds* it is measured once, with one *count* times (None: for ever).
    A limit is exceeded, not reached: *failure_limit* 3 means that the fourth failure ends it, -1
    that none does. *consecutive_success_limit* 0 is off. A *dry_run* metric is measured and does
    not count.
    """

    name: str
    interval_seconds: float | None = None
    count: int | None = None
    initial_delay_seconds: float = 0.0
    failure_limit: int = 0
    inconclusive_limit: int = 0
    consecutive_error_limit: int = 4
    consecutive_success_limit: int = 0
    dry_run: bool = False

    def __post_init__(self) -> None:
        if self.interval_seconds is None and (self.count or 1) > 1:
            raise ValueError(f"interval_seconds must be given to measure {self.count} times")
        if self.count is not None and self.count < 1:
            raise ValueError(f"count must be at least 1, not {self.count}")

    @property
    def effective_count(self) -> int | None:
        """How many measurements without an error are enough; None if no number is."""
        if self.count is None and self.interval_seconds is None:
            return 1
        return self.count


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricState:
    """What the measurements of one metric came to so far.

    *last* is the phase of the latest one, which ended at *finished_at*.
    """

    phase: AnalysisPhase = AnalysisPhase.PENDING
    successful: int = 0
    failed: int = 0
    inconclusive: int = 0
    errors: int = 0
    consecutive_errors: int = 0
    consecutive_successes: int = 0
    last: AnalysisPhase | None = None
    finished_at: float = 0.0

    @property
    def count(self) -> int:
        """Measurements without an error."""
        return self.successful + self.failed + self.inconclusive


def measured(
    metric: AnalysisMetric, state: MetricState, outcome: AnalysisPhase, now: float
) -> MetricState:
    """The state after one more measurement, which ended *now* with *outcome*."""
    good, wrong = outcome is AnalysisPhase.SUCCESSFUL, outcome is AnalysisPhase.ERROR
    after = replace(
        state,
        successful=state.successful + good,
        failed=state.failed + (outcome is AnalysisPhase.FAILED),
        inconclusive=state.inconclusive + (outcome is AnalysisPhase.INCONCLUSIVE),
        errors=state.errors + wrong,
        consecutive_errors=state.consecutive_errors + 1 if wrong else 0,
        consecutive_successes=state.consecutive_successes + 1 if good else 0,
        last=outcome,
        finished_at=now,
    )
    return replace(after, phase=_assessed(metric, after))


def _assessed(metric: AnalysisMetric, state: MetricState) -> AnalysisPhase:
    """What one metric has come to; an error outranks an inconclusive one, and that a failure."""
    if state.consecutive_errors > metric.consecutive_error_limit:
        return AnalysisPhase.ERROR
    if state.inconclusive > metric.inconclusive_limit:
        return AnalysisPhase.INCONCLUSIVE
    if 0 <= metric.failure_limit < state.failed:
        return AnalysisPhase.FAILED
    if 0 < metric.consecutive_success_limit <= state.consecutive_successes:
        return AnalysisPhase.SUCCESSFUL
    enough = metric.effective_count
    if enough is None or state.count < enough:
        return AnalysisPhase.RUNNING
    if metric.consecutive_success_limit <= 0:
        return AnalysisPhase.SUCCESSFUL
    # Successes in a row were asked for and have not come.
    return AnalysisPhase.FAILED if metric.failure_limit < 0 else AnalysisPhase.INCONCLUSIVE


def next_at(metric: AnalysisMetric, state: MetricState, started_at: float) -> float | None:
    """When the next measurement is due; None if there is none."""
    if state.phase.completed:
        return None
    if state.last is None:
        return started_at + metric.initial_delay_seconds
    if state.last is AnalysisPhase.ERROR:
        return state.finished_at + ERROR_RETRY_SECONDS
    assert metric.interval_seconds is not None  # Else one measurement was enough.
    return state.finished_at + metric.interval_seconds


def assess(
    metrics: Mapping[str, AnalysisMetric],
    states: Mapping[str, MetricState],
    *,
    terminated: bool = False,
) -> AnalysisPhase:
    """What the whole analysis has come to: the worst of its metrics, once that is known.

    It ends as soon as one metric that counts did not succeed, or when it is *terminated*; metrics
    that are still running have succeeded then.
    """
    counted = [state.phase for name, state in states.items() if not metrics[name].dry_run]
    done = [phase for phase in counted if phase.completed]
    if any(phase is not AnalysisPhase.SUCCESSFUL for phase in done):
        return max(done, key=_FROM_BEST_TO_WORST.index)
    if terminated or all(state.phase.completed for state in states.values()):
        return AnalysisPhase.SUCCESSFUL
    return AnalysisPhase.RUNNING
