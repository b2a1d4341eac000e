"""A deed: what somebody on duty found or did during a run, beside what the release itself does."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class DeedKind(StrEnum):
    """What kind of thing happened; the value is its stable name in `--json`."""

    DETECTED = "detected"  # A rule, a gate or a script found the release bad.
    DECIDED = "decided"  # Whoever may decide said: go back.
    KEPT = "kept"  # Whoever may decide said: stay.
    WENT_BACK = "went_back"  # The way back came to its end.
    REFUSED = "refused"  # The cluster refused what was asked of it.
    REVERTED = "reverted"  # A reconciler wrote back what Git says.
    REPORTED = "reported"  # What was told to the others, true or not.


class Deed(NamedTuple):
    """At *time* (simulated seconds) the operator *who* did *kind*; *note* says it in words."""

    time: float
    who: str
    kind: DeedKind
    note: str = ""


def first_of(deeds: tuple[Deed, ...], kind: DeedKind) -> float | None:
    """When the first deed of *kind* was done; None if nobody did one."""
    return next((deed.time for deed in deeds if deed.kind is kind), None)
