"""What is required against what was measured: which strategies meet every limit, and how surely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sim.experiments.comparison import Arm, Comparison
from sim.experiments.requirement import Requirement
from sim.experiments.ways_back import WaysBack
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
    and the mean does not. *reason* says why it did not exist where that needs to be said; with
    one and without *met* nothing was measured, and more runs would not tell either.
    """

    requirement: Requirement
    value: Estimate | None
    margin: Estimate | None
    met: bool | None
    mean_meets: float | None
    releases: Proportion
    reason: Message | None = None


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
    comparison: Comparison,
    required: Sequence[Requirement],
    method: Method,
    ways: WaysBack | None = None,
) -> tuple[Standing, ...]:
    """Every strategy of *comparison* against everything that is *required*.

    What is required of its way back is held against *ways*, which that needs.
    """
    without = comparison.no_release
    return tuple(_standing(arm, without, required, method, ways) for arm in comparison.releases)


def margins(
    one: Requirement, arm: Arm, no_release: Arm, ways: WaysBack | None = None
) -> tuple[float | None, ...]:
    """The margin of each release of *arm*, by seed."""
    if one.is_drilled:
        return tuple(one.margin(value, None) for value in _seconds_back(arm, ways))
    key = one.figure.key
    pairs = zip(arm.values[key], no_release.values[key], strict=True)
    return tuple(one.margin(value, without) for value, without in pairs)


def _seconds_back(arm: Arm, ways: WaysBack | None) -> tuple[float | None, ...]:
    assert ways is not None and arm.strategy is not None, "a limit on ways back needs some"
    return ways.seconds(arm.strategy)


def _standing(
    arm: Arm,
    no_release: Arm,
    required: Sequence[Requirement],
    method: Method,
    ways: WaysBack | None,
) -> Standing:
    by_requirement = [margins(one, arm, no_release, ways) for one in required]
    kept = [
        all(one.is_met(margin) for one, margin in zip(required, release, strict=True))
        for release in zip(*by_requirement, strict=True)
    ]
    assert arm.strategy is not None
    return Standing(
        strategy=arm.strategy,
        answers=tuple(
            _answer_of_drill(one, arm, found, method, ways)
            if one.is_drilled
            else _answer(one, arm.estimates[one.figure.key], found, method)
            for one, found in zip(required, by_requirement, strict=True)
        ),
        releases=wilson(sum(kept), len(kept)),
    )


def _answer_of_drill(
    one: Requirement,
    arm: Arm,
    found: Sequence[float | None],
    method: Method,
    ways: WaysBack | None,
) -> Answer:
    """Who was not back did not keep it; who was never sent back neither did nor did not."""
    value = interval_of(_seconds_back(arm, ways), method)
    answer = _answer(one, value, found, method)
    assert ways is not None and arm.strategy is not None
    if (reason := ways.never_back(arm.strategy)) is not None:
        return replace(answer, reason=reason)
    if (reason := ways.unknown(arm.strategy)) is not None:
        return replace(answer, met=None, mean_meets=None, reason=reason)
    return answer


def _answer(
    one: Requirement, value: Estimate | None, found: Sequence[float | None], method: Method
) -> Answer:
    margin = interval_of(found, method)
    whole = [value for value in found if value is not None]
    complete = len(whole) == len(found)
    return Answer(
        requirement=one,
        value=value,
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


def reasons(found: Sequence[Standing]) -> list[Message]:
    """Whose figures did not exist, of which requirement, and why."""
    return [
        message(
            "{strategy}, {requirement}: {reason}",
            strategy=one.strategy,
            requirement=answer.requirement.text,
            reason=answer.reason,
        )
        for one in found
        for answer in one.answers
        if answer.reason is not None
    ]


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
                    "reason": None if answer.reason is None else answer.reason.render("en"),
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
