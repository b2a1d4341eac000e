"""Comparing until it is enough: when it stops, what it then says, and that it repeats."""

from __future__ import annotations

import json
from math import erf, sqrt

import numpy as np
import pytest
from command_line import call

from sim.errors import ScenarioError
from sim.experiments.compare import compare
from sim.experiments.question import Question
from sim.experiments.sequential import Limits, compare_until_precise
from sim.experiments.stopped import Answer, Why, stopped
from sim.model.run import Window
from sim.scenario.load import load
from sim.stats.bootstrap import bca_means, expanded
from sim.stats.estimates import Method
from sim.stats.stopping import aim_of, more_runs, runs_for, runs_to_tell
from sim.stats.superiority import less

STRATEGIES = ("Recreate", "RollingUpdate")
WINDOW = Window(start=0.0, first_write=5.0, end=30.0)


@pytest.fixture(scope="module")
def scenario():
    return load(["web-app"], overrides=["traffic.rate=20/s"])


@pytest.fixture(scope="module")
def found(scenario):
    return compare_until_precise(scenario, STRATEGIES, window=WINDOW, workers=1)


def test_a_clear_difference_needs_the_least_number_of_runs(found):
    comparison, end = found
    assert (end.why, end.piloted) == (Why.ENOUGH, True)
    assert comparison.seeds[0] == 10 and len(comparison.seeds) == end.runs >= 30
    (told,) = end.told
    assert (told.first, told.second, told.answer) == (*STRATEGIES, Answer.CLEAR)
    assert told.runs is None


@pytest.mark.slow
def test_the_answer_is_what_a_fixed_number_of_runs_gives(scenario, found):
    """The pilot is in none of the figures."""
    comparison, _ = found
    fixed = compare(
        scenario,
        STRATEGIES,
        seeds=comparison.seeds,
        window=WINDOW,
        workers=1,
        intervals=Method.BCA,
    )
    assert json.dumps(fixed.to_json()) == json.dumps(comparison.to_json())
    student = compare(scenario, STRATEGIES, seeds=comparison.seeds, window=WINDOW, workers=1)
    assert json.dumps(student.to_json()) != json.dumps(comparison.to_json())


def test_it_stops_at_the_most_runs_that_are_allowed(scenario):
    limits = Limits(precision=0.001, most_runs=12)
    _, end = compare_until_precise(
        scenario, STRATEGIES, window=WINDOW, workers=1, limits=limits, first_seed=100
    )
    assert (end.why, end.runs, end.first_seed) == (Why.MOST_RUNS, 12, 110)


@pytest.mark.parametrize(
    ("shift", "answer", "runs"),
    [(1.0, Answer.OPEN, True), (0.0, Answer.OPEN, False), (9.0, Answer.CLEAR, False)],
)
def test_cannot_tell_is_an_answer_with_the_runs_it_would_take(found, shift, answer, runs):
    """Differences of -10 and 10 in turn about *shift*, against a mean of 20."""
    gaps = [shift + 10.0 * (-1) ** k for k in range(40)]
    question = Question(gaps=lambda _: gaps, scale=lambda _: 20.0, floor=0.5, first=1, second=2)
    made = stopped(found[0], [()] * 40, [question], Why.MOST_RUNS, 0.1, Method.BCA)
    (told,) = made.told
    spread = 10.0 * sqrt(40 / 39)
    assert told.answer is answer
    assert told.runs == (runs_to_tell(shift, spread) if runs else None)
    assert not runs or told.runs == pytest.approx(10.5 * spread**2, rel=0.01)
    words = "".join(str(one) for one in made.sentences())
    assert ("cannot tell" in words) == (answer is Answer.OPEN)


def test_equal_within_what_matters_is_an_answer_too(found):
    gaps = [0.1 * (-1) ** k for k in range(40)]
    question = Question(gaps=lambda _: gaps, scale=lambda _: 20.0, floor=0.5, first=1, second=2)
    made = stopped(found[0], [()] * 40, [question], Why.ENOUGH, 0.1, Method.BCA)
    assert made.told[0].answer is Answer.SAME


def test_a_budget_that_is_over_at_once_still_reports_what_was_finished(scenario):
    """At least one seed is carried out; the report is of the pilot, and says that time was over."""
    asked = []

    def over() -> bool:
        asked.append(None)
        return len(asked) >= 4

    limits = Limits(out_of_budget=over)
    comparison, end = compare_until_precise(
        scenario, STRATEGIES, window=WINDOW, workers=1, limits=limits
    )
    assert (end.why, comparison.seeds) == (Why.BUDGET, (0, 1, 2, 3))
    assert "time was over, after 4 runs" in str(end.sentences()[0])


