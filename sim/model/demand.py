"""How times spread around their mean: what a request asks of a worker or of a dependency."""

from __future__ import annotations

from enum import StrEnum


class Demand(StrEnum):
    """How service times spread around their mean.

    Constant, exponential and lognormal times follow from formulas; gamma and empirical ones are
    read off a table of quantiles (`sim.traffic.quantiles`).
    """

    CONSTANT = "constant"
    EXPONENTIAL = "exponential"
    LOGNORMAL = "lognormal"
    GAMMA = "gamma"
    EMPIRICAL = "empirical"  # As measured.
