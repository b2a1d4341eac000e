"""An arm of a comparison, one strategy over all seeds, and what two arms differ by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sim.model.given_up import GivenUp
from sim.model.run import Setting
from sim.stats import Estimate, Proportion


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One strategy (None: no release) over all seeds. Figures and causes go by their keys.

    *values* are the figures by seed; *excess* is over the no-release arm, pair by pair, and empty
    for that arm itself. *causes* are failed requests by cause; one that no run of any arm met is
    not there. *classes* are failed requests by class, of all classes, and none without classes.
    *given_up* says why in each run whose strategy gave the release up, *settled* counts those in
    which only the final pods were left in time.
    """

    strategy: str | None
    values: Mapping[str, tuple[float | None, ...]]
    estimates: Mapping[str, Estimate | None]
    excess: Mapping[str, Estimate | None]
    causes: Mapping[str, Estimate]
    causes_excess: Mapping[str, Estimate]
    classes: Mapping[str, Estimate]
    requests: Estimate
    phases: Mapping[str, int]
    given_up: tuple[GivenUp, ...]
    settled: Proportion | None
    settings: tuple[Setting, ...]
    digests: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """*first* - *second*, pair by pair: figures and failed requests by cause.

    *settled* is the interval of the difference of the shares of runs that settled.
    """

    first: str
    second: str
    estimates: Mapping[str, Estimate | None]
    causes: Mapping[str, Estimate]
    settled: tuple[float, float]
