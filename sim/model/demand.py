"""How times spread around their mean: what a request asks of a worker or of a dependency."""

from __future__ import annotations

from enum import StrEnum


class Demand(StrEnum):
    """How service times spread around their mean."""

    CONSTANT = "constant"
    EXPONENTIAL = "exponential"
    LOGNORMAL = "lognormal"
