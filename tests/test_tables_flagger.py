"""Flagger's timing of a stepwise canary, tick by tick, and a Canary that is configured like it.

(fluxcd/flagger pkg/controller/scheduler.go, docs/gitbook/usage/how-it-works.md; facts 15)
"""

from __future__ import annotations

import pytest
from stories import deployment, scenario
from tiny_cluster import VirtualClock, drive

from sim.i18n import Message
from sim.judges.analysis_run import analyse
from sim.model.analysis import AnalysisMetric, AnalysisPhase
from sim.model.canary_steps import Pause, SetWeight
from sim.model.run import Phase, Window
from sim.model.verdict import Verdict
from sim.session import Session
from sim.strategies import strategy_named

# interval, stepWeight, maxWeight: from the first weight to the promotion
STEPWISE = [
    (60, 5, 50, 600),
    (60, 10, 50, 300),
    (30, 10, 50, 150),
    (15, 5, 50, 150),
    (60, 2, 50, 1500),
    (60, 10, 100, 600),
    (10, 20, 60, 30),
    (10, 50, 50, 10),
    (60, 100, 100, 60),
    (20, 25, 100, 80),
]
# interval, threshold: from the first weight to the rollback, with every check failing
FAILING = [(60, 1, 60), (60, 5, 300), (60, 10, 600), (30, 10, 300), (15, 2, 30), (10, 3, 30)]


def ticks(step: int, most: int, threshold: int, checks: list[bool]) -> tuple[str, int]:
    """What the scheduler does after the canary is ready, and how many ticks after its first weight.

    A weight is raised without a check first, then after each check that was good; failed checks are
    never forgotten, and the tick after the last one that is allowed rolls back.
    """
    weight, failed, tick = step, 0, 0
    for good in checks:
        tick += 1
        if failed >= threshold:
            return "rolled back", tick
        if not good:
            failed += 1
            if failed >= threshold:
                return "rolled back", tick
        elif weight >= most:
            return "promoted", tick
        else:
            weight = min(most, weight + step)
    return "progressing", tick


def like_flagger(interval: int, step: int, most: int) -> tuple[SetWeight | Pause, ...]:
    """The steps of a Canary that does the same: each weight is held for one interval."""
    weights = range(step, most + 1, step)
    return tuple(one for w in weights for one in (SetWeight(w), Pause(float(interval))))


@pytest.mark.parametrize(("interval", "step", "most", "seconds"), STEPWISE)
def test_the_shortest_promotion_is_interval_times_weights(interval, step, most, seconds):
    ended, count = ticks(step, most, 1, [True] * 100)
    canary = strategy_named("Canary", {"steps": like_flagger(interval, step, most)})

    assert ("promoted", seconds) == (ended, count * interval)
    assert seconds == interval * most // step
    assert seconds == canary.planned_seconds()


@pytest.mark.parametrize(("interval", "threshold", "seconds"), FAILING)
def test_a_rollback_takes_interval_times_threshold(interval, threshold, seconds):
    """As ticks, and as an analysis whose limit counts failures that are never forgotten."""
    ended, count = ticks(5, 50, threshold, [False] * 100)
    assert ("rolled back", seconds) == (ended, count * interval)

    clock = VirtualClock()
    bad = Verdict(phase=AnalysisPhase.FAILED, reason=Message("bad"))
    metric = AnalysisMetric(
        name="errors",
        interval_seconds=float(interval),
        initial_delay_seconds=float(interval),
        failure_limit=threshold - 1,
    )
    outcome = drive(analyse(clock, {metric: lambda: bad}), clock)

    assert AnalysisPhase.FAILED is outcome.phase
    assert seconds == clock.now() - 1000.0


@pytest.mark.parametrize(
    ("checks", "threshold", "ended"),
    [
        ("ggg", 1, ("promoted", 3)),
        ("gbg", 1, ("rolled back", 2)),
        ("gbggg", 2, ("promoted", 4)),
        ("bgbgg", 2, ("rolled back", 3)),  # A good check between them clears nothing.
        ("bggbg", 3, ("promoted", 5)),
        ("bb", 3, ("progressing", 2)),
    ],
)
def test_failed_checks_are_counted_over_the_whole_analysis(checks, threshold, ended):
    """Weights 20, 40 and 60."""
    assert ended == ticks(20, 60, threshold, [one == "g" for one in checks])

    clock, answers = VirtualClock(), iter(checks)
    phases = {"g": AnalysisPhase.SUCCESSFUL, "b": AnalysisPhase.FAILED}
    metric = AnalysisMetric(
        name="errors", interval_seconds=1.0, count=len(checks), failure_limit=threshold - 1
    )
    judge = lambda: Verdict(phase=phases[next(answers)], reason=Message("so"))  # noqa: E731
    failed = drive(analyse(clock, {metric: judge}), clock).phase is AnalysisPhase.FAILED

    assert failed == (ended[0] == "rolled back")


@pytest.mark.parametrize(("interval", "step", "most"), [(10, 20, 60), (15, 25, 100), (30, 50, 50)])
@pytest.mark.parametrize("router", [None, "virtual_service"])
def test_a_canary_configured_like_flagger_takes_that_time_in_a_run(
    tmp_path, router, interval, step, most
):
    """Its weights are held for interval x maxWeight / stepWeight, whatever pods and news take."""
    weights = [f"{weight}%,{interval}s" for weight in range(step, most + 1, step)]
    overrides = [f"strategies.canary.steps=[{','.join(weights)}]"]
    if router is not None:
        overrides += [f"strategies.canary.router={router}", "network.proxy=istio"]
    story = scenario(tmp_path, deployment(replicas=20), overrides=tuple(overrides))
    window = Window(start=0.0, first_write=10.0, end=300.0)

    run = Session(story, "Canary", 1, window=window, traffic=False).finish()

    assert Phase.HEALTHY == run.phase
    # The last weight of 100 % belongs to what comes after the promotion.
    held = [one for one in run.asked_shares if one.percent <= most][: most // step]
    assert [*range(step, most + 1, step)] == [round(one.percent) for one in held]
    taken = sum(one.end - one.start for one in held)
    # Its notes of when a pause began are in whole milliseconds.
    assert interval * most / step == pytest.approx(taken, abs=1e-3 * len(held))
