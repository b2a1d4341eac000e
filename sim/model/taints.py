"""Taints keep pods off a node, or drive them from it; tolerations let them stay.

(kubernetes/api core/v1/toleration.go; kubernetes/component-helpers scheduling/corev1/helpers.go)
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from sim.model.objects import JsonObject

NOT_READY = "node.kubernetes.io/not-ready"
UNREACHABLE = "node.kubernetes.io/unreachable"
UNSCHEDULABLE = "node.kubernetes.io/unschedulable"
DEFAULT_TOLERATION_SECONDS = 300


def tolerates(toleration: JsonObject, taint: JsonObject) -> bool:
    """Whether one *toleration* tolerates one *taint*.

    No effect tolerates every effect; no key with `Exists` every taint; `Equal` is the default
    operator and compares values.
    """
    if toleration.get("effect") and toleration["effect"] != taint["effect"]:
        return False
    if toleration.get("key") and toleration["key"] != taint["key"]:
        return False
    if toleration.get("operator", "Equal") == "Exists":
        return True
    return bool(toleration.get("key")) and toleration.get("value", "") == taint.get("value", "")


def untolerated(
    taints: Sequence[JsonObject], tolerations: Sequence[JsonObject]
) -> JsonObject | None:
    """The first taint that keeps a new pod away; `PreferNoSchedule` never does."""
    for taint in taints:
        if taint["effect"] != "PreferNoSchedule" and not any(
            tolerates(one, taint) for one in tolerations
        ):
            return taint
    return None


def seconds_tolerated(taints: Sequence[JsonObject], tolerations: Sequence[JsonObject]) -> float:
    """How long a running pod may stay beside the NoExecute *taints*; infinite if for ever.

    0 if any is not tolerated at all, else the shortest time that a matching toleration gives.
    (kubernetes/kubernetes pkg/controller/tainteviction/taint_eviction.go, getMinTolerationTime)
    """
    shortest = inf
    for taint in taints:
        if taint["effect"] != "NoExecute":
            continue
        matching = [one for one in tolerations if tolerates(one, taint)]
        if not matching:
            return 0.0
        for one in matching:
            seconds = one.get("tolerationSeconds")
            if seconds is not None:
                shortest = min(shortest, max(float(seconds), 0.0))
    return shortest


def with_default_tolerations(spec: JsonObject) -> JsonObject:
    """*spec* as admission leaves it: 300 s on a node that is not ready or cannot be reached.

    (kubernetes/kubernetes plugin/pkg/admission/defaulttolerationseconds/admission.go)
    """
    own: list[JsonObject] = list(spec.get("tolerations") or ())
    missing = [
        {
            "key": key,
            "operator": "Exists",
            "effect": "NoExecute",
            "tolerationSeconds": DEFAULT_TOLERATION_SECONDS,
        }
        for key in (NOT_READY, UNREACHABLE)
        if not any(one.get("key", key) == key and _may_execute(one) for one in own)
    ]
    return {**spec, "tolerations": own + missing} if missing else spec


def _may_execute(toleration: JsonObject) -> bool:
    return toleration.get("effect") in (None, "", "NoExecute")


def taint_written(text: str) -> JsonObject:
    """A taint written as `key=value:Effect` or `key:Effect`."""
    name, _, effect = text.rpartition(":")
    key, _, value = name.partition("=")
    taint = {"key": key, "effect": effect}
    return {**taint, "value": value} if value else taint


def shown(taint: JsonObject) -> str:
    """A taint as the scheduler names it in its reasons: `{key: value}`."""
    return f"{{{taint['key']}: {taint.get('value', '')}}}"
