"""Two error ratios compared by a test that is made once, at the end of the trial."""

from __future__ import annotations

from dataclasses import dataclass

from sim.i18n import Message, message
from sim.judges.wording import nothing_seen, percent, points, probability
from sim.model.analysis import AnalysisPhase
from sim.model.verdict import Verdict
from sim.model.version_metrics import VersionMetrics
from sim.stats.two_samples import two_proportions

LEAST_EXPECTED = 5.0  # Errors of each version, so that the normal approximation holds (Cochran).


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoProportion:
    """Failed if the new version has surely more errors; successful if it surely has not many more.

    Surely: wrong with probability *alpha* at most. Not many: fewer than *tolerance* more, as a
    share of the requests. In between, and with too few errors for the test, it cannot tell. Asked
    after every scrape it alarms far too often: then use `Sequential`.
    """

    alpha: float = 0.05
    tolerance: float = 0.01

    def __post_init__(self) -> None:
        if not 0.0 < self.alpha < 0.5 or self.tolerance < 0.0:
            raise ValueError(f"alpha must lie between 0 and 0.5, tolerance not below 0: {self}")

    def __call__(self, baseline: VersionMetrics, canary: VersionMetrics) -> Verdict:
        """Both are looked at over the same window."""
        old, new = baseline.failed_of_all, canary.failed_of_all
        if not old[1] or not new[1]:
            return nothing_seen("new" if old[1] else "old")
        pooled = (old[0] + new[0]) / (old[1] + new[1])
        found = two_proportions(old, new, level=1.0 - 2.0 * self.alpha)
        if found.high < self.tolerance:
            phase = AnalysisPhase.SUCCESSFUL
        elif min(pooled, 1.0 - pooled) * min(old[1], new[1]) < LEAST_EXPECTED:
            return self._too_few(min(old[1], new[1]))
        elif found.p_more <= self.alpha:
            phase = AnalysisPhase.FAILED
        else:
            phase = AnalysisPhase.INCONCLUSIVE
        text = message(
            "errors {old} and {new}: {gap} percentage points, interval {low} to {high}, p = {p}",
            old=percent(old[0] / old[1]),
            new=percent(new[0] / new[1]),
            gap=points(found.value),
            low=points(found.low),
            high=points(found.high),
            p=probability(found.p_more),
        )
        return Verdict(phase=phase, reason=text)

    def _too_few(self, requests: int) -> Verdict:
        text = message(
            "{requests} requests with so few errors are too few: at least {least} errors of each "
            "version are needed to compare them",
            requests=f"{requests:,}",
            least=int(LEAST_EXPECTED),
        )
        return Verdict(phase=AnalysisPhase.INCONCLUSIVE, reason=text)

    def describe(self) -> Message:
        """What it asks for, in one line for people."""
        return message(
            "not more errors than the old version by a test at {alpha}, made once",
            alpha=percent(self.alpha),
        )
