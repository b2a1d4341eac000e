"""How fast an autoscaler may go: stabilisation, and policies over periods.

(kubernetes/kubernetes pkg/controller/podautoscaler/horizontal.go,
normalizeDesiredReplicasWithBehaviors; kubernetes/api autoscaling/v2/types.go)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from sim.model.objects import JsonObject

_UP = {
    "stabilizationWindowSeconds": 0,
    "selectPolicy": "Max",
    "policies": [
        {"type": "Pods", "value": 4, "periodSeconds": 15},
        {"type": "Percent", "value": 100, "periodSeconds": 15},
    ],
}
_DOWN = {
    "stabilizationWindowSeconds": 300,
    "selectPolicy": "Max",
    "policies": [{"type": "Percent", "value": 100, "periodSeconds": 15}],
}


@dataclass(frozen=True, slots=True)
class Step:
    """A change of size that was made at *time*; *change* is negative when pods were taken away."""

    time: float
    change: int


def rules_of(spec: JsonObject, direction: str) -> JsonObject:
    """The rules for *direction* (`scaleUp`, `scaleDown`), completed by the defaults."""
    given = (spec.get("behavior") or {}).get(direction) or {}
    defaults = _UP if direction == "scaleUp" else _DOWN
    return {**defaults, **{key: value for key, value in given.items() if value is not None}}


def stabilised(
    wanted: int, current: int, past: Sequence[tuple[float, int]], spec: JsonObject, now: float
) -> int:
    """*wanted*, held back by what was wanted before: growth by the lowest of its window, shrinking
    by the highest of its own. *past* are (time, wanted) pairs."""
    up = now - rules_of(spec, "scaleUp")["stabilizationWindowSeconds"]
    down = now - rules_of(spec, "scaleDown")["stabilizationWindowSeconds"]
    lowest = min([wanted, *(size for time, size in past if time > up)])
    highest = max([wanted, *(size for time, size in past if time > down)])
    return min(max(current, lowest), highest)


def limited(
    wanted: int, current: int, steps: Sequence[Step], spec: JsonObject, now: float
) -> tuple[int, str]:
    """*wanted* within what policies and bounds allow, and the reason if that is not all of it.

    A policy is relative to the size at the start of its period, so several steps in one period
    share one allowance.
    """
    least, most = spec.get("minReplicas", 1), spec["maxReplicas"]
    if wanted > current:
        allowed = max(_up_to(rules_of(spec, "scaleUp"), current, steps, now), current)
        if min(wanted, most) > allowed:
            return allowed, "ScaleUpLimit"
        return (most, "TooManyReplicas") if wanted > most else (wanted, "")
    if wanted < current:
        allowed = min(_down_to(rules_of(spec, "scaleDown"), current, steps, now), current)
        if max(wanted, least) < allowed:
            return allowed, "ScaleDownLimit"
        return (least, "TooFewReplicas") if wanted < least else (wanted, "")
    return wanted, ""


def _start(current: int, steps: Sequence[Step], period: float, now: float) -> int:
    """The size when the *period* that ends now began."""
    return current - sum(step.change for step in steps if step.time > now - period)


def _up_to(rules: JsonObject, current: int, steps: Sequence[Step], now: float) -> int:
    if rules["selectPolicy"] == "Disabled":
        return current
    proposals: list[int] = []
    for policy in rules["policies"]:
        start = _start(current, steps, policy["periodSeconds"], now)
        if policy["type"] == "Pods":
            proposals.append(start + policy["value"])
        else:
            proposals.append(ceil(start * (100 + policy["value"]) / 100))
    return min(proposals) if rules["selectPolicy"] == "Min" else max(proposals)


def _down_to(rules: JsonObject, current: int, steps: Sequence[Step], now: float) -> int:
    if rules["selectPolicy"] == "Disabled":
        return current
    proposals: list[int] = []
    for policy in rules["policies"]:
        start = _start(current, steps, policy["periodSeconds"], now)
        if policy["type"] == "Pods":
            proposals.append(start - policy["value"])
        else:
            proposals.append(start * (100 - policy["value"]) // 100)
    return max(proposals) if rules["selectPolicy"] == "Min" else min(proposals)
