"""How often judges are wrong, over thousands of simulated trials each: as often as they say."""

from __future__ import annotations

from collections import Counter
from math import inf, sqrt

import numpy as np
import pytest

from sim.judges.ab_conversion import AbConversion
from sim.judges.ab_value import AbValue
from sim.judges.error_ratio import ErrorRatio
from sim.judges.mann_whitney import MannWhitney
from sim.judges.sequential import Sequential
from sim.judges.two_proportion import TwoProportion
from sim.model.analysis import AnalysisPhase
from sim.model.latency_buckets import LatencyBuckets
from sim.model.version_metrics import VersionMetrics
from sim.stats.always_valid import share_difference
from sim.stats.power import power_of_shares
from sim.stats.threshold import alarm_ratio
from sim.stats.two_samples import Moments

TRIALS = 4000
ALPHA = 0.05
NOISE = 4.0 * sqrt(ALPHA * (1 - ALPHA) / TRIALS)  # Four standard errors of a ratio about alpha.
F, S, UNSURE = AnalysisPhase.FAILED, AnalysisPhase.SUCCESSFUL, AnalysisPhase.INCONCLUSIVE


def errors(chance, old, new) -> list[tuple[VersionMetrics, VersionMetrics]]:
    """Trials of two versions, each (error ratio, requests)."""
    counts = [chance.binomial(n, ratio, TRIALS).tolist() for ratio, n in (old, new)]
    return [
        tuple(
            VersionMetrics(requests=float(n), errors=float(count))
            for count, (_, n) in zip(pair, (old, new), strict=True)
        )
        for pair in zip(*counts, strict=True)
    ]


def users(chance, a, b) -> list[tuple[VersionMetrics, VersionMetrics]]:
    """Trials of two groups, each (conversion, users)."""
    counts = [chance.binomial(n, ratio, TRIALS).tolist() for ratio, n in (a, b)]
    return [
        (
            VersionMetrics(users=a[1], conversions=first),
            VersionMetrics(users=b[1], conversions=second),
        )
        for first, second in zip(*counts, strict=True)
    ]


def shares(judge, trials) -> dict[AnalysisPhase, float]:
    """How often *judge* comes to which verdict."""
    found = Counter(judge(*pair).phase for pair in trials)
    return {phase: found[phase] / len(trials) for phase in (F, S, UNSURE)}


@pytest.mark.parametrize("ratio", [0.005, 0.02])
@pytest.mark.parametrize("requests", [100, 800])
def test_a_limit_is_wrong_as_often_as_the_binomial_says(requests, ratio):
    trials = errors(np.random.default_rng(requests), (0.01, 1000), (ratio, requests))
    expected = alarm_ratio(requests, 0.01, ratio)
    error = sqrt(expected * (1 - expected) / TRIALS)
    assert abs(shares(ErrorRatio(limit=0.01), trials)[F] - expected) < 4.0 * error


@pytest.mark.parametrize(
    ("old", "new"), [((0.02, 34_200), (0.02, 1_800)), ((0.05, 2_000), (0.05, 2_000))]
)
def test_a_test_made_once_alarms_at_an_equal_version_as_seldom_as_it_says(old, new):
    """A canary at 5 %, and at one half. Equal versions are never called better by mistake."""
    found = shares(
        TwoProportion(alpha=ALPHA, tolerance=0.0), errors(np.random.default_rng(9), old, new)
    )
    assert ALPHA / 2 < found[F] < ALPHA + NOISE + 0.01  # Few errors: the normal is not exact.


def test_a_test_made_once_misses_a_bad_version_as_seldom_as_its_power_says():
    """5 % against 7 % with 2,000 each, one-sided at 5 %: two-sided at 10 %."""
    trials = errors(np.random.default_rng(10), (0.05, 2_000), (0.07, 2_000))
    expected = power_of_shares(0.05, 0.07, 2_000, alpha=2 * ALPHA)
    assert shares(TwoProportion(alpha=ALPHA), trials)[F] == pytest.approx(expected, abs=0.03)


