"""One answer of one metric of an analysis, and the reason for it."""

from __future__ import annotations

from dataclasses import dataclass

from sim.model.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """What *metric* of an *analysis* (unnamed, if there is only one) came to at *time*."""

    time: float
    metric: str
    verdict: Verdict
    analysis: str = ""
