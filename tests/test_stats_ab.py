"""What the A/B lab computes, held against scipy, other formulas and simulation of its own."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest
from scipy import stats

from sim.stats.always_valid import gap_of_shares, mean_difference
from sim.stats.power import size_for_shares, smallest_change
from sim.stats.ratios import difference_of_ratios, difference_of_shares, ratio_of, share_interval
from sim.stats.sample_ratio import ALARM, noticed_from, split_p_value
from sim.stats.share_arrays import enough, share_gaps
from sim.stats.two_samples import two_proportions


@pytest.fixture
def rng() -> np.random.Generator:
    """Chance that repeats."""
    return np.random.default_rng(20261125)


@pytest.mark.parametrize(
    ("a", "b", "share"), [(5000, 4780, 0.5), (9000, 1200, 0.1), (8533, 6947, 0.5), (31, 17, 0.3)]
)
def test_the_sample_ratio_check_is_scipys_chi_square(a: int, b: int, share: float) -> None:
    both = a + b
    meant = [both * (1 - share), both * share]
    assert split_p_value(a, b, share) == pytest.approx(stats.chisquare([a, b], meant).pvalue)


@pytest.mark.parametrize("users", [1000, 50_000])
def test_the_alarm_goes_off_beyond_the_shares_that_are_stated(users: int) -> None:
    """One user less, and it does not; and by chance it hardly ever does."""
    for share in (0.5, 0.1):
        low, high = noticed_from(users, share)
        for edge, step in ((low, -1), (high, 1)):
            b = round(users * edge)
            assert split_p_value(users - b - 2 * step, b + 2 * step, share) < ALARM
            assert split_p_value(users - b + 2 * step, b - 2 * step, share) > ALARM
        outside = stats.binom.cdf(np.floor(users * low), users, share)
        outside += stats.binom.sf(np.floor(users * high), users, share)
        assert 0.5 * ALARM < outside < 2 * ALARM


def test_the_sizes_have_the_power_that_was_asked_for(rng: np.random.Generator) -> None:
    """By binomial draws and the z test that textbooks make; both ways round."""
    size = size_for_shares(0.05, 0.06)
    a, b = (rng.binomial(size, share, 100_000) for share in (0.05, 0.06))
    pooled = (a + b) / (2 * size)
    z = (b - a) / size / np.sqrt(2 * pooled * (1 - pooled) / size)
    found = np.mean(np.abs(z) > 1.959964)

    assert found == pytest.approx(0.80, abs=0.005)
    assert smallest_change(0.05, size) == pytest.approx(0.01, rel=1e-3)
    assert smallest_change(0.05, 2) is None


def test_intervals_of_many_pairs_are_those_of_one() -> None:
    counts = np.array([[48, 0, 5, 296], [56, 3, 5, 450]])
    sizes = np.array([[80, 40, 9, 7723], [70, 41, 9, 7757]])
    low, high = share_gaps((counts[0], sizes[0]), (counts[1], sizes[1]))

    for n in range(4):
        first, second = ((int(counts[g, n]), int(sizes[g, n])) for g in (0, 1))
        one = two_proportions(first, second)
        assert (low[n], high[n]) == pytest.approx((one.low, one.high), abs=1e-12)
    said = enough((counts[0], sizes[0]), (counts[1], sizes[1]))
    assert said.tolist() == [True, False, False, True]


def heavy_users(rng: np.random.Generator, users: int) -> tuple[np.ndarray, np.ndarray]:
    """(failed, requests) of users, some of whom send many and meet most of the failures."""
    requests = rng.geometric(0.2, users)
    ill = rng.random(users) < 0.1
    return rng.binomial(requests, np.where(ill, 0.5, 0.01)).astype(float), requests.astype(float)


def test_a_ratio_over_users_spreads_as_the_delta_method_says(rng: np.random.Generator) -> None:
    """2,000 groups of 400 users: its standard error is their spread; by requests it is half."""
    found = [ratio_of(*heavy_users(rng, 400)) for _ in range(2000)]
    values = np.array([one.value for one in found])
    error = float(np.sqrt(np.mean([one.variance for one in found])))
    by_requests = np.sqrt(values.mean() * (1 - values.mean()) / (400 * 5))

    assert error == pytest.approx(values.std(ddof=1), rel=0.05)
    assert error > 1.5 * by_requests
    assert np.mean([one.spread_beside_requests() for one in found]) > 1.5


def test_intervals_of_shares_of_requests_hold_what_they_promise(rng: np.random.Generator) -> None:
    """A and B alike: 95 of 100 intervals hold the truth, 0; taken by request far fewer do."""
    truth = 0.1 * 0.5 + 0.9 * 0.01
    hits = {"one": 0, "gap": 0, "ratio": 0, "by request": 0}
    trials = 1500
    for _ in range(trials):
        data = [heavy_users(rng, 400) for _ in range(2)]
        a, b = (ratio_of(*one) for one in data)
        low, high = share_interval(a)
        hits["one"] += low <= truth <= high
        for name, gap in (
            ("gap", difference_of_shares(a, b)),
            ("ratio", difference_of_ratios(a, b)),
        ):
            hits[name] += gap[1] <= 0.0 <= gap[2]
        naive = two_proportions(*((int(top.sum()), int(bottom.sum())) for top, bottom in data))
        hits["by request"] += naive.low <= 0.0 <= naive.high

    assert all(0.93 < hits[name] / trials < 0.97 for name in ("one", "gap", "ratio"))
    assert hits["by request"] / trials < 0.85


def test_nobody_failing_is_no_proof_that_nobody_fails() -> None:
    """0 of 300 requests: up to 1.27 %, as by Wilson; and no users, no interval."""
    none = ratio_of(np.zeros(100), np.full(100, 3.0))
    z2 = NormalDist().inv_cdf(0.975) ** 2

    assert share_interval(none) == pytest.approx((0.0, z2 / (300 + z2)))
    assert share_interval(ratio_of(np.zeros(0), np.zeros(0))) == (0.0, 1.0)
    assert ratio_of(np.array([1.0, 0, 1]), np.array([2.0, 1, 1])).variance == pytest.approx(3 / 64)


def test_the_gap_of_shares_is_the_mixture_of_means(rng: np.random.Generator) -> None:
    """The same interval as that of means, with the variance of two shares."""
    low, high = gap_of_shares((50, 999), (70, 999), 0.02, 0.05)
    parts = [(count + 0.5) / 1000 for count in (50, 70)]
    variance = sum(share * (1 - share) / 999 for share in parts)

    assert (float(low), float(high)) == pytest.approx(
        mean_difference(20 / 999, variance, 0.02, 0.05), rel=1e-9
    )


def test_the_gap_of_shares_may_be_looked_at_after_every_user(rng: np.random.Generator) -> None:
    """1,000 experiments without a difference, 2,000 looks each: at most 5 in 100 find one."""
    n = np.arange(1, 2001)
    a, b = (np.cumsum(rng.random((1000, 2000)) < 0.1, axis=1) for _ in range(2))
    low, high = gap_of_shares((a, n), (b, n), 0.03, 0.05)
    ever = (((low > 0) | (high < 0)) & enough((a, n), (b, n))).any(axis=1)

    assert stats.binom.sf(ever.sum() - 1, 1000, 0.05) > 1e-3
    z = np.abs(b - a) / n / np.sqrt(2 * 0.1 * 0.9 / n)
    assert (z > 1.96)[:, 99:].any(axis=1).mean() > 0.3
