"""The tree of a decision to go back: how severe, whom it reaches, how hard it is to repair.

Severe ones go back at once, middling ones depend on the repair, small ones normally stay
(handbook 8.1). Pure: what somebody sees in, an advice out.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple


class Severity(StrEnum):
    """The handbook's three levels."""

    P0 = "P0"
    P1 = "P1"
    P2 = "P2"


class Scope(StrEnum):
    """Whom a problem reaches."""

    NOBODY = "nobody"
    GROUP = "group"
    MANY = "many"
    EVERYBODY = "everybody"


class Difficulty(StrEnum):
    """How the repair compares with the way back: quicker, slower, or nobody can say."""

    EASY = "easy"
    HARD = "hard"
    UNKNOWN = "unknown"


class Advice(StrEnum):
    """What the tree says."""

    AT_ONCE = "at once"
    CONSIDER = "consider"
    DO_NOT = "do not"


class Symptom(StrEnum):
    """The nine leaves of the handbook's tree."""

    SERVICE_DOWN = "service_down"
    DATA_AT_RISK = "data_at_risk"
    MANY_USERS = "many_users"
    PARTLY_BROKEN = "partly_broken"
    SLOW = "slow"
    SOME_USERS = "some_users"
    LOOKS_WRONG = "looks_wrong"
    NON_CRITICAL = "non_critical"
    LOG_ONLY = "log_only"


class Classified(NamedTuple):
    """How severe a symptom is and whom it reaches."""

    severity: Severity
    scope: Scope


SYMPTOMS: Mapping[Symptom, Classified] = {
    Symptom.SERVICE_DOWN: Classified(Severity.P0, Scope.EVERYBODY),
    # Whoever it reaches: lost data does not come back with the old version.
    Symptom.DATA_AT_RISK: Classified(Severity.P0, Scope.GROUP),
    Symptom.MANY_USERS: Classified(Severity.P0, Scope.MANY),
    Symptom.PARTLY_BROKEN: Classified(Severity.P1, Scope.MANY),
    Symptom.SLOW: Classified(Severity.P1, Scope.EVERYBODY),
    Symptom.SOME_USERS: Classified(Severity.P1, Scope.GROUP),
    Symptom.LOOKS_WRONG: Classified(Severity.P2, Scope.MANY),
    Symptom.NON_CRITICAL: Classified(Severity.P2, Scope.GROUP),
    Symptom.LOG_ONLY: Classified(Severity.P2, Scope.NOBODY),
}


def difficulty(repair_seconds: float | None, way_back_seconds: float | None) -> Difficulty:
    """Whether the repair is sooner done than the way back.

    60 s against 300 s is easy, 300 s against 60 s hard, and as long as each other hard too: the
    way back was tried before, the repair was not.
    """
    if repair_seconds is None or way_back_seconds is None:
        return Difficulty.UNKNOWN
    return Difficulty.EASY if repair_seconds < way_back_seconds else Difficulty.HARD


def advise(severity: Severity, scope: Scope, repair: Difficulty) -> Advice:
    """P0 at once whatever else; P2 not; P1 not if nobody meets it or the repair is sooner done."""
    if severity is Severity.P0:
        return Advice.AT_ONCE
    if severity is Severity.P2 or scope is Scope.NOBODY or repair is Difficulty.EASY:
        return Advice.DO_NOT
    return Advice.CONSIDER
