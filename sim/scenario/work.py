"""How much a run would have to simulate, told before it begins."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from sim.errors import Problem, ScenarioError
from sim.i18n import message
from sim.model.behaviour import RateCurve
from sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from sim.model.run import Window  # It brings numpy, which reading a file does not need.

# Some fifteen seconds of the compiled kernel; the reference takes a hundred times as long.
MOST_REQUESTS = 100_000_000
MOST_SECONDS = 7 * 86_400.0  # Every second is a row of the record.


def refuse_too_much(scenario: Scenario, window: Window) -> None:
    """Raise a `ScenarioError` with an estimate if one run of *window* would never end."""
    length = window.end - window.start
    if length > MOST_SECONDS:
        problem = Problem(
            message(
                "a window of {seconds} s is longer than can be simulated ({most} s)",
                seconds=f"{length:,.0f}",
                most=f"{MOST_SECONDS:,.0f}",
            ),
            hint=message("make window.before, window.length or window.settle shorter"),
        )
        raise ScenarioError([problem])
    count = expected_requests(scenario.rate_curve(window.start, window.end))
    count *= scenario.clients.attempts
    if scenario.clients.hedge_after_seconds is not None:
        count *= 2
    if count > MOST_REQUESTS:
        problem = Problem(
            message(
                "each run would simulate up to {count} requests, retries included, in a window of"
                " {seconds} s: at most {most} are possible",
                count=f"{count:,.0f}",
                seconds=f"{length:,.0f}",
                most=f"{MOST_REQUESTS:,}",
            ),
            hint=message(
                "less traffic, a shorter window.length or fewer clients.attempts: {times} times"
                " less in all",
                times=f"{count / MOST_REQUESTS:,.1f}",
            ),
        )
        raise ScenarioError([problem])


def expected_requests(curve: RateCurve) -> float:
    """The area under *curve*: how many requests it brings on average."""
    ends = (*curve.times, curve.end)
    spans = [later - earlier for earlier, later in pairwise(ends)]
    return sum(rate * span for rate, span in zip(curve.rates, spans, strict=True))
