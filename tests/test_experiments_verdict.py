"""The verdict says what the values say and nothing else; tried on runs written by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from handmade import OK, no_release, recreate, rolling_update, run, span

from sim.analysis.figures import FIGURES, Yardstick
from sim.experiments.outcome import UNFINISHED, outcome_of
from sim.experiments.reasons import CAUSE_PHRASES, missing_pre_stop
from sim.experiments.summary import summary
from sim.experiments.verdict import verdict
from sim.model.causes import MECHANISMS, Cause
from sim.model.given_up import GivenUp, Why
from sim.model.run import Phase, PodPhase, Run

BARE = {"spec": {"containers": [{"name": "web"}]}}
CAREFUL = {"spec": {"containers": [{"name": "web", "lifecycle": {"preStop": {"sleep": {}}}}]}}
SEEDS = range(10)


def trial(*runs: Run):
    by = Yardstick(no_release=runs[0], slo_availability=0.999)
    return tuple(outcome_of(one, by, keep=False) for one in runs)


def judged(*trials, template=BARE) -> str:
    arms, differences = summary(trials)
    return str(verdict(arms, differences, template))


def losing(lost: int, strategy: str | None, cause: Cause = Cause.QUEUE_FULL) -> Run:
    """A release of 1000 requests that loses *lost* of them."""
    rows = [(5, 0, OK, 0.1, 1000 - lost), (5, 0, cause, 0.1, lost)]
    return run([row for row in rows if row[-1]], strategy=strategy, settled_at=8.0)


def pods(*stretches: tuple[PodPhase, float, float]):
    """One pod's life."""
    return tuple(span("web-1", 0, *stretch) for stretch in stretches)


def test_a_clear_difference_is_said_with_its_size_and_its_reasons():
    trials = [trial(no_release(n), recreate(n), rolling_update(n)) for n in SEEDS]
    expected = (
        "RollingUpdate loses exactly 15 requests where Recreate loses exactly 900 "
        "(paired difference 885, equal in all 10 pairs); "
        "with RollingUpdate 15 requests were refused by terminating pods "
        "(no preStop hook holds SIGTERM back); "
        "with Recreate 900 requests found no endpoint (nothing succeeds for exactly 18 s); "
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
    expected = (
        "these 3 runs cannot tell whether A (5 ± 2.5) loses more or fewer requests than no release "
    )
    assert judged(*trials).startswith(expected)


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
    found = judged(*trials)
    assert "A exceeds its progress deadline in 10 of 10 runs" in found
    assert "A has not settled when the window ends in 10 of 10 runs" in found


def test_a_release_that_was_given_up_says_why_and_not_that_a_deadline_passed():
    def missing(available: int) -> GivenUp:
        return GivenUp(
            why=Why.DEADLINE, deployment="web-green", available=available, wanted=3, seconds=60.0
        )

    given_up = [missing(2) if n == 3 else missing(1) for n in SEEDS]
    arms = [replace(losing(2, "A"), phase=Phase.DEGRADED, given_up=one) for one in given_up]
    trials = [trial(losing(0, None), arm, losing(1, "B")) for arm in arms]
    found = judged(*trials)
    assert (
        "A gives the release up in 10 of 10 runs: web-green has 1 of 3 pods available after 60 s"
        " (in 9 of them)"
    ) in found
    assert "progress deadline" not in found


def test_a_rollout_that_comes_up_after_its_deadline_is_not_called_a_failure():
    late = replace(losing(2, "A"), phase=Phase.DEGRADED)
    trials = [trial(losing(0, None), late, losing(1, "B")) for _ in SEEDS]
    found = judged(*trials)
    assert "A exceeds its progress deadline in 10 of 10 runs" in found
    assert "not settled" not in found and "fail" not in found
    assert "exactly 5 s with A" in found


def test_some_runs_that_fail_do_not_hide_others_that_never_settle():
    failed = replace(losing(2, "A"), phase=Phase.DEGRADED, settled_at=None)
    never = replace(losing(2, "A"), phase=None, settled_at=None)
    trials = [trial(losing(0, None), failed if n < 2 else never) for n in range(4)]
    found = judged(*trials)
    assert "A exceeds its progress deadline in 2 of 4 runs" in found
    assert "A has not settled when the window ends in 4 of 4 runs" in found


def test_what_is_lost_anyway_is_not_taken_off_in_silence():
    """90 found no endpoint without a release, 140 with one: not 50, and not for 4 s."""

    def out(seconds: range, lost: int, strategy: str | None) -> Run:
        rows = [(s, 0, Cause.NO_ENDPOINT, 0.1, lost) for s in seconds]
        rows += [(s, 0, OK, 0.1, 100) for s in range(10) if s not in seconds]
        return run(rows, strategy=strategy, settled_at=8.0)

    without, release = out(range(5, 8), 30, None), out(range(2, 9), 20, "A")
    assert (
        "; with A 140 requests found no endpoint, 90 without a release "
        "(nothing succeeds for exactly 7 s); "
    ) in judged(*[trial(without, release) for _ in SEEDS])


def test_a_cause_that_chance_could_explain_is_not_given_as_a_reason():
    """Timeouts scatter, and come without a release too; refusals come only with one."""
    trials = []
    for without, late, refused in ((50, 56, 0), (50, 47, 1), (50, 51, 2)):
        rows = [(5, 0, OK, 0.1, 900), (5, 0, Cause.TIMED_OUT_IN_SERVICE, 5.0, late)]
        rows += [(5, 0, Cause.REFUSED_TERMINATING, 0.1, refused)] if refused else []
        release = run(rows, strategy="A", settled_at=8.0)
        trials.append(trial(losing(without, None, Cause.TIMED_OUT_IN_SERVICE), release))
    found = judged(*trials)
    assert "timed out in service" not in found
    assert "with A 1 requests were refused by terminating pods" in found


def test_a_mean_reads_the_same_wherever_the_sentence_says_it():
    """2.25 on average: 2.2 ± 3.5, and then not 2.25."""
    trials = [trial(losing(0, None), losing(lost, "A")) for lost in (5, 0, 1, 3)]
    found = judged(*trials)
    assert "whether A (2.2 ± 3.5) loses" in found
    assert "with A 2.2 requests met a full queue" in found


def test_nothing_is_said_about_losses_when_nobody_asked():
    trials = [trial(run(strategy=None), run(strategy="A"), run(strategy="B")) for _ in SEEDS]
    expected = "no requests were sent in the window, so these 10 runs say nothing about losses; "
    assert judged(*trials).startswith(expected)


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
    kept, dropped = (outcome_of(recreate(), by, keep=keep) for keep in (True, False))
    assert (kept.run.digest(), dropped.run) == (recreate().digest(), None)
    assert kept.digest == dropped.digest
