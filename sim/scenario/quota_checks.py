"""What the API server checks in a ResourceQuota.

Source: kubernetes/kubernetes:pkg/apis/core/validation/validation.go, ValidateResourceQuotaSpec.
"""

from __future__ import annotations

from sim.i18n import message
from sim.model.quantity import quantity
from sim.model.quota import COMPUTE, PIECES, SCOPES, TRACKED, is_piece
from sim.model.unreadable import Unreadable
from sim.scenario.findings import Findings
from sim.scenario.node import Mapping, Scalar, get

_STORAGE = frozenset(
    [
        *("ephemeral-storage", "requests.ephemeral-storage", "limits.ephemeral-storage"),
        "requests.storage",
    ]
)
_STANDARD = PIECES | _STORAGE | frozenset(COMPUTE)
UNSEEN_SCOPES = ("CrossNamespacePodAffinity", "VolumeAttributesClass")
_OPPOSITES = (("BestEffort", "NotBestEffort"), ("Terminating", "NotTerminating"))


def check_quota(spec: Findings) -> None:
    """Everything that the API server would refuse in a quota's *spec*."""
    hard = get(spec.node, "hard")
    for name, amount in hard.entries.items() if isinstance(hard, Mapping) else ():
        if "/" not in name and name not in _STANDARD:
            spec.note(
                ("hard", name),
                message("must be a standard resource for quota"),
                message("known here: {known}", known=", ".join(sorted(TRACKED - _counts()))),
            )
        elif isinstance(amount, Scalar):
            _check_amount(spec, name, amount)
    _check_scopes(spec)


def _check_amount(spec: Findings, name: str, amount: Scalar) -> None:
    try:
        value = quantity(amount.text)
    except Unreadable:
        return  # Reported where quantities are decoded.
    if value < 0:
        lowest = message("must be greater than or equal to {lowest}", lowest=0)
        spec.invalid(("hard", name), lowest)
    elif value != int(value) and is_piece(name):
        spec.invalid(("hard", name), message("must be an integer"))


def _check_scopes(spec: Findings) -> None:
    names = [text for one in spec.each("scopes") if (text := one.text()) is not None]
    for one in spec.each("scopes"):
        if one.text() is not None and one.text() not in (*SCOPES, *UNSEEN_SCOPES):
            known = message("supported: {known}", known=", ".join(SCOPES))
            one.invalid((), message("unsupported value"), known)
    for pair in _OPPOSITES:
        if set(pair) <= set(names):
            spec.note(("scopes",), message("conflicting scopes"), message("keep one of the two"))
    hard = get(spec.node, "hard")
    if "BestEffort" in names and isinstance(hard, Mapping):
        for name in hard.entries:
            if name != "pods":
                spec.note(("hard", name), message("unsupported scope applied to resource"))


def _counts() -> frozenset[str]:
    return frozenset(name for name in TRACKED if name.startswith("count/"))
