"""Strategies that ask the monitoring, on the second implementation of the ports, by any clock."""

from __future__ import annotations

import json

import pytest
from tiny_cluster import NEW, OLD, Killed, TinyCluster, VirtualClock, WallClock, drive

from sim.errors import QueryError, RolloutError
from sim.i18n import message
from sim.model.analysis import AnalysisMetric, AnalysisPhase
from sim.model.analysis_template import LATEST_HASH, STABLE_HASH, AnalysisTemplate, Check
from sim.model.canary_steps import Analyse, Pause, SetWeight
from sim.model.condition import Condition
from sim.model.run import Phase
from sim.model.samples import Sample
from sim.model.template_hash import template_hash
from sim.model.tracks import with_track
from sim.strategies import strategy_named
from sim.strategies.strategy import asks_metrics

STEPS = (SetWeight(25), Pause(30.0), SetWeight(50), Pause(30.0))
NOTHING = ()


class Monitoring:
    """Answers every query with what it is told to answer from moments on: [(since, answer), …]."""

    def __init__(self, clock, *answers):
        self.clock = clock
        self.answers = answers
        self.asked = []

    def query(self, promql):
        now = self.clock.now()
        self.asked.append(now)
        found = [answer for since, answer in self.answers if since <= now][-1]
        if isinstance(found, float):
            return (Sample((), found),)
        if found is None:
            raise QueryError(message("the query has no answer: {why}", why="it timed out"))
        return found


def template(*, interval=10.0, starting_step=0, success="result[0] < 0.05", failure="", **fields):
    metric = AnalysisMetric(name="errors", interval_seconds=interval, **fields)
    check = Check(
        metric=metric,
        query="errors",
        success=Condition(success) if success else None,
        failure=Condition(failure) if failure else None,
    )
    return AnalysisTemplate(checks=(check,), starting_step=starting_step)


CANARY = ("Canary", lambda **f: {"steps": STEPS, "analysis": template(**f)})
ROUTED = (
    "Canary",
    lambda **f: {"steps": STEPS, "router": "virtual_service", "analysis": template(**f)},
)
ROLLING = ("CanaryThenRolling", lambda **f: {"steps": STEPS, "analysis": template(**f)})
BEFORE = ("BlueGreen", lambda **f: {"pre_promotion_analysis": template(**{"count": 3, **f})})
AFTER = ("BlueGreen", lambda **f: {"post_promotion_analysis": template(**{"count": 3, **f})})
JUDGED = lambda **f: (SetWeight(25), Analyse(template(**{"count": 3, **f})), SetWeight(50))  # noqa: E731
IN_A_STEP = ("Canary", lambda **f: {"steps": JUDGED(**f)})
ROUTED_STEP = ("Canary", lambda **f: {"steps": JUDGED(**f), "router": "virtual_service"})
KINDS = {
    "in-a-step": IN_A_STEP,
    "routed-in-a-step": ROUTED_STEP,
    "canary": CANARY,
    "routed": ROUTED,
    "then-rolling": ROLLING,
    "before-promotion": BEFORE,
    "after-promotion": AFTER,
}
ROUTED_KINDS = ("routed", "routed-in-a-step")


def released(kind, *answers, clock=None, **fields):
    """How that release ends, on which cluster, and what the monitoring was asked."""
    clock = VirtualClock() if clock is None else clock
    monitoring = Monitoring(clock, *answers)
    tiny = TinyCluster(clock, metrics=monitoring)
    name, settings = KINDS[kind]
    cluster = tiny.cluster()
    phase = drive(strategy_named(name, settings(**fields)).roll_out(cluster, NEW), clock)
    return phase, tiny, monitoring, cluster


@pytest.mark.parametrize("kind", KINDS)
def test_good_metrics_let_it_through(kind):
    phase, tiny, monitoring, cluster = released(kind, (0.0, 0.01))

    assert Phase.HEALTHY == phase
    assert {"web:2": 4} == (tiny.running() if kind in ROUTED_KINDS else tiny.reached())
    assert len(monitoring.asked) >= 3
    assert {AnalysisPhase.SUCCESSFUL} == {one.verdict.phase for one in cluster.journal}
    assert monitoring.asked == [one.time for one in cluster.journal]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("since", [0.0, 1015.0])