@pytest.mark.parametrize(
    ("gap", "scale", "expected"),
    [
        (0.0, 100.0, 10.0),  # Nothing to see: precise to 10 % of what is lost.
        (5.0, 100.0, 10.0),
        (100.0, 120.0, 60.46),  # Clear: 1 / 1.654 of the gap is narrow enough.
        (0.01, 0.02, 0.5),  # Less than half a request is no difference.
    ],
)
def test_the_pilot_asks_for_no_more_than_it_takes(gap, scale, expected):
    assert aim_of(gap, scale, 0.1, 0.5).half_width == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize(
    ("half_width", "spread", "expected"), [(2.0, 10.0, 99), (100.0, 10.0, 30), (1.0, 10.0, 200)]
)
def test_runs_follow_from_the_spread(half_width, spread, expected):
    assert runs_for(half_width, spread, most=200) == expected


def test_where_the_middle_lies_does_not_matter_for_going_on():
    """A rule that looked at the mean would stop when it pleases, and cover less than it says."""
    generator = np.random.default_rng(3)
    gaps = generator.normal(0, 10, 40)
    aim = aim_of(0.0, 20.0, 0.1, 0.5)
    wanted = {more_runs(aim, (gaps + shift).tolist(), most=500) for shift in (-50.0, 0.0, 7.0)}
    assert len(wanted) == 1 and wanted.pop() > 40


def test_the_size_that_would_tell_is_the_usual_one():
    assert (runs_to_tell(0.5, 1.0), runs_to_tell(0.0, 1.0)) == (44, None)


def test_better_once_and_better_on_the_average_are_two_questions():
    """Always a little worse but once far better: the mean says so, most releases do not."""
    first, second = [10.0] * 19 + [0.0], [9.9] * 19 + [1000.0]
    found = less(first, second)
    assert (found.once.count, found.once.n, found.ties) == (1, 20, 0)
    assert found.mean > 0.8
    assert less([1, 2], [1, 2]).mean == 0.5
    assert less([1, 2, 3, 4], [3, 3, 3, 6]).mean == pytest.approx(0.960, abs=0.001)


def test_the_bootstrap_is_as_wide_as_student_for_normal_numbers():
    assert expanded(30) == pytest.approx(erf(sqrt(30 / 29) * 2.0452 / sqrt(2)), abs=1e-4)
    numbers = np.random.default_rng(5).normal(0, 1, (200, 30)).tolist()
    widths = [high - low for low, high in bca_means(numbers)]
    student = [2 * 2.0452 * np.std(row, ddof=1) / sqrt(30) for row in numbers]
    assert np.mean(widths) == pytest.approx(np.mean(student), rel=0.03)
    with pytest.raises(ValueError, match="30"):
        bca_means([[1.0, 2.0]])


@pytest.mark.slow
@pytest.mark.parametrize("number", range(12))
def test_intervals_under_the_stopping_rule_cover_what_they_say(number, root, monkeypatch):
    monkeypatch.syspath_prepend(str(root / "benchmarks"))
    from stopping import MODELS, coverage

    held, _, _ = coverage(list(MODELS)[number], 2_000)
    assert 0.93 <= held <= 0.97


QUICK = ("web-app", "--set", "traffic.rate=20/s", "--set", "window.length=20s", "--lang", "en")


@pytest.mark.slow
def test_the_command_goes_on_until_it_is_enough_and_says_how_to_repeat_it():
    shown = call("compare", *QUICK, "--workers", "1")
    assert shown.exit_code == 0, shown.output
    assert "runs were enough" in shown.stdout.replace("\n", " ")
    for title in ("How likely one strategy loses fewer", "Trade-offs"):
        assert title in shown.stdout
    words = shown.stdout.rpartition("The same figures again: ")[2].split()
    again = call("compare", *QUICK, *words, "--workers", "1")
    figures = [
        text.partition("\nFigures")[2].partition("\nHow likely")[0] for text in (shown.stdout,)
    ]
    assert figures[0].strip() and figures[0].strip() in again.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--runs", "3", "--budget", "5s"), "--runs fixes the number; --budget"),
        (("--budget", "5"), "is not a duration"),
        (("--precision", "0%"), "runs without end"),
        (("--runs", "3", "--intervals", "bootstrap"), "known: student, bca"),
    ],
)
def test_limits_that_mean_nothing_are_refused(words, said):
    shown = call("compare", *QUICK, *words)
    assert (shown.exit_code, shown.stdout) == (2, "")
    assert said in shown.stderr


def test_a_strategy_that_does_not_exist_is_refused(scenario):
    with pytest.raises(ScenarioError, match="did you mean Recreate"):
        compare_until_precise(scenario, ["Recrate"], window=WINDOW)
