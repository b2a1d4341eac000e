"""Tests, intervals and sample sizes against scipy and statsmodels, and worked cases by hand."""

from __future__ import annotations

from math import isclose

import numpy as np
import pytest
from scipy import stats as oracle
from statsmodels.stats.power import TTestIndPower
from statsmodels.stats.proportion import (
    confint_proportions_2indep,
    power_proportions_2indep,
    proportions_ztest,
    samplesize_proportions_2indep_onetail,
)
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from sim.stats.power import power_of_shares, size_for_means, size_for_shares
from sim.stats.ranks import mann_whitney
from sim.stats.sample_ratio import split_p_value
from sim.stats.two_samples import Moments, two_proportions, welch

PAIRS = [((6, 10), (9, 10)), ((50, 1000), (80, 1200)), ((3, 900), (9, 60)), ((400, 500), (90, 100))]
CHANCE = np.random.default_rng(7)
SAMPLES = [
    (CHANCE.normal(5, 1, 12), CHANCE.normal(6, 3, 40)),
    (CHANCE.exponential(2, 300), CHANCE.exponential(2.4, 20)),
    (np.array([1.0, 2.0, 3.0]), np.array([3.0, 4.0, 5.0, 6.0])),
]


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_two_proportions_are_statsmodels_z_test_and_newcombe_s_interval(first, second):
    found = two_proportions(first, second)
    counts, sizes = (second[0], first[0]), (second[1], first[1])

    assert isclose(proportions_ztest(counts, sizes)[1], found.p_value, rel_tol=1e-9)
    larger = proportions_ztest(counts, sizes, alternative="larger")[1]
    assert isclose(larger, found.p_more, rel_tol=1e-9)
    expected = confint_proportions_2indep(*second, *first, method="newcomb", compare="diff")
    assert np.allclose(expected, (found.low, found.high), rtol=1e-9)


def test_where_all_or_none_counted_there_is_nothing_to_be_surprised_at():
    for shares in (((0, 20), (0, 30)), ((20, 20), (30, 30))):
        found = two_proportions(*shares)
        assert (found.value, found.p_value, found.p_more) == (0.0, 1.0, 1.0)
        assert found.low < 0.0 < found.high


@pytest.mark.parametrize(("first", "second"), SAMPLES, ids=["normal", "skew", "tiny"])
def test_welch_is_scipy_s_and_statsmodels(first, second):
    found = welch(Moments.of(list(first)), Moments.of(list(second)))

    both = oracle.ttest_ind(second, first, equal_var=False)
    assert isclose(both.pvalue, found.p_value, rel_tol=1e-9)
    more = oracle.ttest_ind(second, first, equal_var=False, alternative="greater").pvalue
    assert isclose(more, found.p_more, rel_tol=1e-9)
    compared = CompareMeans(DescrStatsW(second), DescrStatsW(first))
    expected = compared.tconfint_diff(usevar="unequal")
    assert np.allclose(expected, (found.low, found.high), rtol=1e-9)


def test_welch_as_worked_by_hand():
    """Means 2 and 4.5, variances 1 and 5/3: t = 2.5 / sqrt(1/3 + 5/12) = 2.887."""
    found = welch(Moments.of([1, 2, 3]), Moments.of([3, 4, 5, 6]))
    assert (2.5, 0.0346) == (found.value, round(found.p_value, 4))


@pytest.mark.parametrize("wrong", [([1.0], [1.0, 2.0]), ([2.0, 2.0], [3.0, 3.0])])
def test_welch_refuses_what_has_no_spread(wrong):
    with pytest.raises(ValueError, match="must"):
        welch(*map(Moments.of, wrong))


def test_moments_must_be_finite():
    with pytest.raises(ValueError, match="finite"):
        Moments(n=3, mean=float("nan"), variance=1.0)


@pytest.mark.parametrize("buckets", [3, 8, 60])
@pytest.mark.parametrize(("n", "m", "shift"), [(30, 40, 0), (500, 25, 1), (2000, 1500, 0)])
def test_mann_whitney_is_scipy_s_with_ties(buckets, n, m, shift):
    chance = np.random.default_rng(buckets + n)
    first = np.minimum(chance.geometric(0.2, n), buckets)
    second = np.minimum(chance.geometric(0.2, m) + shift, buckets)
    counts = [np.bincount(one, minlength=buckets + 1).tolist() for one in (first, second)]
    found = mann_whitney(*counts)

    both = oracle.mannwhitneyu(second, first, method="asymptotic")
    assert isclose(both.statistic / (n * m), found.superiority, rel_tol=1e-12)
    assert isclose(both.pvalue, found.p_value, rel_tol=1e-9)
    more = oracle.mannwhitneyu(second, first, method="asymptotic", alternative="greater")
    assert isclose(more.pvalue, found.p_more, rel_tol=1e-9)