def test_a_version_that_is_worse_by_the_tolerance_passes_once_in_twenty_at_most():
    """1 percentage point more, and the limit of what is tolerated."""
    trials = errors(np.random.default_rng(11), (0.02, 20_000), (0.03, 4_000))
    found = shares(TwoProportion(alpha=ALPHA, tolerance=0.01), trials)
    assert found[S] < ALPHA + NOISE


@pytest.mark.parametrize(("n", "m"), [(2_000, 100), (300, 300)])
def test_ranks_alarm_at_an_equal_version_as_seldom_as_they_say(n, m):
    """Lognormal latencies in eleven buckets; without a least difference, at 5 %."""
    chance = np.random.default_rng(12)
    bounds = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, inf)
    judge, failed = MannWhitney(alpha=ALPHA, most_superiority=0.5), 0
    for _ in range(TRIALS):
        pair = []
        for size in (n, m):
            values = chance.lognormal(-2.5, 1.0, size)
            places = np.searchsorted(bounds, values)
            counts = np.bincount(places, minlength=len(bounds)).cumsum()
            buckets = LatencyBuckets(bounds=bounds, cumulative=tuple(counts.tolist()))
            pair.append(VersionMetrics(latency=buckets))
        failed += judge(*pair).phase is F
    assert ALPHA - NOISE < failed / TRIALS < ALPHA + NOISE


def test_the_sequential_judge_says_what_its_confidence_sequence_does():
    """Whose level under peeking is measured in `test_stats_always_valid`."""
    chance, judge = np.random.default_rng(13), Sequential(alpha=ALPHA, tolerance=0.01)
    seen = set()
    for _ in range(150):
        old, new = (int(n) for n in chance.integers(50, 20_000, 2))
        counts = chance.binomial(old, 0.01), chance.binomial(new, chance.choice([0.01, 0.05]))
        low, high = share_difference((counts[0], old), (counts[1], new), ALPHA)
        pair = [
            VersionMetrics(requests=float(n), errors=float(count))
            for n, count in zip((old, new), counts, strict=True)
        ]
        phase = judge(*pair).phase
        seen.add(phase)
        assert phase is (F if low > 0 else S if high < 0.01 else UNSURE)
    assert {F, S, UNSURE} == seen


def test_equal_groups_have_a_winner_by_mistake_as_seldom_as_is_said():
    """Either side; a broken split is an alarm of its own, at 1 in 2,000."""
    trials = users(np.random.default_rng(14), (0.1, 3_000), (0.1, 3_000))
    found = shares(AbConversion(alpha=ALPHA), trials)
    assert ALPHA - NOISE < found[F] + found[S] < ALPHA + NOISE
    assert found[F] == pytest.approx(found[S], abs=0.02)


def test_a_better_group_wins_as_often_as_its_power_says_and_the_worse_one_hardly_ever():
    """10 % against 12 % with 2,000 each."""
    trials = users(np.random.default_rng(15), (0.10, 2_000), (0.12, 2_000))
    found = shares(AbConversion(alpha=ALPHA), trials)
    assert found[S] == pytest.approx(power_of_shares(0.10, 0.12, 2_000, alpha=ALPHA), abs=0.03)
    assert found[F] < 0.002


@pytest.mark.parametrize("expected", [None, 0.2])
def test_equal_values_have_a_winner_by_mistake_as_seldom_as_is_said(expected):
    """Skewed values, 500 and 500 users; always valid is more careful at a single look."""
    chance = np.random.default_rng(16)
    judge, won = AbValue(alpha=ALPHA, expected_difference=expected), 0
    for first, second in chance.exponential(1.0, (TRIALS, 2, 500)):
        pair = [
            VersionMetrics(value=Moments(n=500, mean=x.mean(), variance=x.var(ddof=1)))
            for x in (first, second)
        ]
        won += judge(*pair).winner is not None
    most = ALPHA + NOISE if expected is None else ALPHA / 2
    assert won / TRIALS < most
    assert expected is not None or won / TRIALS > ALPHA - NOISE


def test_users_that_get_lost_on_the_way_to_one_group_are_noticed():
    """A redirect that loses 5 % of B's users: 10,000 and 9,500."""
    trials = users(np.random.default_rng(17), (0.1, 10_000), (0.1, 9_500))
    assert 1.0 == shares(AbConversion(), trials)[UNSURE]
