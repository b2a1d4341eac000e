"""A limit on a latency quantile, whatever the old version does: "P95 up to 1 s"."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan

from sim.i18n import Message, message
from sim.judges.wording import no_latency, percent, seconds
from sim.model.analysis import AnalysisPhase
from sim.model.verdict import Verdict
from sim.model.version_metrics import VersionMetrics


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """Failed if the quantile *share* is above *limit_seconds*.

    A limit beyond the last finite bucket can never fail; that is an error, not a success.
    """

    share: float = 0.95
    limit_seconds: float = 1.0

    def __post_init__(self) -> None:
        if not 0.0 < self.share < 1.0 or not self.limit_seconds > 0.0:
            raise ValueError(f"share must lie between 0 and 1 and limit be more than 0: {self}")

    def __call__(self, baseline: VersionMetrics, canary: VersionMetrics) -> Verdict:
        """Only *canary* is looked at."""
        buckets = canary.latency
        found = float("nan") if buckets is None else buckets.quantile(self.share)
        if buckets is None or isnan(found):
            return no_latency("new")
        if self.limit_seconds >= buckets.bounds[-2]:
            text = message(
                "the last bucket ends at {bound}, so a limit of {limit} can never be exceeded",
                bound=seconds(buckets.bounds[-2]),
                limit=seconds(self.limit_seconds),
            )
            return Verdict(phase=AnalysisPhase.ERROR, reason=text)
        good = found <= self.limit_seconds
        text = message(
            "{share} of the requests took up to {found}; the limit is {limit}",
            share=percent(self.share),
            found=seconds(found),
            limit=seconds(self.limit_seconds),
        )
        phase = AnalysisPhase.SUCCESSFUL if good else AnalysisPhase.FAILED
        return Verdict(phase=phase, reason=text)

    def describe(self) -> Message:
        """What it asks for, in one line for people."""
        return message(
            "{share} of the requests within {limit}",
            share=percent(self.share),
            limit=seconds(self.limit_seconds),
        )
