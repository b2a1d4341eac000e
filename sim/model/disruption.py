"""A PodDisruptionBudget's arithmetic.

(kubernetes/kubernetes pkg/controller/disruption/disruption.go, getExpectedPodCount;
pkg/registry/core/pod/storage/eviction.go)
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.model.int_or_percent import scaled
from sim.model.objects import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What a budget comes to now: *allowed* pods may be evicted."""

    expected: int
    healthy: int
    desired: int

    @property
    def allowed(self) -> int:
        """disruptionsAllowed: how many of the healthy pods are more than desired."""
        return max(0, self.healthy - self.desired) if self.expected else 0


def budget_of(spec: JsonObject, *, expected: int, pods: int, healthy: int) -> Budget:
    """The budget of a PDB *spec* over controllers that want *expected* pods, of which *pods*
    exist and *healthy* are ready.

    Percentages of the expected count round up, for minAvailable and maxUnavailable alike: half of
    7 is 4 to keep, and 30 % of 7 is 3 to miss. With an absolute minAvailable the pods that exist
    are what is expected.
    """
    if "maxUnavailable" in spec:
        missing = scaled(spec["maxUnavailable"], expected, round_up=True)
        return Budget(expected=expected, healthy=healthy, desired=max(0, expected - missing))
    least = spec.get("minAvailable", 0)
    if isinstance(least, int):
        return Budget(expected=pods, healthy=healthy, desired=least)
    desired = scaled(least, expected, round_up=True)
    return Budget(expected=expected, healthy=healthy, desired=desired)


def may_evict(*, ready: bool, left: int, budget: Budget, always: bool) -> tuple[bool, bool]:
    """Whether a running pod may be evicted, and whether that costs one of the *left* disruptions.

    One that is not ready may go as long as the budget is met, or in any case with
    unhealthyPodEvictionPolicy AlwaysAllow (*always*); neither costs anything. Any other needs a
    disruption that is left.
    """
    if not ready and (always or budget.healthy >= budget.desired > 0):
        return True, False
    return left > 0, True
