"""Tuning: never on the seeds of the comparison, by the stated objective, from the stated grids."""

from __future__ import annotations

import json

import pytest
from command_line import call
from stories import deployment, scenario

from sim.experiments import tune as tuner
from sim.experiments.compare import compare
from sim.experiments.tune import MOST_SEEDS, Score, best, tune, tuning_seeds
from sim.experiments.tuning import TUNED, Tuning, variant
from sim.experiments.tuning_grids import GRIDS, Candidate
from sim.strategies import STRATEGIES, strategy_named

SEEDS = range(20, 24)
SMALL = ("traffic.rate=20/s", "window.settle=5s", "window.before=5s")


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    return scenario(
        tmp_path_factory.mktemp("tune"), deployment(replicas=4, pre_stop=3), overrides=SMALL
    )


@pytest.fixture(scope="module")
def tuned(story):
    return tune(story, ["RollingUpdate", "Recreate"], seeds=SEEDS, workers=1, engine="kernel")


@pytest.mark.parametrize(
    "seeds", [(0, 1), range(10), range(7, 30), (3, 900, 4), (9, 8, 7, 6, 5), range(0, 80, 2)]
)
def test_nothing_is_tuned_on_a_seed_that_is_compared_on(seeds):
    found = tuning_seeds(tuple(seeds))

    assert not set(found) & set(seeds)
    assert 3 <= len(set(found)) == len(found) <= MOST_SEEDS


def test_every_run_of_a_tuning_has_a_seed_of_its_own(story, monkeypatch):
    """Listened to at the runs themselves, not at what is said of them."""
    heard = []

    def listening(*args, **more):
        heard.append(args[2])
        return run(*args, **more)

    run = tuner.run
    monkeypatch.setattr(tuner, "run", listening)
    found = tune(story, ["RollingUpdate"], seeds=SEEDS, workers=1, engine="kernel")

    assert set(found.seeds) == set(heard)
    assert not set(heard) & set(SEEDS)


def test_a_comparison_refuses_a_tuning_on_its_own_seeds(story, tuned):
    cheated = Tuning(seeds=(SEEDS[0],), choices=tuned.choices)

    with pytest.raises(ValueError, match="tuned on seeds that are compared on"):
        compare(story, ["RollingUpdate"], seeds=SEEDS, workers=1, tuning=cheated)


def score(healthy=True, failed=0.0, settled=10.0, pods=100.0):
    return Score(healthy=healthy, failed=failed, settled_seconds=settled, pod_seconds=pods)


@pytest.mark.parametrize(
    ("candidates", "expected"),
    [
        # Whoever arrives, even at the price of requests.
        (([score(healthy=False)] * 3, [score(failed=9.0)] * 3), 1),
        # Fewer failures, even if it takes longer.
        (([score(failed=50.0)] * 3, [score(settled=99.0)] * 3), 1),
        # Two that differ by chance are as good: the sooner one.
        (
            (
                [score(failed=n, settled=20.0) for n in (3.0, 9.0, 4.0)],
                [score(failed=n, settled=12.0) for n in (4.0, 8.0, 6.0)],
            ),
            1,
        ),
        # Equal but for pods.
        (([score(pods=200.0)] * 3, [score(pods=150.0)] * 3), 1),
        # Equal in everything: what the scenario says comes first.
        (([score()] * 3, [score()] * 3), 0),
    ],
)
def test_the_best_is_what_the_objective_says(candidates, expected):
    assert expected == best(candidates)


def test_a_strategy_without_settings_of_its_own_is_left_as_it_is(tuned):
    assert ["RollingUpdate"] == [one.strategy for one in tuned.choices]


def test_what_is_compared_is_what_was_chosen(story, tuned):
    found = compare(story, ["RollingUpdate", "Recreate"], seeds=SEEDS, workers=1, tuning=tuned)

    (choice,) = tuned.choices
    rolling, recreate = found.releases
    assert choice.candidate is not None and choice.candidate.budget is not None
    marked = {one.name: one.value for one in rolling.settings if one.source == TUNED}
    shown = [marked["maxSurge"].split(" ")[0], marked["maxUnavailable"].split(" ")[0]]
    assert [f"{part}" for part in choice.candidate.budget] == shown
    assert not any(one.source == TUNED for one in recreate.settings)
    by_hand = compare(
        variant(story, "RollingUpdate", choice.candidate),
        ["RollingUpdate"],
        seeds=SEEDS,
        workers=1,
        window=found.window,
    )
    assert by_hand.releases[0].values == rolling.values


def test_a_tuned_rolling_update_settles_no_later_than_it_did(story, tuned):
    """On the seeds of the comparison, which the tuning has not seen."""
    plain = compare(story, ["RollingUpdate"], seeds=SEEDS, workers=1)
    best_one = compare(story, ["RollingUpdate"], seeds=SEEDS, workers=1, tuning=tuned)

    assert plain.releases[0].estimates["failed_requests"].value == 0
    assert best_one.releases[0].estimates["failed_requests"].value == 0
    taken = [one.releases[0].estimates["settled_seconds"].value for one in (best_one, plain)]
    assert taken[0] < 0.7 * taken[1]


@pytest.mark.parametrize("name", list(GRIDS))
def test_every_candidate_is_a_setting_that_its_strategy_has(name, story):
    assert name in STRATEGIES
    for candidate in GRIDS[name]:
        changed = variant(story, name, candidate)
        made = strategy_named(name, changed.strategies.get(name))
        known = {one.name for one in made.settings(changed.deployment, changed.written)}
        assert set(candidate.names) <= known


def test_a_candidate_reads_as_a_manifest_would_say_it():
    candidate = Candidate(settings={"scale_down_delay_seconds": 10.0})

    assert "scaleDownDelaySeconds 10" == str(candidate)
    assert "maxSurge 25%, maxUnavailable 0" == str(Candidate(budget=("25%", 0)))


def test_the_command_shows_what_was_tuned_from_what_and_by_which_objective():
    words = ("compare", "web-app", "--strategy", "RollingUpdate", "--strategy", "Recreate")
    few = ("--tuned", "--runs", "2", "--seed", "5", "--workers", "1", "--rps", "10")
    told = json.loads(call(*words, *few, "--json").stdout)
    shown = call(*words, *few, COLUMNS="140").stdout

    assert [7, 8, 9] == told["tuning"]["seeds"]
    assert {5, 6} == set(told["seeds"])
    tried = told["tuning"]["strategies"]["RollingUpdate"]["tried"]
    assert len(tried) == len(GRIDS["RollingUpdate"]) + 1
    assert "What was tuned, on the seeds 7 to 9" in shown
    assert "Best is: most often Healthy" in shown
    assert 1 == shown.count("RollingUpdate*")
    assert "tuning" not in json.loads(
        call(*words, "--runs", "2", "--rps", "10", "--workers", "1", "--json").stdout
    )
