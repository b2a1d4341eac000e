"""How often a limit on an error ratio is wrong: exact, and how many requests it takes."""

from __future__ import annotations

from math import isclose

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as oracle

from sim.stats.threshold import alarm_ratio, allowed_errors, requests_needed


@pytest.mark.parametrize(
    ("requests", "limit", "expected"),
    [
        (100, 0.01, 1),
        (199, 0.01, 1),
        (200, 0.01, 2),
        (99, 0.01, 0),
        (100, 0.29, 29),
        (50, 0.0, 0),
    ],
)
def test_a_limit_allows_whole_errors_and_is_what_was_written(requests, limit, expected):
    """In floats 100 x 0.29 is 28.999…, and the 29th error would alarm."""
    assert expected == allowed_errors(requests, limit)


def test_the_handbook_s_canary_alarms_and_misses_as_often_as_the_binomial_says():
    """100 requests at 1 %: 9 % false alarms at 0.5 %, 40 % misses at 2 %."""
    assert (
        "0.090 0.403"
        == f"{alarm_ratio(100, 0.01, 0.005):.3f} {1 - alarm_ratio(100, 0.01, 0.02):.3f}"
    )


@given(n=st.integers(1, 5000), limit=st.floats(0.001, 0.5), ratio=st.floats(0.0001, 0.6))
@settings(deadline=None)
def test_the_alarm_ratio_is_scipy_s_binomial(n, limit, ratio):
    expected = oracle.binom.sf(allowed_errors(n, limit), n, ratio)
    assert isclose(expected, alarm_ratio(n, limit, ratio), rel_tol=1e-9, abs_tol=1e-12)


def wrong_at(n: int, limit: float, good: float, bad: float, most: float) -> bool:
    return alarm_ratio(n, limit, good) > most or 1 - alarm_ratio(n, limit, bad) > most


@pytest.mark.parametrize(
    ("limit", "good", "bad", "most", "expected"),
    [
        (0.01, 0.005, 0.02, 0.05, 800),
        (0.05, 0.01, 0.1, 0.05, None),
        (0.01, 0.0, 0.02, 0.05, None),
        (0.03, 0.02, 0.05, 0.1, None),
        (0.5, 0.4, 0.7, 0.01, None),
        (0.01, 0.001, 0.5, 0.05, None),
    ],
)
def test_the_requests_needed_are_those_from_which_on_none_is_wrong(
    limit, good, bad, most, expected
):
    """Against trying all: the last number that is wrong, and one."""
    found = requests_needed(limit, good, bad, most)
    tried = range(1, 3 * found + 1000)
    last = max((n for n in tried if wrong_at(n, limit, good, bad, most)), default=0)

    assert last + 1 == found
    assert expected in (None, found)


@settings(deadline=None, max_examples=40)
@given(limit=st.integers(20, 400), good=st.floats(0.2, 0.7), bad=st.floats(1.5, 3.0))
def test_the_requests_needed_are_right_for_limits_that_divide_nothing(limit, good, bad):
    """Limits of 2 % to 40 % in tenths, against trying all."""
    share = limit / 1000
    ratios = good * share, min(bad * share, 0.95)
    found = requests_needed(share, *ratios, 0.05)
    tried = range(1, 2 * found + 200)
    assert found == 1 + max((n for n in tried if wrong_at(n, share, *ratios, 0.05)), default=0)


@pytest.mark.parametrize(
    ("limit", "good", "bad"), [(0.01, 0.01, 0.02), (0.01, 0.005, 0.01), (0.01, 0.02, 0.005)]
)
def test_no_traffic_is_enough_unless_the_limit_lies_between(limit, good, bad):
    assert requests_needed(limit, good, bad, 0.05) is None


def test_versions_that_are_nearly_alike_take_millions_or_more_than_can_be_had():
    found = requests_needed(0.01, 0.0099, 0.0101, 0.05)
    assert not wrong_at(found, 0.01, 0.0099, 0.0101, 0.05)
    assert wrong_at(found // 2, 0.01, 0.0099, 0.0101, 0.05)
    assert found > 1_000_000
    assert requests_needed(0.01, 0.01 - 1e-7, 0.01 + 1e-7, 0.05) is None


def test_the_ratio_is_met_by_simulated_trials():
    chance = np.random.default_rng(1)
    trials = chance.binomial(800, 0.02, 40_000)
    seen = np.mean(trials <= allowed_errors(800, 0.01))
    assert isclose(seen, 1 - alarm_ratio(800, 0.01, 0.02), abs_tol=0.003)