def test_bad_metrics_send_it_back(kind, since):
    """From the beginning on, or after some good ones."""
    phase, tiny, _, cluster = released(kind, (0.0, 0.01), (since, 0.2))

    assert Phase.DEGRADED == phase
    assert {"web:1": 4} == (tiny.running() if kind in ROUTED_KINDS else tiny.reached())
    assert ["web"] == [name for kind, name in tiny.objects if kind == "Deployment"]
    assert AnalysisPhase.FAILED is cluster.journal[-1].verdict.phase
    assert 1 == sum(one.verdict.phase is AnalysisPhase.FAILED for one in cluster.journal)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("answer", [NOTHING, None], ids=["empty", "no answer"])
def test_missing_data_is_no_success(kind, answer):
    """An error is tried again every ten seconds; the fifth in a row ends it."""
    phase, tiny, monitoring, cluster = released(kind, (0.0, answer))

    assert Phase.DEGRADED == phase
    assert [AnalysisPhase.ERROR] * 5 == [one.verdict.phase for one in cluster.journal]
    assert [10.0] * 4 == [
        b - a for a, b in zip(monitoring.asked, monitoring.asked[1:], strict=False)
    ]
    assert {"web:1": 4} == (tiny.running() if kind in ROUTED_KINDS else tiny.reached())


@pytest.mark.parametrize("kind", KINDS)
def test_the_handbook_s_script_takes_an_empty_result_for_a_good_one(kind):
    """Section 4.4: it compares what is there, and nothing is not above the limit."""
    silent = "len(result) == 0 || result[0] < 0.05"
    phase, *_ = released(kind, (0.0, NOTHING), success=silent)

    assert Phase.HEALTHY == phase


@pytest.mark.parametrize("kind", KINDS)
def test_errors_in_between_are_forgotten(kind):
    answers = [(0.0, 0.01), (1010.0, NOTHING), (1045.0, 0.01)]

    assert Phase.HEALTHY == released(kind, *answers)[0]


@pytest.mark.parametrize("kind", KINDS)
def test_a_failure_limit_is_exceeded_and_not_reached(kind):
    """One failure is forgiven with a limit of 1, two are not."""
    one_bad = [(0.0, 0.01), (1012.0, 0.2), (1022.0, 0.01)]
    all_bad = [(0.0, 0.01), (1012.0, 0.2)]

    assert Phase.HEALTHY == released(kind, *one_bad, failure_limit=1, count=5)[0]
    phase, _, _, cluster = released(kind, *all_bad, failure_limit=1, count=5)
    assert Phase.DEGRADED == phase
    assert 2 == sum(one.verdict.phase is AnalysisPhase.FAILED for one in cluster.journal)


@pytest.mark.parametrize("kind", KINDS)
def test_a_dry_run_is_measured_and_does_not_count(kind):
    phase, _, _, cluster = released(kind, (0.0, 0.2), dry_run=True)

    assert Phase.HEALTHY == phase
    assert AnalysisPhase.FAILED is cluster.journal[0].verdict.phase


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_inconclusive_waits_for_a_person_and_is_asked_anew(kind):
    """Between both limits: paused until `kubectl rollout resume`, then the clock starts again."""
    clock = VirtualClock()
    monitoring = Monitoring(clock, (0.0, 0.03), (2000.0, 0.01))
    tiny = TinyCluster(clock, metrics=monitoring)
    name, settings = KINDS[kind]
    strategy = strategy_named(
        name, settings(failure="result[0] > 0.05", success="result[0] < 0.02")
    )
    process = strategy.roll_out(tiny.cluster(), NEW)
    answer, resumed = None, False
    while True:
        try:
            wait = process.send(answer)
        except StopIteration as stop:
            phase = stop.value
            break
        while True:
            if wait.condition is not None and (answer := wait.condition()):
                break
            if tiny.cluster().is_paused and not resumed:
                clock.rest(2000.0)
                assert 1 == len(monitoring.asked)
                resumed = True
                tiny.cluster().resume()
                continue
            if wait.deadline is not None and clock.now() >= wait.deadline:
                answer = wait.condition is None
                break
            clock.rest(min(clock.now() + 0.25, wait.deadline or float("inf")))

    assert resumed
    assert Phase.HEALTHY == phase
    assert monitoring.asked[1] >= 2000.0


