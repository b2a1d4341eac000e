"""Status conditions, and the rule by which a controller rewrites one.

(kubernetes/kubernetes pkg/controller/deployment/util/deployment_util.go, SetDeploymentCondition)
"""

from __future__ import annotations

from collections.abc import Sequence

from sim.model.objects import JsonObject


def new_condition(kind: str, status: str, reason: str, note: str, now: float) -> JsonObject:
    """A condition of type *kind* that became so *now*."""
    return {
        "type": kind,
        "status": status,
        "reason": reason,
        "message": note,
        "lastUpdateTime": now,
        "lastTransitionTime": now,
    }


def found(conditions: Sequence[JsonObject], kind: str) -> JsonObject | None:
    """The condition of type *kind* among *conditions*."""
    return next((one for one in conditions if one["type"] == kind), None)


def with_condition(conditions: Sequence[JsonObject], new: JsonObject) -> list[JsonObject]:
    """*conditions* after setting *new*: same status and reason, and nothing is written at all.

    With the same status the transition time stays what it was.
    """
    current = found(conditions, new["type"])
    if current is not None and _same(current, new):
        return list(conditions)
    return _put(conditions, new, current)


def refreshed(conditions: Sequence[JsonObject], new: JsonObject) -> list[JsonObject]:
    """The same, but the update time moves even when status and reason stay: progress was seen."""
    return _put(conditions, new, found(conditions, new["type"]))


def without(conditions: Sequence[JsonObject], kind: str) -> list[JsonObject]:
    """*conditions* less the one of type *kind*."""
    return [one for one in conditions if one["type"] != kind]


def _same(current: JsonObject, new: JsonObject) -> bool:
    return bool(current["status"] == new["status"] and current["reason"] == new["reason"])


def _put(
    conditions: Sequence[JsonObject], new: JsonObject, current: JsonObject | None
) -> list[JsonObject]:
    if current is not None and current["status"] == new["status"]:
        new = {**new, "lastTransitionTime": current["lastTransitionTime"]}
    return [*without(conditions, new["type"]), new]
