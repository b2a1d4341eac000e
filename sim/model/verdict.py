"""A verdict: what a judge says about a new version, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sim.i18n import Message
from sim.model.analysis import AnalysisPhase


class Side(StrEnum):
    """The two versions of an experiment."""

    A = "A"  # The one that was there before.
    B = "B"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """*phase* is Successful, Failed, Inconclusive (cannot tell) or Error (nothing to judge by).

    *winner* is the better side of an experiment; None if that is not known, or was not the
    question.
    """

    phase: AnalysisPhase
    reason: Message
    winner: Side | None = None

    def __post_init__(self) -> None:
        if self.phase in (AnalysisPhase.PENDING, AnalysisPhase.RUNNING):
            raise ValueError(f"phase must be an end, not {self.phase}")