def ending(kind, answers, *, call=0, moment=float("inf"), **fields):
    clock = VirtualClock(die_at=moment)
    tiny = TinyCluster(clock, metrics=Monitoring(clock, *answers))
    tiny.die_at = call
    name, settings = KINDS[kind]
    try:
        phase = drive(strategy_named(name, settings(**fields)).roll_out(tiny.cluster(), NEW), clock)
    except Killed:
        phase = drive(strategy_named(name, settings(**fields)).roll_out(tiny.cluster(), NEW), clock)
    return (phase, tiny.essence()), tiny, clock


MOMENTS = [
    pytest.param(8, id="8"),
    pytest.param(100, id="100", marks=pytest.mark.slow),
]


@pytest.mark.parametrize("moments", MOMENTS)
@pytest.mark.parametrize("answer", [0.01, 0.2, NOTHING], ids=["good", "bad", "empty"])
@pytest.mark.parametrize("kind", KINDS)
def test_killed_at_any_moment_and_started_again_it_comes_to_the_same_end(kind, answer, moments):
    """Before and after each of its writes, and at so many moments."""
    answers = [(0.0, answer)]
    end, tiny, clock = ending(kind, answers)
    began, length = VirtualClock().now(), clock.now() - VirtualClock().now()

    for call in sorted({*tiny.writes, *(call + 1 for call in tiny.writes)} - {0}):
        assert end == ending(kind, answers, call=call)[0], f"killed at call {call}"
    for part in range(moments):
        moment = began + length * part / moments
        assert end == ending(kind, answers, moment=moment)[0], f"killed at {moment}"


def test_who_is_started_again_goes_on_with_the_counts_that_are_noted():
    """Two failures before, two after: with a limit of 3 the fourth ends it, not the fourth anew."""
    clock = VirtualClock(die_at=1026.0)
    monitoring = Monitoring(clock, (0.0, 0.2))
    tiny = TinyCluster(clock, metrics=monitoring)
    strategy = strategy_named("Canary", {"steps": STEPS, "analysis": template(failure_limit=3)})
    with pytest.raises(Killed):
        drive(strategy.roll_out(tiny.cluster(), NEW), clock)
    before = len(monitoring.asked)
    phase = drive(strategy.roll_out(tiny.cluster(), NEW), clock)

    assert Phase.DEGRADED == phase
    assert 2 <= before
    assert 4 == len(monitoring.asked)


def test_an_analysis_beside_steps_begins_with_its_own_and_ends_with_them():
    _, _, late, _ = released("canary", (0.0, 0.01), starting_step=2)
    _, _, early, _ = released("canary", (0.0, 0.01))

    assert late.asked[0] >= early.asked[0] + 30.0
    assert len(late.asked) < len(early.asked)


def test_a_limited_analysis_is_over_before_the_steps_are_and_asks_no_more():
    _, _, monitoring, _ = released("canary", (0.0, 0.01), count=2)

    assert 2 == len(monitoring.asked)


