"""The verdict: one sentence of what differs, by how much and why, or that these runs cannot tell.

Every clause is there only if the measured values say it. What differs is judged on failed
requests; a difference whose interval contains 0 is none that these runs can tell.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce

from sim.analysis.units import Unit, number
from sim.experiments.comparison import Arm, Difference
from sim.experiments.outcome import WENT_BACK
from sim.experiments.reasons import missing_pre_stop, phrase
from sim.i18n import Message, message
from sim.model.objects import JsonObject
from sim.model.run import Phase
from sim.stats import Estimate

JUDGED = "failed_requests"
DOMINATING = 0.2  # A cause worth naming has at least this share of a strategy's failures.
MOST_CAUSES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Clauses:
    """The verdict in its parts, each true alone; by strategy where it is about one.

    *deciding* is what the question was: the best against the nearest, or one alone. *others* hold
    the best against the rest, *background* what is lost without a release, *reasons* why requests
    failed, *unfinished* which releases did not come to their end, *clocks* how long they took.
    """

    deciding: Message
    others: tuple[Message, ...]
    background: tuple[Message, ...]
    reasons: tuple[tuple[str, Message], ...]
    unfinished: tuple[tuple[str, Message], ...]
    clocks: tuple[Message, ...]

    def sentence(self) -> Message:
        """All of them in one sentence."""
        about = [said for _, said in (*self.reasons, *self.unfinished)]
        every = (self.deciding, *self.others, *self.background, *about, *self.clocks)
        return message("{sentence}.", sentence=_joined(every))


def verdict(
    arms: Sequence[Arm], differences: Sequence[Difference], template: JsonObject
) -> Message:
    """The sentence for *arms* (no release first); *template* is that of the pods that go."""
    return clauses(arms, differences, template).sentence()


def clauses(
    arms: Sequence[Arm], differences: Sequence[Difference], template: JsonObject
) -> Clauses:
    """The same in its parts."""
    no_release = arms[0]
    releases = sorted(arms[1:], key=_failed_mean)
    if no_release.requests.value == 0:
        answer = [_silence(no_release)]
    elif len(releases) == 1:
        answer = [_alone(releases[0])]
    else:
        answer = _ranking(releases, differences)
    return Clauses(
        deciding=answer[0],
        others=tuple(answer[1:]),
        background=tuple(_background(no_release)),
        reasons=tuple(
            (str(arm.strategy), said)
            for arm in releases
            for said in _reasons(arm, no_release, template)
        ),
        unfinished=tuple(
            (str(arm.strategy), said) for arm in releases for said in _unfinished(arm)
        ),
        clocks=tuple(_clocks(releases)),
    )


def _joined(clauses: Iterable[Message]) -> Message:
    return reduce(lambda first, then: message("{first}; {then}", first=first, then=then), clauses)


def _failed(arm: Arm) -> Estimate:
    found = arm.estimates[JUDGED]
    assert found is not None, "every run counts its failed requests"
    return found


def _failed_mean(arm: Arm) -> float:
    return _failed(arm).value


def _around(found: Estimate, unit: Unit) -> Message:
    """A mean and what is known about it: `31 ± 4`, or `exactly 0` if all runs agree."""
    half = found.half_width or 0.0
    value = number(found.value, unit, spread=half)
    if found.half_width is None:
        return Message(value)
    if found.equal:
        return message("exactly {value}", value=value)
    return message("{value} ± {half}", value=value, half=number(half, unit, spread=half))


def _interval(gap: Estimate) -> Message:
    """The paired difference with its interval."""
    half = gap.half_width or 0.0
    value = number(gap.value, Unit.REQUESTS, spread=half)
    if gap.equal:
        return message("paired difference {value}, equal in all {n} pairs", value=value, n=gap.n)
    assert gap.low is not None and gap.high is not None
    return message(
        "paired difference {value}, 95 % interval {low} to {high}, {n} pairs",
        value=value,
        low=number(gap.low, Unit.REQUESTS, spread=half),
        high=number(gap.high, Unit.REQUESTS, spread=half),
        n=gap.n,
    )


def _silence(no_release: Arm) -> Message:
    """All arms meet the same requests, so if one had none, none had any."""
    return message(
        "no requests were sent in the window, so these {n} runs say nothing about losses",
        n=no_release.requests.n,
    )


def _alone(arm: Arm) -> Message:
    """One strategy: against no release."""
    gap = arm.excess[JUDGED]
    assert gap is not None
    if gap.equal and gap.value == 0:
        return message(
            "{strategy} loses {lost} requests, as many as without a release in all {n} runs",
            strategy=arm.strategy,
            lost=_around(_failed(arm), Unit.REQUESTS),
            n=gap.n,
        )
    if not gap.clear:
        return message(
            "these {n} runs cannot tell whether {strategy} ({lost}) loses more or fewer requests "
            "than no release ({interval})",
            n=gap.n,
            strategy=arm.strategy,
            lost=_around(_failed(arm), Unit.REQUESTS),
            interval=_interval(gap),
        )
    text = _around(_failed(arm), Unit.REQUESTS)
    if gap.value < 0:
        return message(
            "{strategy} loses {lost} requests, fewer than no release ({interval})",
            strategy=arm.strategy,
            lost=text,
            interval=_interval(gap),
        )
    return message(
        "{strategy} loses {lost} requests, more than no release ({interval})",
        strategy=arm.strategy,
        lost=text,
        interval=_interval(gap),
    )


def _ranking(releases: Sequence[Arm], differences: Sequence[Difference]) -> list[Message]:
    """The strategy that loses fewest against each of the others, nearest first."""
    best, *others = releases
    return [_against(best, other, _gap(other, best, differences)) for other in others]


def _gap(more: Arm, fewer: Arm, differences: Sequence[Difference]) -> Estimate:
    """*more* - *fewer*, whichever way round it was taken."""
    for found in differences:
        estimate = found.estimates[JUDGED]
        if {found.first, found.second} == {more.strategy, fewer.strategy}:
            assert estimate is not None
            return estimate if found.first == more.strategy else estimate.turned()
    raise ValueError(f"{more.strategy} and {fewer.strategy} were never compared")


def _against(best: Arm, other: Arm, gap: Estimate) -> Message:
    if gap.equal and gap.value == 0:
        return message(
            "{first} and {second} lose the same number of requests, {lost}, in each of {n} runs",
            first=best.strategy,
            second=other.strategy,
            lost=_around(_failed(best), Unit.REQUESTS),
            n=gap.n,
        )
    values = {
        "first": best.strategy,
        "second": other.strategy,
        "few": _around(_failed(best), Unit.REQUESTS),
        "many": _around(_failed(other), Unit.REQUESTS),
        "interval": _interval(gap),
    }
    if gap.clear:
        return message(
            "{first} loses {few} requests where {second} loses {many} ({interval})", **values
        )
    return message(
        "these {n} runs cannot tell whether {first} ({few}) or {second} ({many}) loses fewer "
        "requests ({interval})",
        n=gap.n,
        **values,
    )


def _background(no_release: Arm) -> list[Message]:
    """What is lost anyway."""
    lost = _failed(no_release)
    if lost.value == 0:
        return []
    return [
        message("without a release {lost} requests are lost", lost=_around(lost, Unit.REQUESTS))
    ]


def _reasons(arm: Arm, no_release: Arm, template: JsonObject) -> list[Message]:
    """Why *arm* loses requests beyond no release: its dominating causes, and the gap in service.

    A cause that is met without a release too must be clearly more frequent with one.
    """
    excess = {key: found.value for key, found in arm.causes_excess.items() if found.value > 0}
    total = sum(excess.values())
    leading = sorted(excess, key=lambda key: (-excess[key], key))[:MOST_CAUSES]
    return [
        _reason(arm, key, no_release.causes[key], template)
        for key in leading
        if excess[key] >= DOMINATING * total
        and (arm.causes_excess[key].clear or no_release.causes[key].value == 0)
    ]


def _reason(arm: Arm, cause: str, without: Estimate, template: JsonObject) -> Message:
    """How many requests failed by *cause*, and how many do so *without* a release."""
    values = {
        "strategy": arm.strategy,
        "count": _mean(arm.causes[cause]),
        "happened": phrase(cause),
        "remark": _remark(arm, cause, template),
    }
    if without.value == 0:
        return message("with {strategy} {count} requests {happened}{remark}", **values)
    return message(
        "with {strategy} {count} requests {happened}, {without} without a release{remark}",
        without=_mean(without),
        **values,
    )


def _mean(found: Estimate) -> str:
    """A mean number of requests alone, with as many digits as beside its interval."""
    return number(found.value, Unit.REQUESTS, spread=found.half_width or 0.0)


def _remark(arm: Arm, cause: str, template: JsonObject) -> Message:
    # Not the time without a ready pod: terminating ones may still be serving then.
    gap, more = arm.estimates["full_outage_seconds"], arm.excess["full_outage_seconds"]
    if cause == "no_endpoint" and gap is not None and more is not None and more.value > 0:
        seconds = _around(gap, Unit.SECONDS)
        return message(" (nothing succeeds for {seconds} s)", seconds=seconds)
    if missing_pre_stop(template, cause):
        return message(" (no preStop hook holds SIGTERM back)")
    return Message("")


def _unfinished(arm: Arm) -> list[Message]:
    """In how many runs the release came too late or had not settled when the window ended.

    Two things: the controller goes on after the deadline, so a late release may still settle.
    """
    assert arm.settled is not None
    missing = arm.settled.n - arm.settled.count
    late = arm.phases.get(Phase.DEGRADED.value, 0) - len(arm.given_up)
    values = {"strategy": arm.strategy, "n": arm.settled.n}
    exceeds = message(
        "{strategy} exceeds its progress deadline in {k} of {n} runs", k=late, **values
    )
    unsettled = message(
        "{strategy} has not settled when the window ends in {k} of {n} runs", k=missing, **values
    )
    sent_back = arm.phases.get(WENT_BACK, 0)
    taken = message("{strategy} is taken back in {k} of {n} runs", k=sent_back, **values)
    said = ((taken, sent_back), (exceeds, late), (unsettled, missing))
    return [*_given_up(arm), *(clause for clause, runs in said if runs)]


def _given_up(arm: Arm) -> list[Message]:
    """In how many runs the strategy went back by itself, and why in most of them."""
    if not arm.given_up or arm.settled is None:
        return []
    [(reason, count)] = Counter(arm.given_up).most_common(1)
    return [
        message(
            "{strategy} gives the release up in {k} of {n} runs: {reason}{remark}",
            strategy=arm.strategy,
            k=len(arm.given_up),
            n=arm.settled.n,
            reason=reason.describe(),
            remark=message(" (in {m} of them)", m=count)
            if count < len(arm.given_up)
            else Message(""),
        )
    ]


def _clocks(releases: Sequence[Arm]) -> list[Message]:
    """How long each takes, of those that settled in every run."""
    found = [
        message(
            "{seconds} s with {strategy}",
            seconds=_around(taken, Unit.SECONDS),
            strategy=arm.strategy,
        )
        for arm in releases
        if (taken := arm.estimates["settled_seconds"]) is not None and taken.n == taken.of
    ]
    if not found:
        return []
    listed = reduce(lambda one, two: message("{one}, {two}", one=one, two=two), found)
    return [message("only the final pods are left after {times}", times=listed)]
