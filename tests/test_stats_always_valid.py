"""Always valid: by hand where that is possible, and the level kept at every look of many trials."""

from __future__ import annotations

from math import lgamma, log

import numpy as np
import pytest

from sim.stats.always_valid import mean_difference, share_bounds, share_difference
from sim.stats.two_samples import two_proportions

ALPHA = 0.05


def log_martingale(p: float, count: int, n: int) -> float:
    """The mixture likelihood ratio, term by term: an oracle beside scipy's betaln."""
    a, b = count + 0.5, n - count + 0.5
    mixed = lgamma(a) + lgamma(b) - lgamma(n + 1.0) - 2 * lgamma(0.5) + lgamma(1.0)
    return mixed - count * log(p) - (n - count) * log(1 - p)


@pytest.mark.parametrize(("count", "n"), [(1, 10), (10, 100), (3, 5000), (499, 500)])
def test_a_bound_is_where_the_evidence_reaches_one_over_alpha(count, n):
    for bound in share_bounds(count, n, ALPHA):
        assert log_martingale(float(bound), count, n) == pytest.approx(log(1 / ALPHA), abs=1e-5)


@pytest.mark.parametrize(
    ("count", "n", "expected"),
    [(0, 100, (0.0, 0.057)), (10, 100, (0.029, 0.228)), (100, 100, (0.943, 1.0)), (0, 0, (0, 1))],
)
def test_bounds_as_the_docstring_has_them(count, n, expected):
    low, high = share_bounds(count, n, ALPHA)
    assert expected == (round(float(low), 3), round(float(high), 3))


def test_an_interval_for_means_as_worked_by_hand():
    """sqrt(0.01 x 0.02 / 0.01 x (2 ln 20 + ln 2)) = 0.366."""
    low, high = mean_difference(1.0, 0.01, 0.1, ALPHA)
    assert (0.634, 1.366) == (round(low, 3), round(high, 3))
    assert (1.0, 1.0) == mean_difference(1.0, 0.0, 0.1, ALPHA)


def looks(chance, ratio: float, each: int, count: int, trials: int):
    """Errors and requests of *trials* at *count* looks, *each* requests apart."""
    errors = chance.binomial(each, ratio, (trials, count)).cumsum(axis=1)
    return errors, np.broadcast_to(each * np.arange(1, count + 1), errors.shape)


LATER = pytest.mark.slow


@pytest.mark.parametrize(
    "ratio", [pytest.param(0.001, marks=LATER), 0.01, 0.1, pytest.param(0.5, marks=LATER)]
)
def test_a_share_is_inside_at_all_of_120_looks_in_all_but_one_of_twenty_trials(ratio):
    """2,000 trials of half an hour with a scrape every 15 s and 15 requests in between."""
    errors, requests = looks(np.random.default_rng(2), ratio, 15, 120, 2000)
    low, high = share_bounds(errors, requests, ALPHA)
    missed = ((ratio < low) | (ratio > high)).any(axis=1)
    assert missed.mean() <= ALPHA


@pytest.mark.parametrize("ratio", [pytest.param(0.005, marks=LATER), 0.05])
def test_two_equal_versions_are_told_apart_by_mistake_at_most_once_in_twenty_trials(ratio):
    """A canary at 5 % of 20 requests a second, looked at after each of 120 scrapes.

    The test that is made once alarms at some look of far more trials: that is what is avoided.
    """
    chance = np.random.default_rng(4)
    new, old = looks(chance, ratio, 15, 120, 2000), looks(chance, ratio, 285, 120, 2000)
    low, high = share_difference(old, new, ALPHA)
    alarmed = (low > 0).any(axis=1) | (high < 0).any(axis=1)
    once = [
        any(
            two_proportions((int(old[0][i, j]), int(old[1][i, j])), (int(a), int(n))).p_more < 0.05
            for j, (a, n) in enumerate(zip(new[0][i], new[1][i], strict=True))
            if j >= 20
        )
        for i in range(200)
    ]

    assert alarmed.mean() <= ALPHA
    assert np.mean(once) > 3 * ALPHA


def test_a_version_that_is_worse_is_found_in_the_end():
    """5 % against 1 %: within half an hour of 15 requests a scrape in nearly all trials."""
    chance = np.random.default_rng(6)
    new, old = looks(chance, 0.05, 15, 120, 1000), looks(chance, 0.01, 285, 120, 1000)
    low, _ = share_difference(old, new, ALPHA)
    assert (low > 0).any(axis=1).mean() > 0.95


@pytest.mark.parametrize("expected", [pytest.param(0.1, marks=LATER), 1.0])
def test_two_equal_means_are_told_apart_by_mistake_at_most_once_in_twenty_trials(expected):
    """Exponential values, from 300 users each on, at each of 100 further looks at 100 more."""
    chance = np.random.default_rng(8)
    sums, squares, wrong = np.zeros((2000, 2)), np.zeros((2000, 2)), np.zeros(2000, bool)
    for n in range(300, 10_301, 100):
        values = chance.exponential(1.0, (2000, 2, 300 if n == 300 else 100))
        sums, squares = sums + values.sum(axis=2), squares + (values**2).sum(axis=2)
        mean = sums / n
        variance = (squares / n - mean**2) * n / (n - 1)
        for trial in np.flatnonzero(~wrong):
            gap = mean[trial, 1] - mean[trial, 0]
            low, high = mean_difference(gap, variance[trial].sum() / n, expected, ALPHA)
            wrong[trial] = not low <= 0.0 <= high
    assert wrong.mean() <= ALPHA
