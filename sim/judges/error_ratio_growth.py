"""A limit on the error ratio relative to the old version's: "not twice as many errors"."""

from __future__ import annotations

from dataclasses import dataclass

from sim.i18n import Message, message
from sim.judges.wording import nothing_seen, percent
from sim.model.analysis import AnalysisPhase
from sim.model.verdict import Verdict
from sim.model.version_metrics import VersionMetrics


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorRatioGrowth:
    """Failed if the error ratio is above the old version's by more than *most_growth* of it.

    Ratios up to *ignored* pass whatever the old version has: twice almost nothing is little.
    """

    most_growth: float = 1.0
    ignored: float = 0.001

    def __post_init__(self) -> None:
        if self.most_growth < 0.0 or self.ignored < 0.0:
            raise ValueError(f"limits must not be negative: {self.most_growth}, {self.ignored}")

    def __call__(self, baseline: VersionMetrics, canary: VersionMetrics) -> Verdict:
        """Both are looked at over the same window."""
        before, ratio = baseline.error_ratio, canary.error_ratio
        if before is None or ratio is None:
            return nothing_seen("old" if before is None else "new")
        limit = max(before * (1.0 + self.most_growth), self.ignored)
        phase = AnalysisPhase.FAILED if ratio > limit else AnalysisPhase.SUCCESSFUL
        text = message(
            "{ratio} of the new version's requests were errors, {before} of the old one's; the "
            "limit is {limit}",
            ratio=percent(ratio),
            before=percent(before),
            limit=percent(limit),
        )
        return Verdict(phase=phase, reason=text)

    def describe(self) -> Message:
        """What it asks for, in one line for people."""
        return message(
            "at most {growth} more errors than the old version", growth=percent(self.most_growth)
        )
