"""What experiments have in common: the split is checked first, and a difference has a side."""

from __future__ import annotations

from sim.i18n import Message, message
from sim.judges.wording import percent, probability
from sim.model.analysis import AnalysisPhase
from sim.model.verdict import Side, Verdict
from sim.stats.sample_ratio import ALARM, split_p_value


def cannot_tell(reason: Message) -> Verdict:
    """Neither side; that is not the same as A."""
    return Verdict(phase=AnalysisPhase.INCONCLUSIVE, reason=reason)


def better(side: Side, reason: Message) -> Verdict:
    """B succeeds as a release succeeds, A means that it failed."""
    phase = AnalysisPhase.SUCCESSFUL if side is Side.B else AnalysisPhase.FAILED
    return Verdict(phase=phase, reason=reason, winner=side)


def no_users() -> Verdict:
    """Nothing to judge by."""
    return Verdict(
        phase=AnalysisPhase.ERROR, reason=message("nothing is known of the users of a group")
    )


def broken_split(a: int, b: int, share_of_b: float) -> Verdict | None:
    """The verdict if *a* and *b* users are not the split that was meant; None if they may be."""
    p_value = split_p_value(a, b, share_of_b)
    if p_value >= ALARM:
        return None
    return cannot_tell(
        message(
            "{a} users of A and {b} of B are not the split that was meant, {share} for B (p = {p}):"
            " the assignment is broken, and nothing follows from it",
            a=f"{a:,}",
            b=f"{b:,}",
            share=percent(share_of_b),
            p=probability(p_value),
        )
    )
