"""The verdict of one moment of a drill: which way back is fastest, or that nobody can tell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce

from sim.analysis.rollback_figures import BACK
from sim.analysis.units import Unit, number
from sim.experiments.drill_result import WayBack
from sim.i18n import Message, message
from sim.stats import Estimate, difference
from sim.stats.intervals import joint_level


def drill_verdict(ways: Sequence[WayBack]) -> Message:
    """The sentence: the fastest way back against the nearest others, and those that did not end.

    Ways back are ranked only if every run of theirs came back within the window. The fastest is
    compared with each other one, and all of these intervals together hold at 95 % (Bonferroni).
    """
    whole = [way for way in ways if _always(way)]
    ranked = sorted(whole, key=lambda way: _back(way).value)
    clauses = [_nobody(ways)] if not ranked else []
    if len(ranked) == 1:
        clauses.append(_alone(ranked[0]))
    elif ranked:
        best, *others = ranked
        nearest, *slower = others
        level = joint_level(len(others))
        clauses.append(_against(best, nearest, level))
        clauses += [_slower(best, other, level) for other in slower]
    clauses += [_not_back(way) for way in ways if not _always(way) and ranked]
    clauses += _broke(ways)
    return message("{sentence}.", sentence=_joined(clauses))


def _joined(clauses: Iterable[Message]) -> Message:
    return reduce(lambda first, then: message("{first}; {then}", first=first, then=then), clauses)


def _always(way: WayBack) -> bool:
    found = way.estimates[BACK]
    return found is not None and found.n == found.of


def _back(way: WayBack) -> Estimate:
    found = way.estimates[BACK]
    assert found is not None, "only ways back that always ended are ranked"
    return found


def _gap(slower: WayBack, faster: WayBack, level: float) -> Estimate:
    found = difference(slower.values[BACK], faster.values[BACK], level)
    assert found is not None, "both always came back"
    return found


def _nobody(ways: Sequence[WayBack]) -> Message:
    runs = len(ways[0].digests)
    listed = reduce(
        lambda one, two: message("{one}, {two}", one=one, two=two),
        [Message(way.strategy) for way in ways],
    )
    return message(
        "no way back always came to its end in the window, over {n} runs: {strategies}",
        n=runs,
        strategies=listed,
    )


def _alone(way: WayBack) -> Message:
    return message(
        "{strategy} is back {seconds} s after the decision",
        strategy=way.strategy,
        seconds=_around(_back(way)),
    )


def _against(best: WayBack, other: WayBack, level: float) -> Message:
    gap = _gap(other, best, level)
    values = {
        "first": best.strategy,
        "second": other.strategy,
        "soon": _around(_back(best)),
        "late": _around(_back(other)),
        "interval": _interval(gap, level),
    }
    if gap.equal and gap.value == 0:
        return message(
            "{first} and {second} are back equally soon, after {soon} s, in each of {n} runs",
            n=gap.n,
            **values,
        )
    if gap.clear:
        return message(
            "{first} is back after {soon} s where {second} takes {late} s ({interval})", **values
        )
    return message(
        "these {n} runs cannot tell whether {first} ({soon} s) or {second} ({late} s) is back "
        "sooner ({interval})",
        n=gap.n,
        **values,
    )


def _slower(best: WayBack, other: WayBack, level: float) -> Message:
    """One that is not the nearest: shorter, for what it is compared with has been said."""
    gap = _gap(other, best, level)
    if not gap.clear:
        return _against(best, other, level)
    return message(
        "{strategy} takes {late} s ({interval})",
        strategy=other.strategy,
        late=_around(_back(other)),
        interval=_interval(gap, level),
    )


def _around(found: Estimate) -> Message:
    half = found.half_width or 0.0
    value = number(found.value, Unit.SECONDS, spread=half)
    if found.half_width is None:
        return Message(value)
    if found.equal:
        return message("exactly {value}", value=value)
    return message("{value} ± {half}", value=value, half=number(half, Unit.SECONDS, spread=half))


def _interval(gap: Estimate, level: float) -> Message:
    half = gap.half_width or 0.0
    value = number(gap.value, Unit.SECONDS, spread=half)
    if gap.equal or gap.low is None or gap.high is None:
        return message("paired difference {value}, equal in all {n} pairs", value=value, n=gap.n)
    return message(
        "paired difference {value}, {level} % interval {low} to {high}, {n} pairs",
        value=value,
        level=f"{100 * level:.3g}",
        low=number(gap.low, Unit.SECONDS, spread=half),
        high=number(gap.high, Unit.SECONDS, spread=half),
        n=gap.n,
    )


def _not_back(way: WayBack) -> Message:
    runs = len(way.digests)
    missing = sum(value is None for value in way.values[BACK])
    return message(
        "{strategy} is not back when the window ends in {k} of {n} runs",
        strategy=way.strategy,
        k=missing,
        n=runs,
    )


def _broke(ways: Sequence[WayBack]) -> list[Message]:
    """Whose way back clearly broke something, and how much."""
    found = [(way.strategy, way.estimates["broken_requests"]) for way in ways]
    listed = [
        message(
            "{count} with {strategy}",
            count=number(one.value, Unit.REQUESTS, spread=one.half_width or 0.0),
            strategy=strategy,
        )
        for strategy, one in found
        if one is not None and one.clear and one.value > 0
    ]
    if not listed:
        return []
    every = reduce(lambda one, two: message("{one}, {two}", one=one, two=two), listed)
    return [message("requests that the way back itself breaks: {listed}", listed=every)]
