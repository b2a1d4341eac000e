"""An experiment on a value: whether a user of A or of B is worth more (revenue, time, orders)."""

from __future__ import annotations

from dataclasses import dataclass

from sim.i18n import Message, message
from sim.judges.ab_reasons import better, broken_split, cannot_tell, no_users
from sim.judges.wording import percent
from sim.model.verdict import Side, Verdict
from sim.model.version_metrics import VersionMetrics
from sim.stats.always_valid import mean_difference
from sim.stats.power import POWER, size_for_means
from sim.stats.two_samples import Moments, welch

LEAST = 30  # Users of a group, so that a mean is nearly normal.
LEAST_ALWAYS_VALID = 300  # At the first of many looks.


@dataclass(frozen=True, slots=True, kw_only=True)
class AbValue:
    """B or A if a user of it is surely worth more, else cannot tell, with how many it would take.

    Surely: wrong with probability *alpha* at most, by Welch's t at the end. With an
    *expected_difference*, of the size that one hopes for, the answer is valid at any number of
    looks instead. *share_of_b* of the users were meant to see B.
    """

    alpha: float = 0.05
    share_of_b: float = 0.5
    expected_difference: float | None = None

    def __post_init__(self) -> None:
        if not 0.0 < self.alpha < 1.0 or not 0.0 < self.share_of_b < 1.0:
            raise ValueError(f"alpha and share_of_b must lie between 0 and 1: {self}")
        if self.expected_difference is not None and not self.expected_difference > 0.0:
            raise ValueError(f"expected_difference must be above 0: {self.expected_difference}")

    def __call__(self, baseline: VersionMetrics, canary: VersionMetrics) -> Verdict:
        """*baseline* is A, *canary* is B."""
        a, b = baseline.value, canary.value
        if a is None or b is None or not a.n or not b.n:
            return no_users()
        if (broken := broken_split(a.n, b.n, self.share_of_b)) is not None:
            return broken
        least = LEAST if self.expected_difference is None else LEAST_ALWAYS_VALID
        if min(a.n, b.n) < least:
            return cannot_tell(
                message(
                    "{users} users in a group are too few: {least} are needed to compare means",
                    users=min(a.n, b.n),
                    least=least,
                )
            )
        if a.variance == b.variance == 0.0:
            return cannot_tell(message("every user of a group has the same value"))
        low, high = self._interval(a, b)
        facts = {
            "a": f"{a.mean:.4g}",
            "b": f"{b.mean:.4g}",
            "gap": f"{b.mean - a.mean:+.3g}",
            "low": f"{low:+.3g}",
            "high": f"{high:+.3g}",
        }
        if low <= 0.0 <= high:
            return cannot_tell(
                message(
                    "a user of A is worth {a}, of B {b}: {gap}, but it may be anything between "
                    "{low} and {high}{needed}",
                    **facts,
                    needed=_needed(a, b),
                )
            )
        text = message(
            "a user of A is worth {a}, of B {b}: {gap}, between {low} and {high}", **facts
        )
        return better(Side.B if low > 0.0 else Side.A, text)

    def _interval(self, a: Moments, b: Moments) -> tuple[float, float]:
        if self.expected_difference is None:
            found = welch(a, b, level=1.0 - self.alpha)
            return found.low, found.high
        variance = a.variance / a.n + b.variance / b.n
        return mean_difference(b.mean - a.mean, variance, self.expected_difference, self.alpha)

    def describe(self) -> Message:
        """What it asks for, in one line for people."""
        return message("A or B: whose users are worth more on average")


def _needed(a: Moments, b: Moments) -> Message:
    """How many users such a difference would take, if there was one."""
    if a.mean == b.mean:
        return Message("")
    return message(
        "; to find such a difference in {power} of trials takes {size} users in each group",
        power=percent(POWER),
        size=f"{size_for_means(b.mean - a.mean, (a.variance, b.variance)):,}",
    )
