"""Two error ratios compared by a test that may be made after every scrape, until it is sure."""

from __future__ import annotations

from dataclasses import dataclass

from sim.i18n import Message, message
from sim.judges.wording import nothing_seen, percent, points
from sim.model.analysis import AnalysisPhase
from sim.model.verdict import Verdict
from sim.model.version_metrics import VersionMetrics
from sim.stats.always_valid import share_difference


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequential:
    """Failed once the new version surely has more errors, successful once surely not many more.

    The counts are those since the trial began. With probability 1 - *alpha* no verdict is wrong at
    any look, so the first one that is not inconclusive may be acted on. Not many: fewer than
    *tolerance* more, as a share of the requests. See `sim.stats.always_valid`.
    """

    alpha: float = 0.05
    tolerance: float = 0.01

    def __post_init__(self) -> None:
        if not 0.0 < self.alpha < 1.0 or self.tolerance < 0.0:
            raise ValueError(f"alpha must lie between 0 and 1, tolerance not below 0: {self}")

    def __call__(self, baseline: VersionMetrics, canary: VersionMetrics) -> Verdict:
        """Both are counted from the beginning of the trial."""
        old, new = baseline.failed_of_all, canary.failed_of_all
        if not old[1] or not new[1]:
            return nothing_seen("new" if old[1] else "old")
        low, high = (float(bound) for bound in share_difference(old, new, self.alpha))
        if low > 0.0:
            phase = AnalysisPhase.FAILED
        elif high < self.tolerance:
            phase = AnalysisPhase.SUCCESSFUL
        else:
            phase = AnalysisPhase.INCONCLUSIVE
        text = message(
            "errors {old} and {new}: {gap} percentage points, between {low} and {high} at whatever "
            "moment one looks",
            old=percent(old[0] / old[1]),
            new=percent(new[0] / new[1]),
            gap=points(new[0] / new[1] - old[0] / old[1]),
            low=points(low),
            high=points(high),
        )
        return Verdict(phase=phase, reason=text)

    def describe(self) -> Message:
        """What it asks for, in one line for people."""
        return message(
            "not more errors than the old version, at {alpha} for all looks together",
            alpha=percent(self.alpha),
        )
