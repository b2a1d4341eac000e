"""Service times: own arithmetic against the libraries', and the distributions they claim."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import special, stats

from sim.model.behaviour import Behaviour, Demand
from sim.model.draws import Purpose, Stream
from sim.traffic.demand import Demands, exp, lognormal, normal_quantile


def test_the_normal_quantile_is_within_2e_15_of_the_librarys():
    probabilities = [(n + 0.5) / 20_000 for n in range(20_000)]
    probabilities += [2.0**-53, 1e-16, 1e-12, 1.388e-11, 1.389e-11, 1e-9, 0.075, 0.925, 1 - 2**-53]
    for p in probabilities:
        expected = float(special.ndtri(p))
        assert normal_quantile(p) == pytest.approx(expected, rel=2e-15, abs=1e-17), p
    assert normal_quantile(0.5) == 0.0


def test_the_exponential_is_within_1e_15_of_the_librarys():
    for x in np.linspace(-700.0, 700.0, 20_001).tolist():
        assert exp(x) == pytest.approx(math.exp(x), rel=1e-15, abs=0.0), x
    assert exp(0.0) == 1.0


@pytest.mark.parametrize("cv", [0.1, 0.5, 1.0, 2.0, 10.0])
def test_lognormal_quantiles_are_within_1e_13_of_the_librarys(cv):
    sigma = math.sqrt(math.log1p(cv * cv))
    law = stats.lognorm(s=sigma, scale=math.exp(-sigma * sigma / 2))
    for u in np.linspace(0.0005, 0.9995, 1000).tolist():
        assert lognormal(u, cv) == pytest.approx(float(law.ppf(u)), rel=1e-13), u
    assert law.mean() == pytest.approx(1.0)
    assert law.std() == pytest.approx(cv)


def test_worked_cases_of_the_lognormal():
    assert lognormal(0.5, 1.0) == pytest.approx(1 / math.sqrt(2.0), rel=1e-15)
    assert lognormal(0.3, 0.0) == 1.0


def test_longer_draws_stay_longer_whatever_the_distribution():
    """Inversion is monotone: under a slower version the order of demands does not change."""
    demands, draws = Demands(4), Stream(4, Purpose.DEMAND)
    order = sorted(range(2000), key=draws.uniform)
    exponential = Behaviour(demand=Demand.EXPONENTIAL)
    spread = Behaviour(demand=Demand.LOGNORMAL, demand_cv=2.0)

    assert order[::-1] == sorted(range(2000), key=lambda n: demands.seconds(n, exponential))
    assert order == sorted(range(2000), key=lambda n: demands.seconds(n, spread))


@pytest.mark.parametrize("demand", list(Demand))
def test_the_mean_is_cpu_and_wait_times_the_factor(demand):
    """20,000 draws with a mean of 0.18 s, within four standard errors."""
    behaviour = Behaviour(
        cpu_seconds=0.02,
        wait_seconds=0.04,
        service_time_factor=3.0,
        demand=demand,
        demand_cv=0.5,
        measured_seconds=(1.0, 3.0) * 50,
    )
    demands = Demands(11)
    seconds = np.array([demands.seconds(number, behaviour) for number in range(20_000)])
    cv = {Demand.CONSTANT: 0.0, Demand.EXPONENTIAL: 1.0, Demand.LOGNORMAL: 0.5}.get(demand, 0.5)

    assert seconds.mean() == pytest.approx(0.18, rel=max(4 * cv / math.sqrt(20_000), 1e-12))
    assert seconds.std() == pytest.approx(cv * 0.18, rel=0.05, abs=1e-12)
