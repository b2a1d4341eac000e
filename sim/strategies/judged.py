"""Steps of a release that are judged: after which analysis it goes on, and beside which it goes."""

from __future__ import annotations

from typing import Any, TypeVar

from sim.cluster import Cluster
from sim.model.analysis import AnalysisPhase
from sim.model.analysis_template import AnalysisTemplate
from sim.model.run import Setting
from sim.model.tracks import STABLE
from sim.ports import Process, Wait
from sim.strategies.analysis import AnalysisRun
from sim.strategies.canary_traffic import CANARY
from sim.strategies.deployment_settings import GIVEN
from sim.strategies.giving_up import give_up

T = TypeVar("T")
_NAME = "analysis"  # As the field of a Rollout that asks for one beside the steps.


def passed(analysis: AnalysisRun, cluster: Cluster) -> Process[bool]:
    """Ask until it is known; whether it went well."""
    analysis.begin()
    while True:
        while (due := analysis.due()) is not None:
            yield Wait(max(due, cluster.now))  # Whoever starts again may be late.
            analysis.measure()
        if analysis.phase is not AnalysisPhase.INCONCLUSIVE:
            return analysis.phase is AnalysisPhase.SUCCESSFUL
        yield analysis.until_resumed()
        analysis.renew()


def passes_in_step(template: AnalysisTemplate, cluster: Cluster, number: int) -> Process[bool]:
    """Hold the canary in step *number* until it is known; whether it may go on."""
    run = AnalysisRun(cluster, f"step-{number}", template, baseline=STABLE, canary=CANARY)
    good = yield from passed(run, cluster)
    if not good:
        give_up(cluster, analysis=f"steps[{number}].analysis")
    return good


def alongside(analysis: AnalysisRun, process: Process[T], cluster: Cluster) -> Process[T | None]:
    """Let *process* go on, and ask meanwhile; what it returns, or None once the analysis failed.

    At one moment the measurement comes first. While a person looks at what is inconclusive, time
    goes on for *process* too.
    """
    answer: Any = None
    while True:
        try:
            wait = process.send(answer)
        except StopIteration as stop:
            done: T = stop.value
            return done
        answer = None
        while answer is None:
            if not (yield from _good_so_far(analysis, cluster)):
                process.close()
                return None
            answer = yield from _waited(wait, analysis.due(), cluster)


def _good_so_far(analysis: AnalysisRun, cluster: Cluster) -> Process[bool]:
    """Measure what is due now; False once the analysis has failed."""
    due, found = analysis.due(), analysis.phase
    if due is not None and due <= cluster.now:
        found = analysis.measure()
    if found is AnalysisPhase.INCONCLUSIVE:
        yield analysis.until_resumed()
        analysis.renew()
    return found not in (AnalysisPhase.FAILED, AnalysisPhase.ERROR)


def _waited(wait: Wait, due: float | None, cluster: Cluster) -> Process[Any]:
    """What *wait* is answered with if that comes first; None if something is *due* before."""
    ends = [moment for moment in (wait.deadline, due) if moment is not None]
    # A person may have looked for longer than that.
    end = max(cluster.now, min(ends)) if ends else None
    found = yield Wait(end, wait.condition)
    if wait.condition is not None and found:
        return found
    if wait.deadline is None or cluster.now < wait.deadline:
        return None
    if due is not None and due <= cluster.now:
        return None  # Both now: first it is measured, and then asked again without a wait.
    return wait.condition is None


def beside(
    template: AnalysisTemplate | None, cluster: Cluster, number: int, step: Process[bool]
) -> Process[bool]:
    """Take *step*, judged meanwhile if it is not before the analysis' first one."""
    if template is None or number < template.starting_step:
        return (yield from step)
    run = _of_steps(template, cluster)
    run.begin()
    good = bool((yield from alongside(run, step, cluster)))
    if not good:
        give_up(cluster, analysis=_NAME)  # Unless pods were late, which is noted by then.
    return good


def proven(template: AnalysisTemplate | None, cluster: Cluster) -> bool:
    """All steps are taken: whether the analysis, which ends with them, has not failed."""
    if template is None or _of_steps(template, cluster).stop() is AnalysisPhase.SUCCESSFUL:
        return True
    give_up(cluster, analysis=_NAME)
    return False


def _of_steps(template: AnalysisTemplate, cluster: Cluster) -> AnalysisRun:
    return AnalysisRun(cluster, "steps", template, baseline=STABLE, canary=CANARY)


def analysis_settings(*named: tuple[str, AnalysisTemplate | None]) -> tuple[Setting, ...]:
    """A row for each analysis that there is: its metrics by their names."""
    return tuple(
        Setting(name=name, value=str(template), source=GIVEN)
        for name, template in named
        if template is not None
    )
