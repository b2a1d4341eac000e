"""Intervals: values from the literature, edges, and how often they cover the truth."""

from __future__ import annotations

from math import comb, isclose

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import stats


def rounded(*numbers: float | None, digits: int = 3) -> tuple[float | None, ...]:
    return tuple(None if number is None else round(number, digits) for number in numbers)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, 2, 3], (2.0, -0.484, 4.484)),  # t(2) = 4.303, s = 1.
        ([10, 12, 14, 16], (13.0, 8.891, 17.109)),  # t(3) = 3.182, s = 2.582.
    ],
)
def test_mean_interval_is_student_s(values, expected):
    found = stats.mean_interval(values)
    assert expected == rounded(found.value, found.low, found.high)
    assert not found.equal


def test_equal_values_are_said_to_be_equal_and_not_estimated():
    found = stats.mean_interval([0.1] * 10)
    expected = stats.Estimate(value=0.1, low=0.1, high=0.1, n=10, of=10, equal=True)
    assert expected == found


def test_a_value_that_is_missing_is_left_out_and_counted():
    found = stats.mean_interval([1.0, None, 3.0])
    assert (found.value, found.n, found.of) == (2.0, 2, 3)


def test_one_number_says_nothing_about_its_spread():
    found = stats.mean_interval([4.0, None])
    assert (found.value, found.low, found.high) == (4.0, None, None)
    assert found.half_width is None
    assert not found.clear


def test_no_number_has_no_mean():
    assert stats.mean_interval([None, None]) is None


def test_a_difference_is_taken_pair_by_pair():
    """Pairs that differ by the same amount differ by exactly that, however far they scatter."""
    found = stats.difference([1.0, 50.0, 700.0], [0.0, 49.0, 699.0])
    assert (found.value, found.low, found.equal, found.clear) == (1.0, 1.0, True, True)


def test_a_pair_with_a_missing_member_has_no_difference():
    found = stats.difference([1.0, None, 5.0], [0.0, 1.0, None])
    assert (found.value, found.n, found.of) == (1.0, 1, 3)


def test_pairs_must_have_two_members():
    with pytest.raises(ValueError, match="pairs must have two members"):
        stats.difference([1.0], [1.0, 2.0])


@pytest.mark.parametrize(
    ("low", "high", "expected"), [(-1.0, 1.0, False), (0.5, 2.0, True), (-3.0, -1.0, True)]
)
def test_a_difference_is_clear_if_its_interval_excludes_zero(low, high, expected):
    middle = (low + high) / 2
    found = stats.Estimate(value=middle, low=low, high=high, n=10, of=10, equal=False)
    assert expected == found.clear


@pytest.mark.parametrize(
    ("count", "n", "expected"),
    [
        (8, 10, (0.490, 0.943)),
        (0, 10, (0.0, 0.278)),
        (10, 10, (0.722, 1.0)),
        (81, 263, (0.255, 0.366)),  # Newcombe 1998a, table I.
        (1, 29, (0.006, 0.172)),
    ],
)
def test_wilson_s_interval(count, n, expected):
    found = stats.wilson(count, n)
    assert expected == rounded(found.low, found.high)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [  # Newcombe 1998b, table II, method 10.
        ((56, 70), (48, 80), (0.0524, 0.3339)),
        ((9, 10), (3, 10), (0.1705, 0.8090)),
        ((5, 56), (0, 29), (-0.0381, 0.1926)),
        ((10, 10), (0, 10), (0.6075, 1.0)),
    ],
)
def test_newcombe_s_interval_for_a_difference(first, second, expected):
    found = stats.newcombe(stats.wilson(*first), stats.wilson(*second))
    assert expected == rounded(*found, digits=4)


@pytest.mark.parametrize(("count", "n"), [(-1, 5), (6, 5), (0, 0)])
def test_a_share_needs_a_count_within_its_total(count, n):
    with pytest.raises(ValueError, match="count must be"):
        stats.wilson(count, n)


@settings(deadline=None)  # The first call imports scipy.
@given(
    n=st.integers(1, 40),
    count=st.integers(0, 45),
    share=st.floats(0.0001, 0.9999),
)
def test_the_binomial_tail_is_the_sum_of_its_terms(n, count, share):
    terms = [comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(count, n + 1)]
    assert isclose(sum(terms), stats.binomial_tail(count, n, share), rel_tol=1e-9, abs_tol=1e-12)


@pytest.mark.parametrize(
    ("count", "share", "expected"), [(0, 0.0, 1.0), (1, 0.0, 0.0), (5, 1.0, 1.0), (6, 0.5, 0.0)]
)
def test_the_binomial_tail_at_its_edges(count, share, expected):
    assert expected == stats.binomial_tail(count, 5, share)


def test_an_estimate_is_finite():
    with pytest.raises(ValueError, match="value must be finite, not nan"):
        stats.Estimate(value=float("nan"), low=None, high=None, n=1, of=1, equal=True)


def test_the_95_percent_interval_covers_the_truth_95_percent_of_the_time():
    """Goal: intervals are honest at n = 10. Method: 2000 normal samples; expected miss 2.5 % SE."""
    samples = np.random.default_rng(20).normal(3.0, 2.0, size=(2000, 10))
    found = [stats.mean_interval(list(map(float, sample))) for sample in samples]
    covered = sum(estimate.low <= 3.0 <= estimate.high for estimate in found) / len(found)
    assert 0.93 <= covered <= 0.97


def test_two_equal_arms_differ_in_at_most_one_comparison_out_of_twenty():
    """Goal: A/A comparisons seldom claim a difference. Method: 2000 samples, shared noise."""
    generator = np.random.default_rng(21)
    alarms = 0
    for _ in range(2000):
        shared = generator.normal(0.0, 10.0, 10)
        first, second = (shared + generator.normal(0.0, 1.0, 10) for _ in range(2))
        alarms += stats.difference(list(map(float, first)), list(map(float, second))).clear
    assert alarms / 2000 <= 0.06
