"""A label selector of the API: labels that must be equal, and expressions that must hold.

(kubernetes/apimachinery pkg/apis/meta/v1/helpers.go, LabelSelectorAsSelector)
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.model.objects import JsonObject


def selects(selector: JsonObject | None, labels: Mapping[str, str]) -> bool:
    """Whether *selector* selects an object with *labels*.

    An empty selector selects everything, a missing one nothing. `NotIn` and `DoesNotExist` hold
    for an object without the label.
    """
    if selector is None:
        return False
    wanted = selector.get("matchLabels")
    if wanted and not wanted.items() <= labels.items():
        return False
    expressions = selector.get("matchExpressions")
    return not expressions or all(_holds(one, labels) for one in expressions)


def _holds(expression: JsonObject, labels: Mapping[str, str]) -> bool:
    value = labels.get(expression["key"])
    values = expression.get("values") or ()
    match expression["operator"]:
        case "In":
            return value in values
        case "NotIn":
            return value not in values
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
    return False


def written(selector: JsonObject | None) -> str:
    """*selector* as one line, its requirements by key: `app=web,!old,tier in (a,b)`.

    (kubernetes/apimachinery pkg/labels/selector.go, Requirement.String)
    """
    found = selector or {}
    rules = [(key, f"{key}={value}") for key, value in (found.get("matchLabels") or {}).items()]
    for one in found.get("matchExpressions") or ():
        rules.append((one["key"], _written(one)))
    return ",".join(text for _, text in sorted(rules, key=lambda rule: rule[0]))


def _written(expression: JsonObject) -> str:
    key = expression["key"]
    values = ",".join(sorted(expression.get("values") or ()))
    match expression["operator"]:
        case "In":
            return f"{key} in ({values})"
        case "NotIn":
            return f"{key} notin ({values})"
        case "Exists":
            return str(key)
    return f"!{key}"
