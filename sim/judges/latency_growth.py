"""A limit on a latency quantile relative to the old version's: "P95 not 50 % above it"."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan, nan

from sim.i18n import Message, message
from sim.judges.wording import no_latency, percent, seconds
from sim.model.analysis import AnalysisPhase
from sim.model.verdict import Verdict
from sim.model.version_metrics import VersionMetrics


@dataclass(frozen=True, slots=True, kw_only=True)
class LatencyGrowth:
    """Failed if the quantile *share* is above the old version's by more than *most_growth*."""

    share: float = 0.95
    most_growth: float = 0.5

    def __post_init__(self) -> None:
        if not 0.0 < self.share < 1.0 or self.most_growth < 0.0:
            raise ValueError(f"share must lie between 0 and 1 and growth not be negative: {self}")

    def __call__(self, baseline: VersionMetrics, canary: VersionMetrics) -> Verdict:
        """Both are looked at over the same window."""
        before, found = (
            nan if one.latency is None else one.latency.quantile(self.share)
            for one in (baseline, canary)
        )
        if isnan(before) or isnan(found):
            return no_latency("old" if isnan(before) else "new")
        limit = before * (1.0 + self.most_growth)
        phase = AnalysisPhase.FAILED if found > limit else AnalysisPhase.SUCCESSFUL
        text = message(
            "{share} of the new version's requests took up to {found}, of the old one's up to "
            "{before}; the limit is {limit}",
            share=percent(self.share),
            found=seconds(found),
            before=seconds(before),
            limit=seconds(limit),
        )
        return Verdict(phase=phase, reason=text)

    def describe(self) -> Message:
        """What it asks for, in one line for people."""
        return message(
            "the slowest {rest} at most {growth} slower than the old version's",
            rest=percent(1.0 - self.share),
            growth=percent(self.most_growth),
        )
