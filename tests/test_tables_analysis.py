"""Analysis as Argo Rollouts does it: the facts sheet's table (14.7), row by row.

Measurements are letters: s successful, f failed, i inconclusive, e error.
"""

from __future__ import annotations

import pytest

from sim.i18n import message
from sim.judges.analysis_run import analyse
from sim.model.analysis import (
    AnalysisMetric,
    AnalysisPhase,
    MetricState,
    assess,
    measured,
    next_at,
)
from sim.model.verdict import Verdict
from sim.ports import Wait

PHASES = {
    "s": AnalysisPhase.SUCCESSFUL,
    "f": AnalysisPhase.FAILED,
    "i": AnalysisPhase.INCONCLUSIVE,
    "e": AnalysisPhase.ERROR,
}
S, F, I, E = PHASES.values()  # noqa: E741
RUNNING, PENDING = AnalysisPhase.RUNNING, AnalysisPhase.PENDING
FOR_EVER = {"interval_seconds": 30.0}


def after(outcomes: str, **fields) -> MetricState:
    """The state after *outcomes*, a minute apart; none may come after the end."""
    metric = AnalysisMetric(name="m", **fields)
    state = MetricState()
    for number, letter in enumerate(outcomes):
        assert not state.phase.completed, outcomes[:number]
        state = measured(metric, state, PHASES[letter], 60.0 * number)
    return state


@pytest.mark.parametrize(
    ("outcomes", "fields", "expected"),
    [
        ("", {}, PENDING),
        # Without an interval once; with one for ever, or as often as count says.
        ("s", {}, S),
        ("s" * 50, FOR_EVER, RUNNING),
        ("ss", {**FOR_EVER, "count": 3}, RUNNING),
        ("sss", {**FOR_EVER, "count": 3}, S),
        # failureLimit 0, the default: the first failure ends it; 3: the fourth does.
        ("f", {}, F),
        ("f", FOR_EVER, F),
        ("sfsfsf", {**FOR_EVER, "failure_limit": 3}, RUNNING),
        ("sfsfsff", {**FOR_EVER, "failure_limit": 3}, F),
        ("ffffffff", {**FOR_EVER, "failure_limit": -1}, RUNNING),
        ("ffff", {**FOR_EVER, "count": 4, "failure_limit": -1}, S),
        ("fsf", {**FOR_EVER, "count": 3, "failure_limit": 2}, S),
        # inconclusiveLimit 0: the first one ends it.
        ("i", {}, I),
        ("isi", {**FOR_EVER, "inconclusive_limit": 2}, RUNNING),
        ("isii", {**FOR_EVER, "inconclusive_limit": 2}, I),
        # consecutiveErrorLimit 4: the fifth in a row ends it; any other result resets it.
        ("eeee", {}, RUNNING),
        ("eeeee", {}, E),
        ("eeees", {}, S),
        ("eeeeseeee", FOR_EVER, RUNNING),
        ("eeeeseeeee", FOR_EVER, E),
        ("eeeefeeee", {**FOR_EVER, "failure_limit": 1}, RUNNING),
        ("eeeeieeee", {**FOR_EVER, "inconclusive_limit": 1}, RUNNING),
        ("e", {**FOR_EVER, "consecutive_error_limit": 0}, E),
        # Errors do not count towards count.
        ("ese", {**FOR_EVER, "count": 2}, RUNNING),
        ("eses", {**FOR_EVER, "count": 2}, S),
        # consecutiveSuccessLimit: that many in a row end it well.
        ("ss", {**FOR_EVER, "consecutive_success_limit": 3}, RUNNING),
        ("sss", {**FOR_EVER, "consecutive_success_limit": 3}, S),
        ("ssfsss", {**FOR_EVER, "consecutive_success_limit": 3, "failure_limit": 1}, S),
        ("ssesss", {**FOR_EVER, "consecutive_success_limit": 3}, S),
        ("sse", {**FOR_EVER, "consecutive_success_limit": 3}, RUNNING),
        # count reached without them: Failed if nothing else was asked, Inconclusive if both were.
        (
            "sfsf",
            {**FOR_EVER, "count": 4, "consecutive_success_limit": 2, "failure_limit": -1},
            F,
        ),
        (
            "sfsf",
            {**FOR_EVER, "count": 4, "consecutive_success_limit": 2, "failure_limit": 2},
            I,
        ),
        (
            "sfss",
            {**FOR_EVER, "count": 4, "consecutive_success_limit": 2, "failure_limit": 2},
            S,
        ),
    ],
)
def test_one_metric_comes_to_what_the_table_says(outcomes, fields, expected):
    assert expected == after(outcomes, **fields).phase


