"""A check of an analysis: a judge who is given both versions, or a query and its conditions."""

from __future__ import annotations

from collections.abc import Callable

from sim.errors import QueryError
from sim.i18n import Message, message
from sim.judges import JUDGES
from sim.judges.judge import Judge
from sim.model.analysis import AnalysisPhase
from sim.model.analysis_template import Check
from sim.model.condition import Condition, NoAnswer, Result
from sim.model.samples import Metrics, Vector
from sim.model.verdict import Verdict
from sim.model.version_metrics import VersionMetrics


def verdict_of(
    check: Check,
    metrics: Metrics,
    requests: Callable[[str, float], VersionMetrics],
    tracks: tuple[str, str],
) -> Verdict:
    """What *check* comes to now; a judge gets *requests* of the two *tracks*, baseline first."""
    if check.query:
        return queried(metrics, check.query, success=check.success, failure=check.failure)
    judge: Judge = JUDGES[check.judge](**dict(check.limits))
    baseline, canary = (requests(track, check.window_seconds) for track in tracks)
    return judge(baseline, canary)


def queried(
    metrics: Metrics, promql: str, *, success: Condition | None, failure: Condition | None
) -> Verdict:
    """What *promql* comes to now.

    A query that is not answered, and a condition that cannot be asked of the answer, is an Error:
    `result[0]` of an empty result is no success. (argoproj/argo-rollouts metricproviders/prometheus
    and utils/evaluate/evaluate.go)
    """
    try:
        answer = metrics.query(promql)
        result = _result(answer)
        phase = _phase(result, success, failure)
    except QueryError as error:
        return Verdict(phase=AnalysisPhase.ERROR, reason=error.message)
    except NoAnswer as error:
        why = message("the result is {result}: {why}", result=_shown(result), why=str(error))
        return Verdict(phase=AnalysisPhase.ERROR, reason=why)
    return Verdict(phase=phase, reason=_reason(result, success, failure))


def _result(answer: Vector | float) -> Result:
    return answer if isinstance(answer, float) else tuple(sample.value for sample in answer)


def _phase(result: Result, success: Condition | None, failure: Condition | None) -> AnalysisPhase:
    if failure is not None and failure.holds(result):
        return AnalysisPhase.FAILED
    if success is not None:
        if success.holds(result):
            return AnalysisPhase.SUCCESSFUL
        return AnalysisPhase.FAILED if failure is None else AnalysisPhase.INCONCLUSIVE
    return AnalysisPhase.SUCCESSFUL


def _reason(result: Result, success: Condition | None, failure: Condition | None) -> Message:
    asked = " / ".join(one.written for one in (success, failure) if one is not None) or "-"
    return message("the result is {result}; asked for: {asked}", result=_shown(result), asked=asked)


def _shown(result: Result) -> str:
    if isinstance(result, int | float):
        return f"{result:.4g}"
    return "[" + ", ".join(f"{value:.4g}" for value in result) + "]"
