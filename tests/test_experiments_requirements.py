"""Requirements: limits in, who meets them out, with an exit code; and the Pareto front."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from command_line import call

from sim.errors import ScenarioError
from sim.experiments.compare import compare
from sim.experiments.pareto import dominated_by
from sim.experiments.required import standings
from sim.experiments.requirement import requirements
from sim.model.run import Window
from sim.scenario.load import load
from sim.stats.estimates import Method

WINDOW = Window(start=0.0, first_write=5.0, end=40.0)
QUICK = ("web-app", "--set", "traffic.rate=20/s", "--set", "window.length=25s", "--lang", "en")


@pytest.fixture(scope="module")
def comparison():
    scenario = load(["web-app"], overrides=["traffic.rate=20/s"])
    return compare(
        scenario, ["Recreate", "RollingUpdate"], seeds=range(8), window=WINDOW, workers=1
    )


def judged(comparison, *texts):
    found = standings(comparison, requirements(texts, priced=False), Method.STUDENT)
    return {one.strategy: one for one in found}


@pytest.mark.parametrize(
    ("text", "figure", "limit", "relative"),
    [
        ("downtime<=5s", "downtime_seconds", 5.0, False),
        ("p99 < 250ms", "latency_ms_p99", 250.0, False),
        ("availability>=99.9%", "availability", 0.999, False),
        ("cost<=1.3x", "core_seconds", 1.3, True),
        ("peak_pods<=8", "peak_pods", 8.0, False),
        ("rollout<=2m", "settled_seconds", 120.0, False),
    ],
)
def test_a_limit_is_read_in_its_own_unit(text, figure, limit, relative):
    (found,) = requirements([text], priced=False)
    assert (found.figure.key, found.limit, found.relative) == (figure, limit, relative)


def test_cost_is_money_where_there_are_prices():
    (found,) = requirements(["cost<=1.3x"], priced=True)
    assert found.figure.key == "money"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("downtme<=5s", "did you mean downtime?"),
        ("downtime=5s", "such as downtime<=5s"),
        ("downtime<=5", "is not a duration"),
        ("availability>=0.99", "is not a share"),
        ("peak_pods<=many", "is not a limit"),
        ("peak_pods<=nan", "is not a limit"),
        ("cost<=x", "is not a factor"),
    ],
)
def test_a_limit_that_cannot_be_read_is_refused_with_what_would_be_right(text, said):
    with pytest.raises(ScenarioError) as caught:
        requirements([text], priced=False)
    assert said in str(caught.value)


def test_the_limit_is_held_against_the_mean_and_against_single_releases(comparison):
    values = comparison.arms[1].values["failed_requests"]
    middle = sorted(values)[len(values) // 2]
    found = judged(comparison, f"failed<={middle}")["Recreate"].answers[0]
    assert found.releases.count == sum(value <= middle for value in values)
    assert judged(comparison, f"failed<={max(values) * 2}")["Recreate"].met is True
    assert judged(comparison, f"failed<={min(values) / 2}")["Recreate"].met is False
    mean = comparison.arms[1].estimates["failed_requests"].value
    open_ = judged(comparison, f"failed<={mean}")["Recreate"].answers[0]
    assert open_.met is None
    assert open_.mean_meets == pytest.approx(0.5, abs=0.01)


def test_relative_is_against_the_no_release_run_of_the_same_seed(comparison):
    arm, without = comparison.arms[2], comparison.arms[0]
    ratios = [
        one / other
        for one, other in zip(
            arm.values["core_seconds"], without.values["core_seconds"], strict=True
        )
    ]
    limit = sorted(ratios)[3] + 1e-9
    found = judged(comparison, f"cost<={limit:.12f}x")["RollingUpdate"].answers[0]
    assert found.releases.count == sum(ratio <= limit for ratio in ratios) == 4


def test_a_release_that_never_ends_does_not_keep_a_limit_on_its_end(comparison):
    arm = comparison.arms[1]
    values = {**arm.values, "settled_seconds": (None, *arm.values["settled_seconds"][1:])}
    changed = replace(arm, values=values)
    worse = replace(comparison, arms=(comparison.arms[0], changed, comparison.arms[2]))
    found = judged(worse, "rollout<=1h")["Recreate"]
    assert (found.met, found.answers[0].releases.count) == (False, 7)


def test_all_requirements_are_counted_in_the_same_release(comparison):
    values = comparison.arms[1].values["failed_requests"]
    one, two = sorted(values)[2], sorted(values)[5]
    found = judged(comparison, f"failed<={two}", f"failed>={one}")["Recreate"]
    assert found.releases.count == sum(one <= value <= two for value in values)


def test_the_front_has_all_that_nobody_beats(comparison):
    """Recreate is cheaper and quicker, RollingUpdate is up longer: neither beats the other."""
    assert dominated_by(comparison) == {"Recreate": None, "RollingUpdate": None}
    assert dominated_by(comparison, ["failed_requests"])["Recreate"] == "RollingUpdate"
    assert dominated_by(comparison, ["failed_requests", "settled_seconds"])["Recreate"] is None
    recreate, rolling = comparison.releases
    worse = replace(
        recreate,
        estimates={
            **rolling.estimates,
            "downtime_seconds": recreate.estimates["downtime_seconds"],
        },
    )
    beaten = replace(comparison, arms=(comparison.arms[0], worse, rolling))
    assert dominated_by(beaten) == {"Recreate": "RollingUpdate", "RollingUpdate": None}


@pytest.mark.parametrize(("limit", "code"), [("downtime<=1h", 0), ("peak_pods<=3", 1)])
def test_the_exit_code_says_whether_a_strategy_meets_them(limit, code):
    words = ("--runs", "3", "--workers", "1", "--require", limit)
    shown = call("compare", *QUICK, *words)
    assert shown.exit_code == code, shown.output
    assert "Requirements" in shown.stdout
    found = json.loads(call("compare", *QUICK, *words, "--json").stdout)
    assert [one["met"] for one in found["requirements"]] == (
        [True] * 2 if code == 0 else [False] * 2
    )
    assert found["paretoFront"]


def test_without_requirements_a_fixed_number_of_runs_says_nothing_new():
    found = json.loads(call("compare", *QUICK, "--runs", "2", "--workers", "1", "--json").stdout)
    assert not {"stopping", "requirements", "paretoFront"} & set(found)
