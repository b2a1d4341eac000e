"""What a strategy waits for on purpose, one stretch after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sim.i18n import Message, message
from sim.model.canary_steps import Analyse, Pause, SetWeight, Step, planned_seconds
from sim.strategies.ab_test import ABTest
from sim.strategies.blue_green import BlueGreen
from sim.strategies.blue_green_behind_flag import BlueGreenBehindFlag
from sim.strategies.canary import Canary
from sim.strategies.canary_then_rolling import CanaryThenRolling
from sim.strategies.feature_flags import FeatureFlags
from sim.strategies.maintenance_window import MaintenanceWindow
from sim.strategies.shadow import Shadow
from sim.strategies.strategy import Strategy

FULL = 100
_Lasts = tuple[float | None, Message]
_HEARD = message("pods hear that the flag is on for {percent} %")
_HELD = message("the flag is on for {percent} %")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """From *start* to *end*, seconds from the first write; None: until somebody ends it.

    *short* is a word or two for where there is no room.
    """

    start: float
    end: float | None
    what: Message
    short: str = ""


def planned_waits(strategy: Strategy) -> tuple[Wait, ...]:
    """Every stretch, in order; what follows one without an end has no moment yet."""
    made: list[Wait] = []
    now = 0.0
    for seconds, what in _stretches(strategy):
        if seconds is None:
            made.append(Wait(start=now, end=None, what=what))
            break
        if seconds:
            of_a_flag = what.text in (_HEARD.text, _HELD.text)
            short = f"{what.values['percent']} %" if of_a_flag else ""
            made.append(Wait(start=now, end=now + seconds, what=what, short=short))
        now += seconds
    return tuple(made)


def _stretches(strategy: Strategy) -> Iterator[_Lasts]:
    match strategy:
        case Canary() | CanaryThenRolling():
            yield from _steps(strategy.steps)
            kept = strategy.planned_seconds() - planned_seconds(strategy.steps)
            yield kept, message("the old pods are kept after the last request")
        case BlueGreen():
            yield from _blue_green(strategy)
        case FeatureFlags():
            yield from _flags(strategy.steps, _hearing(strategy))
        case BlueGreenBehindFlag():
            yield from _switch(
                strategy.auto_promotion_seconds if strategy.auto_promotion_enabled else None
            )
            yield strategy.scale_down_delay_seconds, message("blue is kept after the switch")
            yield from _flags(strategy.steps, strategy.propagation_seconds)
        case ABTest():
            share = f"{strategy.share * 100:g}"
            yield strategy.seconds, message("both versions, {percent} % in group B", percent=share)
            yield strategy.scale_down_delay_seconds, message("the other version is kept")
        case Shadow():
            yield strategy.mirror_seconds, message("requests are mirrored to the new version")
        case MaintenanceWindow():
            yield strategy.update_seconds, message("closed: the old pods go")
            until = strategy.verify_seconds - strategy.update_seconds
            yield until, message("closed: the new pods come up")
            until = strategy.restore_seconds - strategy.verify_seconds
            yield until, message("closed: the new pods are verified")
        case _:
            seconds = strategy.planned_seconds()
            yield seconds, message("waits {seconds} s on purpose", seconds=f"{seconds:g}")


def _steps(steps: Sequence[Step]) -> Iterator[_Lasts]:
    """Each pause or analysis at the weight set before it."""
    weight = 0
    for step in steps:
        if isinstance(step, SetWeight):
            weight = step.percent
        elif isinstance(step, Pause):
            yield step.seconds, message("{percent} % for the new version", percent=weight)
        elif isinstance(step, Analyse):
            text = message("{percent} % for the new version, judged", percent=weight)
            yield step.analysis.planned_seconds, text


def _blue_green(strategy: BlueGreen) -> Iterator[_Lasts]:
    """What is asked before the switch, the wait for it, and how long blue stays."""
    if strategy.pre_promotion_analysis is not None:
        seconds = strategy.pre_promotion_analysis.planned_seconds
        yield seconds, message("green is judged before the switch")
    yield from _switch(strategy.auto_promotion_seconds if strategy.auto_promotion_enabled else None)
    post = strategy.post_promotion_analysis
    judged = 0.0 if post is None else post.planned_seconds
    if judged > strategy.scale_down_delay_seconds:
        yield judged, message("green is judged after the switch, blue is kept")
    else:
        yield strategy.scale_down_delay_seconds, message("blue is kept after the switch")


def _switch(seconds: float | None) -> Iterator[_Lasts]:
    if seconds is None:
        yield None, message("green waits until somebody promotes it")
    else:
        yield seconds, message("green waits for the switch")


def _hearing(strategy: FeatureFlags) -> float:
    """How long pods take to hear of a flag, as far as that is waited for."""
    alone = replace(strategy, steps=())
    return alone.planned_seconds()


def _flags(steps: Sequence[Step], hearing_seconds: float) -> Iterator[_Lasts]:
    """Each share of the users: until the pods have heard of it, and as long as it is held."""
    weight = 0
    for step in (*steps, SetWeight(FULL)):
        if isinstance(step, SetWeight):
            weight = step.percent
            yield hearing_seconds, Message(_HEARD.text, {"percent": weight})
        elif isinstance(step, Pause):
            yield step.seconds, Message(_HELD.text, {"percent": weight})
