"""What users are hoped to do, as a scenario states it: stay, buy, and for how much.

A version says how many users leave at once (*bounce*), how many of those who stay do what is hoped
for (*conversion*), what that is worth, and how long they stay. Slow and failed answers drive users
away: of those who would stay a share is lost for every 100 ms that answers take on average, and for
every failed request.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sim.model.demand import Demand


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """How users take one version whose answers took no time and never failed.

    *revenue* is the mean of one conversion, in whatever money; *dwell_seconds* that of a stay.
    """

    conversion: float
    revenue: float = 0.0
    dwell_seconds: float = 0.0
    bounce: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class UserBehaviour:
    """The behaviour model: *appeals* by version; a version without one appeals as `new` does.

    Revenue spreads as *distribution* (constant, exponential or lognormal, with *cv*).
    """

    appeals: Mapping[str, Appeal]
    lost_per_100_ms: float = 0.0
    lost_per_failure: float = 0.0
    distribution: Demand = Demand.EXPONENTIAL
    cv: float = 1.0

    def appeal(self, version: str) -> Appeal:
        """How users take *version*."""
        return self.appeals.get(version) or self.appeals["new"]
