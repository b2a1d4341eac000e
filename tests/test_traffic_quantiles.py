"""Tables of quantiles: gamma and measured times, against the library's own distributions."""

from __future__ import annotations

import math
from statistics import fmean

import numpy as np
import pytest
from scipy import stats

from sim.model.behaviour import Behaviour, Demand
from sim.model.dependency import Dependency
from sim.traffic.demand import Demands
from sim.traffic.quantiles import CELLS, OCTAVES, probabilities, quantile, table

CVS = (0.05, 0.3, 1.0, 2.5, 10.0, 100.0)
SMALLEST, LARGEST = 2.0**-53, 1.0 - 2.0**-53


def gamma(cv):
    return stats.gamma(a=1.0 / cv**2, scale=cv**2)


def mean_and_cv(values):
    """Of the distribution that is a straight line between the quantiles in a table."""
    p = probabilities()
    half = len(p)
    mean = second = 0.0
    for side in (np.array(values[:half]), np.array(values[half + 1 : -1])):
        widths, low, high = np.diff(p), side[:-1], side[1:]
        mean += p[0] * side[0] + math.fsum(widths * (low + high) / 2)
        second += p[0] * side[0] ** 2
        second += math.fsum(widths * (low * low + low * high + high * high) / 3)
    return mean, math.sqrt(second - mean * mean)


@pytest.mark.parametrize("cv", CVS)
def test_a_gamma_tables_mean_is_right_and_its_spread_within_a_thousandth(cv):
    mean, spread = mean_and_cv(table(Demand.GAMMA, cv))

    assert mean == pytest.approx(1.0, rel=1e-12)
    assert spread == pytest.approx(cv, rel=1e-3)


@pytest.mark.parametrize("cv", CVS)
def test_before_it_is_put_right_the_mean_is_off_by_less_than_a_thousandth(cv):
    """The quantile at the very end tells by how much all were divided."""
    values = table(Demand.GAMMA, cv)
    largest = values[OCTAVES * CELLS + 2]

    assert float(gamma(cv).isf(SMALLEST)) / largest == pytest.approx(1.0, rel=1e-5)


@pytest.mark.parametrize("cv", [0.3, 1.0, 2.5])
def test_gamma_quantiles_are_the_librarys(cv):
    values, law = table(Demand.GAMMA, cv), gamma(cv)
    for u in [*np.linspace(0.01, 0.999999, 2000).tolist(), LARGEST]:
        assert quantile(values, u) == pytest.approx(float(law.ppf(u)), rel=2e-4), u


@pytest.mark.parametrize("cv", [0.3, 1.0, 2.5])
def test_gamma_draws_pass_kolmogorov_and_smirnovs_test(cv):
    demands = Demands(5)
    row = Behaviour(cpu_seconds=0.0, wait_seconds=1.0, demand=Demand.GAMMA, demand_cv=cv)
    seconds = [demands.seconds(number, row) for number in range(20_000)]

    assert stats.kstest(seconds, gamma(cv).cdf).pvalue > 0.01


@pytest.mark.parametrize(
    ("demand", "cv", "measured"),
    [(Demand.GAMMA, 2.0, ()), (Demand.EMPIRICAL, 1.0, (0.3, 5.0, 0.1, 0.1, 2.0))],
)
def test_a_longer_draw_is_never_a_shorter_time_and_a_little_longer_one_is_little_longer(
    demand, cv, measured
):
    values = table(demand, cv, measured)
    draws = np.linspace(0.2, 0.8, 60_001)
    times = np.array([quantile(values, u) for u in draws.tolist()])

    assert (np.diff(times) >= 0.0).all()
    assert np.diff(times).max() < 5e-4
    assert quantile(values, SMALLEST) == min(values)
    assert quantile(values, LARGEST) == max(values)
    assert quantile(values, 0.5) == pytest.approx(quantile(values, 0.5 - 1e-12))


def test_measured_times_keep_their_mean_their_ends_and_their_quantiles():
    measured = tuple(np.random.default_rng(3).lognormal(0.0, 1.0, 500).tolist())
    values, mean = table(Demand.EMPIRICAL, 1.0, measured), fmean(measured)

    assert mean_and_cv(values)[0] == pytest.approx(1.0, rel=1e-12)
    assert quantile(values, LARGEST) * mean == pytest.approx(max(measured), rel=1e-3)
    assert quantile(values, SMALLEST) * mean == pytest.approx(min(measured), rel=1e-3)
    for u in np.linspace(0.02, 0.98, 300).tolist():
        expected = float(np.quantile(measured, u, method="hazen"))
        assert quantile(values, u) * mean == pytest.approx(expected, rel=0.01), u


def test_worked_cases_of_measured_times():
    """One time is constant; two, 1 and 3: a quarter are 1, a quarter 3, a line in between."""
    two = table(Demand.EMPIRICAL, 1.0, (3.0, 1.0))

    assert set(table(Demand.EMPIRICAL, 1.0, (7.0,))) == {1.0}
    assert [2.0 * quantile(two, u) for u in (0.1, 0.25, 0.5, 0.75, 0.9)] == pytest.approx(
        [1.0, 1.0, 2.0, 3.0, 3.0]
    )


def test_a_dependencys_latency_may_be_gamma_but_not_measured():
    assert Dependency(name="database", demand=Demand.GAMMA).demand is Demand.GAMMA
    with pytest.raises(ValueError, match="not measured"):
        Dependency(name="database", demand=Demand.EMPIRICAL)


def test_quantiles_that_were_measured_are_met_and_what_is_between_is_on_a_line():
    shares, times = (0.0, 0.5, 0.9, 1.0), (1.0, 2.0, 6.0, 16.0)
    mean = 0.5 * 1.5 + 0.4 * 4.0 + 0.1 * 11.0
    values = table(Demand.EMPIRICAL, 1.0, times, shares)
    cases = {0.25: 1.5, 0.5: 2.0, 0.7: 4.0, 0.9: 6.0, 0.95: 11.0, 0.99: 15.0, 1.0 - 2.0**-52: 16.0}

    assert cases == pytest.approx({p: mean * quantile(values, p) for p in cases}, rel=1e-3)


def test_beyond_the_first_and_the_last_quantile_there_is_nothing():
    values = table(Demand.EMPIRICAL, 1.0, (1.0, 3.0), (0.5, 0.75))
    mean = 0.5 * 1.0 + 0.25 * 2.0 + 0.25 * 3.0
    shown = [mean * quantile(values, p) for p in (2.0**-52, 0.3, 0.8, 0.999)]

    assert shown == pytest.approx([1.0, 1.0, 3.0, 3.0], rel=1e-5)