@pytest.mark.parametrize(
    ("outcomes", "fields", "expected"),
    [
        ("", {}, 100.0),
        ("", {"initial_delay_seconds": 45.0}, 145.0),
        ("s", FOR_EVER, 30.0),  # From the end of one to the next.
        ("ss", FOR_EVER, 90.0),
        ("e", {}, 10.0),  # An error is retried after 10 s, with an interval or without.
        ("se", FOR_EVER, 70.0),
        ("s", {}, None),
        ("f", FOR_EVER, None),
    ],
)
def test_the_next_measurement_is_due_when_the_table_says(outcomes, fields, expected):
    state = after(outcomes, **fields)
    assert expected == next_at(AnalysisMetric(name="m", **fields), state, started_at=100.0)


def run_of(**outcomes: str) -> tuple[dict, dict]:
    """Metrics that are measured for ever, one failure allowed; `dry_…` is a dry run."""
    metrics = {
        name: AnalysisMetric(name=name, dry_run=name.startswith("dry"), count=2, **FOR_EVER)
        for name in outcomes
    }
    states = {}
    for name, letters in outcomes.items():
        states[name] = MetricState()
        for letter in letters:
            states[name] = measured(metrics[name], states[name], PHASES[letter], 0.0)
    return metrics, states


@pytest.mark.parametrize(
    ("outcomes", "terminated", "expected"),
    [
        ({"a": "ss", "b": "ss"}, False, S),
        ({"a": "ss", "b": "s"}, False, RUNNING),
        ({"a": "ss", "b": ""}, False, RUNNING),
        ({"a": "f", "b": "s"}, False, F),  # As soon as one fails.
        ({"a": "i", "b": "s"}, False, I),
        ({"a": "i", "b": "f"}, False, F),  # The worst: Failed, Error, Inconclusive, Successful.
        ({"a": "eeeee", "b": "i"}, False, E),
        ({"a": "eeeee", "b": "f"}, False, F),
        ({"a": "ss", "dry_b": "f"}, False, S),
        ({"a": "s", "dry_b": "f"}, False, RUNNING),
        ({"a": "ss", "dry_b": "s"}, False, RUNNING),  # It is waited for all the same.
        ({"dry_b": "f"}, False, S),
        ({"a": "s", "b": ""}, True, S),  # Terminated early: a success.
        ({"a": "", "b": ""}, True, S),
        ({"a": "f", "b": "s"}, True, F),
        ({}, False, S),
    ],
)
def test_an_analysis_comes_to_its_worst_metric_that_counts(outcomes, terminated, expected):
    assert expected == assess(*run_of(**outcomes), terminated=terminated)


@pytest.mark.parametrize("fields", [{"count": 3}, {"count": 0, **FOR_EVER}])
def test_a_metric_that_cannot_be_measured_so_often_is_refused(fields):
    with pytest.raises(ValueError, match="must"):
        AnalysisMetric(name="m", **fields)


class Hand:
    """A clock that a test winds by hand; it goes from one deadline to the next."""

    def __init__(self) -> None:
        self.time = 5.0

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> Wait:
        return Wait(self.time + seconds)

    def until(self, condition, deadline=None) -> Wait:
        return Wait(deadline, condition)


def played(metrics, stop_at: float = float("inf")):
    """Drive an analysis by hand; what it came to."""
    clock = Hand()
    process = analyse(clock, metrics, terminated=lambda: clock.time >= stop_at)
    answer = None
    while True:
        try:
            wait = process.send(answer)
        except StopIteration as stop:
            return stop.value
        clock.time = min(wait.deadline, stop_at)
        answer = wait.condition()


def judge_of(letters: str):
    """A judge that answers one letter after the other, and then the last one for ever."""
    answers = iter(letters + letters[-1] * 99)
    return lambda: Verdict(phase=PHASES[next(answers)], reason=message(""))


def test_judges_are_asked_at_their_times_until_the_worst_is_known():
    metrics = {
        AnalysisMetric(name="errors", count=3, interval_seconds=60.0): judge_of("ses"),
        AnalysisMetric(name="latency", initial_delay_seconds=30.0): judge_of("s"),
    }
    found = played(metrics)

    assert S == found.phase
    assert [(5.0, "errors"), (35.0, "latency"), (65.0, "errors"), (75.0, "errors")] == [
        (one.time, one.metric) for one in found.measurements[:4]
    ]
    assert [135.0] == [one.time for one in found.measurements[4:]]


def test_an_analysis_ends_with_the_first_metric_that_fails():
    metrics = {
        AnalysisMetric(name="errors", interval_seconds=60.0): judge_of("sf"),
        AnalysisMetric(name="latency", interval_seconds=7.0): judge_of("s"),
    }
    found = played(metrics)

    assert (F, 65.0) == (found.phase, found.measurements[-1].time)


def test_a_background_analysis_that_is_stopped_has_succeeded():
    metrics = {AnalysisMetric(name="errors", interval_seconds=60.0): judge_of("s")}
    found = played(metrics, stop_at=200.0)

    assert (S, 4) == (found.phase, len(found.measurements))


def test_an_analysis_of_nothing_succeeds_at_once():
    assert (S, ()) == (played({}).phase, played({}).measurements)
