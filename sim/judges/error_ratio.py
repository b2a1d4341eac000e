"""A limit on the error ratio, whatever the old version does: "more than 1 % and we go back"."""

from __future__ import annotations

from dataclasses import dataclass

from sim.i18n import Message, message
from sim.judges.wording import nothing_seen, percent
from sim.model.analysis import AnalysisPhase
from sim.model.verdict import Verdict
from sim.model.version_metrics import VersionMetrics


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorRatio:
    """Failed if more than *limit* of the requests are errors.

    It knows nothing of chance: `sim.stats.threshold` says how often that makes it wrong.
    """

    limit: float = 0.01

    def __post_init__(self) -> None:
        if not 0.0 <= self.limit < 1.0:
            raise ValueError(f"limit must be from 0 to less than 1, not {self.limit}")

    def __call__(self, baseline: VersionMetrics, canary: VersionMetrics) -> Verdict:
        """Only *canary* is looked at."""
        ratio = canary.error_ratio
        if ratio is None:
            return nothing_seen("new")
        phase = AnalysisPhase.FAILED if ratio > self.limit else AnalysisPhase.SUCCESSFUL
        text = message(
            "{ratio} of {requests} requests were errors; the limit is {limit}",
            ratio=percent(ratio),
            requests=f"{canary.requests:,.0f}",
            limit=percent(self.limit),
        )
        return Verdict(phase=phase, reason=text)

    def describe(self) -> Message:
        """What it asks for, in one line for people."""
        return message("at most {limit} errors", limit=percent(self.limit))
