"""What is required against what was measured: which strategies meet every limit, and how surely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.experiments.comparison import Arm, Comparison
from sim.experiments.requirement import Requirement
from sim.i18n import Message, message
from sim.model.objects import JsonObject
from sim.stats import Estimate, Proportion, wilson
from sim.stats.estimates import Method, interval_of
from sim.stats.superiority import mean_below_zero


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How one strategy stands to one requirement.

    *met* is about the mean: its interval lies on this side of the limit (True), beyond it (False),
    or holds it (None: these runs cannot tell). *mean_meets* is how likely the true mean keeps it.
    *releases* are the single releases that kept it; where the figure did not exist, they did not,
    and the mean does not.
    """

    requirement: Requirement
    value: Estimate | None
    margin: Estimate | None
    met: bool | None
    mean_meets: float | None
    releases: Proportion


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One strategy against all requirements; *releases* kept every one of them at once."""

    strategy: str
    answers: tuple[Answer, ...]
    releases: Proportion

    @property
    def met(self) -> bool | None:
        """True if all are met, False if one is not, None if these runs cannot tell."""
        found = [answer.met for answer in self.answers]
        return False if False in found else None if None in found else True


def standings(
    comparison: Comparison, required: Sequence[Requirement], method: Method
) -> tuple[Standing, ...]:
    """Every strategy of *comparison* against everything that is *required*."""
    without = comparison.no_release
    return tuple(_standing(arm, without, required, method) for arm in comparison.releases)


def margins(one: Requirement, arm: Arm, no_release: Arm) -> tuple[float | None, ...]:
    """The margin of each release of *arm*, by seed."""
    key = one.figure.key
    pairs = zip(arm.values[key], no_release.values[key], strict=True)
    return tuple(one.margin(value, without) for value, without in pairs)


def _standing(
    arm: Arm, no_release: Arm, required: Sequence[Requirement], method: Method
) -> Standing:
    by_requirement = [margins(one, arm, no_release) for one in required]
    kept = [
        all(one.is_met(margin) for one, margin in zip(required, release, strict=True))
        for release in zip(*by_requirement, strict=True)
    ]
    assert arm.strategy is not None
    return Standing(
        strategy=arm.strategy,
        answers=tuple(
            _answer(one, arm, found, method)
            for one, found in zip(required, by_requirement, strict=True)
        ),
        releases=wilson(sum(kept), len(kept)),
    )


def _answer(one: Requirement, arm: Arm, found: Sequence[float | None], method: Method) -> Answer:
    margin = interval_of(found, method)
    whole = [value for value in found if value is not None]
    complete = len(whole) == len(found)
    return Answer(
        requirement=one,
        value=arm.estimates[one.figure.key],
        margin=margin,
        met=_is_met(one, margin) if complete else False,
        mean_meets=mean_below_zero(whole) if complete else 0.0,
        releases=wilson(sum(one.is_met(value) for value in found), len(found)),
    )


def _is_met(one: Requirement, margin: Estimate | None) -> bool | None:
    if margin is None or margin.low is None or margin.high is None:
        return None
    if margin.equal:
        return one.is_met(margin.value)
    if margin.high <= 0:
        return True
    return False if margin.low > 0 else None


def sentence(found: Sequence[Standing]) -> Message:
    """Who meets everything, in words."""
    meeting = [one.strategy for one in found if one.met]
    open_ = [one.strategy for one in found if one.met is None]
    if meeting:
        return message("all requirements are met by {strategies}", strategies=", ".join(meeting))
    if open_:
        return message(
            "no strategy is known to meet all requirements; these runs cannot tell about "
            "{strategies}",
            strategies=", ".join(open_),
        )
    return message("no strategy meets all requirements")


def to_json(found: Sequence[Standing]) -> list[JsonObject]:
    """Under stable names."""
    return [
        {
            "strategy": one.strategy,
            "met": one.met,
            "releases": _proportion(one.releases),
            "requirements": [
                {
                    "requirement": answer.requirement.text,
                    "figure": answer.requirement.figure.key,
                    "met": answer.met,
                    "margin": _interval(answer.margin),
                    "meanMeetsProbability": answer.mean_meets,
                    "releases": _proportion(answer.releases),
                }
                for answer in one.answers
            ],
        }
        for one in found
    ]


def _proportion(found: Proportion) -> JsonObject:
    return {"count": found.count, "n": found.n, "low": found.low, "high": found.high}


def _interval(found: Estimate | None) -> JsonObject | None:
    return None if found is None else {"value": found.value, "low": found.low, "high": found.high}
