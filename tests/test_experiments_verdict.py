"""The verdict says what the values say and nothing else; tried on runs written by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from handmade import OK, no_release, recreate, rolling_update, run

from sim.analysis.figures import FIGURES, Yardstick
from sim.experiments.outcome import UNFINISHED, outcomes_of
from sim.experiments.reasons import CAUSE_PHRASES, missing_pre_stop
from sim.experiments.summary import summary
from sim.experiments.verdict import verdict
from sim.model.causes import MECHANISMS, Cause
from sim.model.run import Phase, Run

BARE = {"spec": {"containers": [{"name": "web"}]}}
CAREFUL = {"spec": {"containers": [{"name": "web", "lifecycle": {"preStop": {"sleep": {}}}}]}}
SEEDS = range(10)


def trial(*runs: Run):
    by = Yardstick(no_release=runs[0], slo_availability=0.999)
    return outcomes_of(runs, by, keep=False)


def judged(*trials, template=BARE) -> str:
    arms, differences = summary(trials)
    return str(verdict(arms, differences, template))


def losing(lost: int, strategy: str | None, cause: Cause = Cause.QUEUE_FULL) -> Run:
    """A release of 1000 requests that loses *lost* of them."""
    rows = [(5, 0, OK, 0.1, 1000 - lost), (5, 0, cause, 0.1, lost)]
    return run([row for row in rows if row[-1]], strategy=strategy, settled_at=8.0)


def test_a_clear_difference_is_said_with_its_size_and_its_reasons():
    trials = [trial(no_release(n), recreate(n), rolling_update(n)) for n in SEEDS]
    expected = (
        "RollingUpdate loses exactly 15 requests where Recreate loses exactly 900 "
        "(paired difference 885, equal in all 10 pairs); "
        "with RollingUpdate 15 requests were refused by terminating pods "
        "(no preStop hook holds SIGTERM back); "
        "with Recreate 900 requests found no endpoint (no pod is ready for exactly 18 s); "
        "only the final pods are left after exactly 31 s with RollingUpdate, "
        "exactly 18 s with Recreate."
    )
    assert expected == judged(*trials)


def test_the_order_of_the_strategies_does_not_change_the_verdict():
    one = [trial(no_release(n), recreate(n), rolling_update(n)) for n in SEEDS]
    other = [trial(no_release(n), rolling_update(n), recreate(n)) for n in SEEDS]
    assert judged(*one) == judged(*other)


def test_a_pre_stop_hook_that_exists_is_not_called_missing():
    trials = [trial(no_release(n), recreate(n), rolling_update(n)) for n in SEEDS]
    assert "preStop" not in judged(*trials, template=CAREFUL)
    assert missing_pre_stop(BARE, "refused_terminating")
    assert not missing_pre_stop(BARE, "queue_full")


def test_scattered_losses_carry_their_interval():
    """5, 6 and 7 against 20, 22 and 24: 16 more on average, by 15, 16 and 17."""
    trials = [trial(losing(0, None), losing(5 + n, "A"), losing(20 + 2 * n, "B")) for n in range(3)]
    expected = (
        "A loses 6 ± 2.5 requests where B loses 22 ± 5 "
        "(paired difference 16, 95 % interval 13.5 to 18.5, 3 pairs); "
        "with A 6 requests met a full queue; with B 22 requests met a full queue; "
        "only the final pods are left after exactly 5 s with A, exactly 5 s with B."
    )
    assert expected == judged(*trials)


def test_a_difference_that_may_be_chance_is_called_that():
    trials = [
        trial(losing(0, None), losing(first, "A"), losing(second, "B"))
        for first, second in ((10, 12), (14, 11), (9, 13))
    ]
    found = judged(*trials)
    assert found.startswith("these 3 runs cannot tell whether A (11 ± 6.6) or B (12 ± 2.5) loses")
    assert "paired difference 1, 95 % interval -8 to 10, 3 pairs" in found


def test_equal_losses_are_called_equal():
    trials = [trial(losing(0, None), losing(3, "A"), losing(3, "B")) for _ in SEEDS]
    expected = "A and B lose the same number of requests, exactly 3, in each of 10 runs; "
    assert judged(*trials).startswith(expected)


def test_no_loss_at_all_needs_no_reasons():
    trials = [trial(losing(0, None), losing(0, "A"), losing(0, "B")) for _ in SEEDS]
    expected = (
        "A and B lose the same number of requests, exactly 0, in each of 10 runs; "
        "only the final pods are left after exactly 5 s with A, exactly 5 s with B."
    )
    assert expected == judged(*trials)


def test_one_strategy_is_held_against_no_release():
    trials = [trial(losing(0, None), losing(5 + n, "A")) for n in range(3)]
    expected = "A loses 6 ± 2.5 requests, more than no release (paired difference 6, 95 % interval"
    assert judged(*trials).startswith(expected)


def test_one_strategy_may_lose_nothing_of_its_own():
    trials = [trial(losing(4 + n, None), losing(4 + n, "A")) for n in range(3)]
    expected = (
        "A loses 5 ± 2.5 requests, as many as without a release in all 3 runs; "
        "without a release 5 ± 2.5 requests are lost; "
    )
    assert judged(*trials).startswith(expected)


def test_one_strategy_that_chance_could_explain():
    trials = [
        trial(losing(lost, None), losing(more, "A")) for lost, more in ((4, 5), (5, 4), (5, 6))
    ]
    assert judged(*trials).startswith("these 3 runs cannot tell whether A loses any requests")


def test_three_strategies_are_compared_with_the_best():
    trials = [
        trial(losing(0, None), losing(9, "A"), losing(3, "B"), losing(6 + n % 2, "C"))
        for n in SEEDS
    ]
    found = judged(*trials)
    assert found.startswith("B loses exactly 3 requests where C loses 6.5 ±")
    assert "; B loses exactly 3 requests where A loses exactly 9 (" in found


def test_a_strategy_that_does_not_finish_is_said_not_to():
    never = replace(losing(2, "A"), phase=None, settled_at=None)
    trials = [trial(losing(0, None), never, losing(1, "B")) for _ in SEEDS]
    found = judged(*trials)
    assert "A has not settled when the window ends in 10 of 10 runs" in found
    assert "after exactly 5 s with B." in found
    arms, differences = summary(trials)
    assert arms[1].phases == {UNFINISHED: 10}
    assert (arms[1].settled.count, arms[1].settled.n) == (0, 10)
    assert arms[1].estimates["settled_seconds"] is None
    assert differences[0].estimates["settled_seconds"] is None
    assert differences[0].settled[1] < 0


def test_a_failed_rollout_is_said_to_have_failed():
    broken = replace(losing(2, "A"), phase=Phase.DEGRADED, settled_at=None)
    trials = [trial(losing(0, None), broken, losing(1, "B")) for _ in SEEDS]
    assert "A fails its rollout in 10 of 10 runs" in judged(*trials)


def test_excess_and_differences_are_paired_by_seed():
    """Noise that both arms share disappears: 3 more in each pair, however the level moves."""
    levels = [1, 50, 200]
    trials = [trial(losing(n, None), losing(n + 3, "A"), losing(n + 5, "B")) for n in levels]
    arms, differences = summary(trials)
    assert (arms[1].excess["failed_requests"].value, arms[1].excess["failed_requests"].equal) == (
        3.0,
        True,
    )
    assert differences[0].estimates["failed_requests"].value == -2.0
    assert arms[1].values["failed_requests"] == (4.0, 53.0, 203.0)
    assert arms[1].causes_excess["queue_full"].value == 3.0
    assert arms[0].excess == {}
    assert set(arms[0].values) == set(FIGURES)


def test_every_cause_with_a_mechanism_has_its_words():
    assert {cause.key for cause in MECHANISMS} == set(CAUSE_PHRASES)


def test_a_verdict_never_contradicts_its_numbers():
    """Goal: 'cannot tell' exactly when the interval has 0 inside. Method: 50 comparisons."""
    generator = np.random.default_rng(5)
    for _ in range(50):
        pairs = generator.integers(0, 12, size=(3, 2))
        pairs[:, 1] += generator.integers(0, 6)
        trials = [
            trial(losing(0, None), losing(int(a), "A"), losing(int(b), "B")) for a, b in pairs
        ]
        arms, differences = summary(trials)
        gap = differences[0].estimates["failed_requests"]
        found = str(verdict(arms, differences, BARE))
        same = gap.equal and gap.value == 0
        assert found.startswith("these 3 runs cannot tell") == (not gap.clear and not same)
        assert ("the same number" in found) == same
        if gap.clear:
            better = "A" if gap.value < 0 else "B"
            assert found.startswith(f"{better} loses ")


def test_whole_runs_are_kept_only_where_somebody_will_draw_them():
    by = Yardstick(no_release=no_release(), slo_availability=0.999)
    kept, dropped = (outcomes_of([recreate()], by, keep=keep)[0] for keep in (True, False))
    assert (kept.run.digest(), dropped.run) == (recreate().digest(), None)
    assert kept.digest == dropped.digest
