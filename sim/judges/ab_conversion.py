"""An experiment on conversion: whether A or B makes more users do what is hoped for."""

from __future__ import annotations

from dataclasses import dataclass

from sim.i18n import Message, message
from sim.judges.ab_reasons import better, broken_split, cannot_tell, no_users
from sim.judges.wording import percent, points
from sim.model.verdict import Side, Verdict
from sim.model.version_metrics import VersionMetrics
from sim.stats.always_valid import share_difference
from sim.stats.power import POWER, size_for_shares
from sim.stats.two_samples import two_proportions

LEAST_EACH = 5  # Users of a group who converted, and who did not.


@dataclass(frozen=True, slots=True, kw_only=True)
class AbConversion:
    """B or A if one converts surely better, else cannot tell, with how many it would take.

    Surely: wrong with probability *alpha* at most, either by one look at the end (Newcombe's
    interval) or, if *always_valid*, at any number of looks. *share_of_b* of the users were meant to
    see B.
    """

    alpha: float = 0.05
    share_of_b: float = 0.5
    always_valid: bool = False

    def __post_init__(self) -> None:
        if not 0.0 < self.alpha < 1.0 or not 0.0 < self.share_of_b < 1.0:
            raise ValueError(f"alpha and share_of_b must lie between 0 and 1: {self}")

    def __call__(self, baseline: VersionMetrics, canary: VersionMetrics) -> Verdict:
        """*baseline* is A, *canary* is B."""
        groups = []
        for one in (baseline, canary):
            if not one.users or one.conversions is None:
                return no_users()
            groups.append((one.conversions, one.users))
        a, b = groups
        if (broken := broken_split(a[1], b[1], self.share_of_b)) is not None:
            return broken
        low, high = self._interval(a, b)
        few = min(count for yes, n in groups for count in (yes, n - yes)) < LEAST_EACH
        if few and not self.always_valid:
            return cannot_tell(_too_few(a, b))
        if low <= 0.0 <= high:
            return cannot_tell(_not_sure(a, b, low, high))
        reason = message(
            "A converts {a} of {users_a} users, B {b} of {users_b}: {gap} percentage points, "
            "between {low} and {high}",
            **_facts(a, b),
            low=points(low),
            high=points(high),
        )
        return better(Side.B if low > 0.0 else Side.A, reason)

    def _interval(self, a: tuple[int, int], b: tuple[int, int]) -> tuple[float, float]:
        if self.always_valid:
            low, high = share_difference(a, b, self.alpha)
            return float(low), float(high)
        found = two_proportions(a, b, level=1.0 - self.alpha)
        return found.low, found.high

    def describe(self) -> Message:
        """What it asks for, in one line for people."""
        return message("A or B: which converts more of its users")


def _facts(a: tuple[int, int], b: tuple[int, int]) -> dict[str, object]:
    return {
        "a": percent(a[0] / a[1]),
        "b": percent(b[0] / b[1]),
        "users_a": f"{a[1]:,}",
        "users_b": f"{b[1]:,}",
        "gap": points(b[0] / b[1] - a[0] / a[1]),
    }


def _too_few(a: tuple[int, int], b: tuple[int, int]) -> Message:
    return message(
        "A converts {a} of {users_a} users, B {b} of {users_b}: too few to tell, for each group "
        "needs at least {least} who converted and {least} who did not{needed}",
        **_facts(a, b),
        least=LEAST_EACH,
        needed=_needed(a, b),
    )


def _not_sure(a: tuple[int, int], b: tuple[int, int], low: float, high: float) -> Message:
    return message(
        "A converts {a} of {users_a} users, B {b} of {users_b}: {gap} percentage points, but it "
        "may be anything between {low} and {high}{needed}",
        **_facts(a, b),
        low=points(low),
        high=points(high),
        needed=_needed(a, b),
    )


def _needed(a: tuple[int, int], b: tuple[int, int]) -> Message:
    """How many users such a difference would take, if there was one."""
    first, second = a[0] / a[1], b[0] / b[1]
    if first == second:
        return Message("")
    return message(
        "; to find such a difference in {power} of trials takes {size} users in each group",
        power=percent(POWER),
        size=f"{size_for_shares(first, second):,}",
    )