def test_numbers_that_are_all_tied_are_no_surprise():
    found = mann_whitney([0, 30, 0], [0, 40, 0])
    assert (0.5, 1.0, 1.0) == (found.superiority, found.p_value, found.p_more)


def test_an_empty_sample_has_no_ranks():
    with pytest.raises(ValueError, match="must have numbers"):
        mann_whitney([0, 0], [3, 4])


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [(0.05, 0.055, 31_234), (0.6, 0.9, 32), (0.01, 0.02, 2_319)],
)
def test_sample_sizes_for_shares_are_the_textbook_s(first, second, expected):
    """5.0 against 5.5 % needs about 31,000 per arm, as the design says; statsmodels agrees."""
    assert expected == size_for_shares(first, second)
    asked = samplesize_proportions_2indep_onetail(
        second - first, first, 0.8, alpha=0.025, alternative="larger"
    )
    assert isclose(asked, expected, rel_tol=0.04)
    assert isclose(power_of_shares(first, second, expected), 0.8, abs_tol=0.01)
    power = power_proportions_2indep(second - first, first, expected).power
    assert isclose(power, power_of_shares(first, second, expected), abs_tol=0.01)


@pytest.mark.parametrize(("gap", "expected"), [(0.5, 64), (0.2, 394), (1.0, 17)])
def test_sample_sizes_for_means_are_statsmodels_with_the_exact_t(gap, expected):
    found = size_for_means(gap, (1.0, 1.0))
    exact = TTestIndPower().solve_power(gap, power=0.8, alpha=0.05)

    assert expected == found
    assert abs(exact - found) <= 1.0


def test_a_difference_of_nothing_has_no_sample_size():
    with pytest.raises(ValueError, match="must"):
        size_for_shares(0.1, 0.1)
    with pytest.raises(ValueError, match="must"):
        size_for_means(0.0, (1.0, 1.0))


@pytest.mark.parametrize(
    ("first", "second", "share"), [(5000, 5000, 0.5), (5200, 4800, 0.5), (9000, 1100, 0.1)]
)
def test_the_split_is_scipy_s_chi_square(first, second, share):
    both = first + second
    expected = oracle.chisquare([first, second], [both * (1 - share), both * share]).pvalue
    assert isclose(expected, split_p_value(first, second, share), rel_tol=1e-9)


def test_nobody_is_no_mismatch_and_no_share_is_no_split():
    assert 1.0 == split_p_value(0, 0, 0.5)
    with pytest.raises(ValueError, match="share_of_second"):
        split_p_value(1, 1, 1.0)


@pytest.mark.parametrize(
    ("shares", "sizes"), [((0.05, 0.05), (400, 400)), ((0.02, 0.06), (2000, 150))]
)
def test_newcombe_covers_the_true_difference_as_often_as_it_says(shares, sizes):
    """20,000 experiments; the level is 95 %."""
    chance = np.random.default_rng(3)
    counts = [chance.binomial(n, p, 20_000) for n, p in zip(sizes, shares, strict=True)]
    known: dict[tuple[int, int], bool] = {}
    for pair in zip(*(one.tolist() for one in counts), strict=True):
        if pair not in known:
            found = two_proportions((pair[0], sizes[0]), (pair[1], sizes[1]))
            known[pair] = found.low <= shares[1] - shares[0] <= found.high
    covered = np.mean([known[pair] for pair in zip(*(o.tolist() for o in counts), strict=True)])
    assert 0.94 <= covered <= 0.97


def test_welch_covers_the_true_difference_as_often_as_it_says():
    """4,000 experiments with skewed values, 200 against 60, and unequal variances."""
    chance, hits = np.random.default_rng(5), 0
    first = chance.gamma(4.0, 1.0, (4000, 200))
    second = chance.gamma(4.0, 2.0, (4000, 60))
    for a, b in zip(first, second, strict=True):
        moments = [Moments(n=len(x), mean=x.mean(), variance=x.var(ddof=1)) for x in (a, b)]
        found = welch(*moments)
        hits += found.low <= 4.0 <= found.high
    assert 0.93 <= hits / 4000 <= 0.97