def test_a_step_holds_the_canary_at_its_weight_until_its_analysis_is_over():
    """Measured at 0, 10 and 20 s of a step at 25 %; the next weight comes after the third."""
    clock = VirtualClock()
    monitoring = Monitoring(clock, (0.0, 0.01))
    tiny = TinyCluster(clock, metrics=monitoring)
    seen, asked = [], monitoring.query
    monitoring.query = lambda promql: (seen.append(tiny.reached()), asked(promql))[1]
    name, settings = IN_A_STEP
    strategy = strategy_named(name, settings())

    assert Phase.HEALTHY == drive(strategy.roll_out(tiny.cluster(), NEW), clock)
    assert [{"web:1": 3, "web:2": 1}] * 3 == seen
    first = monitoring.asked[0]
    assert [first, first + 10.0, first + 20.0] == monitoring.asked
    assert 20.0 == strategy.planned_seconds()


def test_a_step_that_fails_says_which_one_it_was():
    _, _, _, cluster = released("in-a-step", (0.0, 0.2))

    assert "steps[1].analysis" == json.loads(cluster.noted("given-up"))["analysis"]


def test_an_analysis_of_the_pods_asks_by_the_hashes_of_both_templates():
    """As `podTemplateHashValue: Latest` and `Stable` do."""
    clock = VirtualClock()
    monitoring = Monitoring(clock, (0.0, 0.01))
    texts, asked = [], monitoring.query
    monitoring.query = lambda promql: (texts.append(promql), asked(promql))[1]
    tiny = TinyCluster(clock, metrics=monitoring)
    query = f'errors{{new="{LATEST_HASH}",old="{STABLE_HASH}"}}'
    check = Check(metric=AnalysisMetric(name="errors"), query=query)
    steps = (SetWeight(25), Analyse(AnalysisTemplate(checks=(check,))))
    drive(strategy_named("Canary", {"steps": steps}).roll_out(tiny.cluster(), NEW), clock)

    new, old = template_hash(with_track(NEW, "canary")), template_hash(OLD)
    assert [f'errors{{new="{new}",old="{old}"}}'] == texts


def test_blue_green_judges_green_before_anybody_meets_it():
    clock = VirtualClock()
    monitoring = Monitoring(clock, (0.0, 0.2))
    tiny = TinyCluster(clock, metrics=monitoring)
    seen = []
    monitoring.query = lambda promql: (seen.append(tiny.reached()), (Sample((), 0.2),))[1]
    name, settings = BEFORE
    drive(strategy_named(name, settings()).roll_out(tiny.cluster(), NEW), clock)

    assert [{"web:1": 4}] == seen


def test_blue_stays_until_the_analysis_after_the_promotion_is_over():
    """Ten measurements take 90 s, blue's own delay is 30 s."""
    clock = VirtualClock()
    monitoring = Monitoring(clock, (0.0, 0.01), (1080.0, 0.2))
    tiny = TinyCluster(clock, metrics=monitoring)
    settings = {"post_promotion_analysis": template(count=10)}
    began = clock.now()
    phase = drive(strategy_named("BlueGreen", settings).roll_out(tiny.cluster(), NEW), clock)

    assert Phase.DEGRADED == phase
    assert not tiny.starved
    assert strategy_named("BlueGreen", settings).planned_seconds() == 90.0
    # Going back was a flip: no pod had to boot for it.
    assert clock.now() - began < 80.0 + 10.0 + 30.0 + 5.0


@pytest.mark.parametrize("kind", KINDS)
def test_it_runs_unchanged_by_the_wall_clock(kind):
    phase, *_ = released(kind, (0.0, 0.01), clock=WallClock(speed=150.0))

    assert Phase.HEALTHY == phase


def test_without_a_monitoring_an_analysis_is_refused():
    clock = VirtualClock()
    strategy = strategy_named("Canary", {"steps": STEPS, "analysis": template()})

    with pytest.raises(RolloutError, match="nobody to ask"):
        drive(strategy.roll_out(TinyCluster(clock).cluster(), NEW), clock)


def test_only_who_has_an_analysis_asks_the_monitoring():
    assert asks_metrics(strategy_named("Canary", {"analysis": template()}))
    assert asks_metrics(strategy_named("BlueGreen", {"pre_promotion_analysis": template()}))
    assert not asks_metrics(strategy_named("Canary"))
    assert not asks_metrics(strategy_named("Recreate"))
