"""What the API server refuses: the rules of validation that a write at run time can break.

A manifest is validated in full when it is read; here are the rules that hold for every write to
the store. The words are the API server's.
(kubernetes/kubernetes pkg/apis/apps/validation/validation.go)
"""

from __future__ import annotations

import json

from sim.control.pod_admission import admit_pod
from sim.errors import Invalid
from sim.i18n import Message, message
from sim.model.finalizers import added
from sim.model.int_or_percent import is_percent, percent
from sim.model.objects import JsonObject, is_terminating, labels_of
from sim.model.quantity import PATTERN, quantity
from sim.model.quota import KIND as QUOTA
from sim.model.quota import is_piece
from sim.model.unreadable import Unreadable

_SELECTING = ("Deployment", "ReplicaSet")
_NO_SUCH_STRATEGY = (
    'spec.strategy.type: Unsupported value: "{}": supported values: "Recreate", "RollingUpdate"'
)
_PERCENT = "a valid percent string must be a numeric string followed by an ending '%'"
_NO_NEW_FINALIZERS = (
    "metadata.finalizers: Forbidden: no new finalizers can be added if the object is being"
    " deleted, found new finalizers []string{{{}}}"
)


def admit(obj: JsonObject, before: JsonObject | None = None) -> None:
    """Raise `Invalid` if *obj* may not be stored in place of *before* (None: it is new)."""
    kind, metadata = obj.get("kind"), obj.get("metadata") or {}
    if not kind or not (metadata.get("name") or metadata.get("generateName")):
        raise Invalid(message("an object needs a kind and a metadata.name"))
    if before is not None and is_terminating(before) and (new := added(before, obj)):
        raise Invalid(Message(_NO_NEW_FINALIZERS.format(", ".join(f'"{one}"' for one in new))))
    spec = obj.get("spec") or {}
    if kind == "Pod" and before is None and not metadata.get("ownerReferences"):
        admit_pod(spec, "spec", replaced=False)
    if kind == QUOTA:
        _admit_quota(spec, before)
    if kind not in _SELECTING:
        return
    if before is not None and spec.get("selector") != before["spec"].get("selector"):
        raise _invalid("spec.selector", spec.get("selector"), "field is immutable")
    _admit_size(spec)
    if before is None or spec.get("template") is not before["spec"].get("template"):
        _admit_labels(spec)
        template = (spec.get("template") or {}).get("spec") or {}
        admit_pod(template, "spec.template.spec", replaced=True)
    _admit_counts(spec, "minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds")
    if kind == "Deployment":
        _admit_strategy(spec.get("strategy") or {})
        _admit_deadline(spec)


def _admit_quota(spec: JsonObject, before: JsonObject | None) -> None:
    for field in ("scopes", "scopeSelector"):
        if before is not None and spec.get(field) != before["spec"].get(field):
            raise _invalid(f"spec.{field}", spec.get(field), "field is immutable")
    for resource, text in (spec.get("hard") or {}).items():
        field = f"spec.hard[{resource}]"
        try:
            amount = quantity(text)
        except Unreadable as error:
            rule = f"quantities must match the regular expression '{PATTERN}'"
            raise _invalid(field, text, rule) from error
        if amount < 0:
            raise _invalid(field, text, "must be greater than or equal to 0")
        if amount != int(amount) and is_piece(resource):
            raise _invalid(field, text, "must be an integer")


def _admit_size(spec: JsonObject) -> None:
    replicas = spec.get("replicas", 1)
    if not isinstance(replicas, int) or isinstance(replicas, bool) or replicas < 0:
        raise _invalid("spec.replicas", replicas, "must be greater than or equal to 0")


def _admit_counts(spec: JsonObject, *fields: str) -> None:
    for field in fields:
        value = spec.get(field, 0)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise _invalid(f"spec.{field}", value, "must be greater than or equal to 0")


def _admit_labels(spec: JsonObject) -> None:
    selector = spec.get("selector") or {}
    wanted = (selector.get("matchLabels") or {}).items()
    labels = labels_of({"metadata": {}, **(spec.get("template") or {})})
    # matchExpressions are checked when the manifest is read, and kept as they are here.
    if not any(selector.values()) or not wanted <= labels.items():
        raise _invalid(
            "spec.template.metadata.labels",
            dict(labels),
            "`selector` does not match template `labels`",
        )


def _admit_strategy(strategy: JsonObject) -> None:
    rolling = strategy.get("rollingUpdate")
    kind = strategy.get("type", "RollingUpdate")
    if kind not in ("Recreate", "RollingUpdate"):
        raise Invalid(Message(_NO_SUCH_STRATEGY.format(kind)))
    if kind == "Recreate":
        if rolling is not None:
            raise Invalid(
                message(
                    "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy"
                    " `type` is 'Recreate'"
                )
            )
        return
    budget = {name: (rolling or {}).get(name, "25%") for name in ("maxSurge", "maxUnavailable")}
    for name, value in budget.items():
        field = f"spec.strategy.rollingUpdate.{name}"
        if isinstance(value, int) and not isinstance(value, bool):
            if value < 0:
                raise _invalid(field, value, "must be greater than or equal to 0")
        elif not is_percent(value):
            raise _invalid(field, value, _PERCENT)
        elif percent(value) > 100 and name == "maxUnavailable":
            raise _invalid(field, value, "must not be greater than 100%")
    if all(value in (0, "0%") for value in budget.values()):
        field = "spec.strategy.rollingUpdate.maxUnavailable"
        raise _invalid(field, budget["maxUnavailable"], "may not be 0 when `maxSurge` is 0")


def _admit_deadline(spec: JsonObject) -> None:
    deadline = spec.get("progressDeadlineSeconds")
    if deadline is not None and deadline <= spec.get("minReadySeconds", 0):
        field = "spec.progressDeadlineSeconds"
        raise _invalid(field, deadline, "must be greater than minReadySeconds")


def _invalid(field: str, value: object, rule: str) -> Invalid:
    # The rule stays in the API server's own English, as kubectl would print it.
    shown = json.dumps(value) if isinstance(value, str) else repr(value)
    text = message("{field}: Invalid value: {value}: {rule}", field=field, value=shown, rule=rule)
    return Invalid(text)
