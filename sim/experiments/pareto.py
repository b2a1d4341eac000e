"""The Pareto front: strategies of which no other is better in one thing and as good in all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf

from sim.experiments.comparison import Arm, Comparison
from sim.experiments.requirement import COST, COST_WITHOUT_PRICES

DOWNTIME, ROLLOUT, EXPOSURE = "downtime_seconds", "settled_seconds", "users_exposed"


def objectives(comparison: Comparison) -> tuple[str, ...]:
    """Downtime, cost, rollout time and exposure, by their figures; less of each is better."""
    cost = COST if comparison.scenario.prices is not None else COST_WITHOUT_PRICES
    return (DOWNTIME, cost, ROLLOUT, EXPOSURE)


def dominated_by(
    comparison: Comparison, keys: Sequence[str] | None = None
) -> Mapping[str, str | None]:
    """For each strategy one that is better for sure, or None: then it is on the front.

    Better for sure: no mean is higher, and at least one is lower with an interval that excludes 0.
    A release that did not come to its end in every run takes for ever. Other *keys* than the
    objectives are those of a picture that shows no more.
    """
    if keys is None:
        keys = objectives(comparison)
    return {
        str(arm.strategy): next(
            (
                str(other.strategy)
                for other in comparison.releases
                if other is not arm and _beats(other, arm, keys, comparison)
            ),
            None,
        )
        for arm in comparison.releases
    }


def _beats(one: Arm, other: Arm, keys: Sequence[str], comparison: Comparison) -> bool:
    if any(_mean(one, key) > _mean(other, key) for key in keys):
        return False
    return any(_clearly_less(one, other, key, comparison) for key in keys)


def _mean(arm: Arm, key: str) -> float:
    found = arm.estimates[key]
    return inf if found is None or found.n < found.of else found.value


def _clearly_less(one: Arm, other: Arm, key: str, comparison: Comparison) -> bool:
    low, high = _mean(one, key), _mean(other, key)
    if low == inf or high == inf:
        return low < high
    for found in comparison.differences:
        if {found.first, found.second} == {one.strategy, other.strategy}:
            gap = found.estimates[key]
            return low < high and gap is not None and gap.clear
    return False
