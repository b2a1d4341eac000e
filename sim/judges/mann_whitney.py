"""Latencies compared by rank: whether the new version tends to be slower, in whatever shape."""

from __future__ import annotations

from dataclasses import dataclass

from sim.i18n import Message, message
from sim.judges.wording import no_latency, percent, probability
from sim.model.analysis import AnalysisPhase
from sim.model.verdict import Verdict
from sim.model.version_metrics import VersionMetrics
from sim.stats.ranks import mann_whitney

LEAST = 20  # Latencies of each version.


@dataclass(frozen=True, slots=True, kw_only=True)
class MannWhitney:
    """Failed if the new version's latencies are surely and noticeably larger.

    Surely: by chance with probability *alpha* at most. Noticeably: one of its requests is slower
    than one of the old version's in more than *most_superiority* of pairs (0.5: no difference), for
    with enough requests any difference is sure.
    """

    alpha: float = 0.05
    most_superiority: float = 0.55

    def __post_init__(self) -> None:
        if not 0.0 < self.alpha < 0.5 or not 0.5 <= self.most_superiority < 1.0:
            raise ValueError(f"alpha must be below 0.5, most_superiority from 0.5 on: {self}")

    def __call__(self, baseline: VersionMetrics, canary: VersionMetrics) -> Verdict:
        """Both are looked at over the same window, in the same buckets."""
        old, new = baseline.latency, canary.latency
        if old is None or new is None or not old.total or not new.total:
            return no_latency("old" if old is None or not old.total else "new")
        if old.bounds != new.bounds:
            text = message("the two versions have different latency buckets")
            return Verdict(phase=AnalysisPhase.ERROR, reason=text)
        if min(old.total, new.total) < LEAST:
            text = message("fewer than {least} latencies of a version are too few", least=LEAST)
            return Verdict(phase=AnalysisPhase.INCONCLUSIVE, reason=text)
        found = mann_whitney(old.counts(), new.counts())
        worse = found.p_more <= self.alpha and found.superiority > self.most_superiority
        text = message(
            "a request of the new version is slower in {share} of pairs (p = {p}); up to {limit} "
            "pass",
            share=percent(found.superiority),
            p=probability(found.p_more),
            limit=percent(self.most_superiority),
        )
        phase = AnalysisPhase.FAILED if worse else AnalysisPhase.SUCCESSFUL
        return Verdict(phase=phase, reason=text)

    def describe(self) -> Message:
        """What it asks for, in one line for people."""
        return message(
            "not slower than the old version in more than {share} of pairs, by ranks",
            share=percent(self.most_superiority),
        )
