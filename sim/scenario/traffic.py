"""How requests arrive: six kinds of traffic, each a curve of requests per second over time.

Time 0 is the start of the measured window; a curve also answers for the warm-up before it.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from itertools import pairwise
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, model_validator

from sim.i18n import message
from sim.model.behaviour import RateCurve
from sim.model.duration import show_share
from sim.model.unreadable import Unreadable
from sim.scenario.request_class import Classes
from sim.scenario.words import Duration, Factor, Rate, Share, Strict

Steps: TypeAlias = list[tuple[float, float]]

_DIURNAL_STEPS = 1440  # A day in minutes; the error of a step is below 0.25 % of the amplitude.
_MOST_STEPS = 200_000
ROUNDING = 1e-9
_DECIMALS = 6  # Sines differ in their last bit between machines; curves must not.
Arrivals = Literal["poisson", "even"]


class Arriving(Strict):
    """What all kinds of traffic have: the classes of its requests, in shares of one whole."""

    classes: Classes

    @model_validator(mode="after")
    def _classes_are_the_whole(self) -> Arriving:
        total = sum(one.share for one in self.classes.values())
        if self.classes and abs(total - 1.0) > ROUNDING:
            raise Unreadable(
                message(
                    "the shares of {name} add up to {total}",
                    name="classes",
                    total=show_share(total),
                ),
                message("100 % in all"),
            )
        return self


class Constant(Arriving):
    """Evenly spaced requests."""

    kind: Literal["constant"]
    rate: Rate = 50.0

    def steps(self, start: float, end: float) -> Steps:
        """(time, rate) pairs; each rate holds until the next."""
        return [(start, self.rate)]


class Poisson(Arriving):
    """Independent requests at a constant rate, as from many users who do not know each other."""

    kind: Literal["poisson"] = "poisson"
    rate: Rate = 50.0

    def steps(self, start: float, end: float) -> Steps:
        """(time, rate) pairs; each rate holds until the next."""
        return [(start, self.rate)]


class Point(Strict):
    """From *at* on the rate is *rate*."""

    at: Duration
    rate: Rate


class Piecewise(Arriving):
    """Rates by hand; the first also holds during the warm-up, the last to the end."""

    kind: Literal["piecewise"]
    points: Annotated[list[Point], Field(min_length=1, max_length=1000)]
    arrivals: Arrivals = "poisson"

    @model_validator(mode="after")
    def _forward(self) -> Piecewise:
        times = [point.at for point in self.points]
        if any(later <= earlier for earlier, later in pairwise(times)):
            raise Unreadable(
                message("the points must follow each other in time"),
                message("each `at` later than the one before"),
            )
        return self

    def steps(self, start: float, end: float) -> Steps:
        """(time, rate) pairs; each rate holds until the next."""
        points = [(point.at, point.rate) for point in self.points]
        return _from(start, [(-math.inf, points[0][1]), *points])


class Diurnal(Arriving):
    """A day and a night: a sine around *rate* with its peak at *peak_at*."""

    kind: Literal["diurnal"]
    rate: Rate = 50.0
    amplitude: Share = 0.5
    period: Duration = 86400.0
    peak_at: Duration = 0.0

    arrivals: Arrivals = "poisson"

    @model_validator(mode="after")
    def _period(self) -> Diurnal:
        if self.period < 1:
            raise Unreadable(message("period is too short"), message("at least 1s"))
        return self

    def steps(self, start: float, end: float) -> Steps:
        """(time, rate) pairs; each rate holds until the next."""
        width = max(self.period / _DIURNAL_STEPS, (end - start) / _MOST_STEPS)
        count = max(1, math.ceil((end - start) / width))
        return [(start + i * width, self._at(start + (i + 0.5) * width)) for i in range(count)]

    def _at(self, time: float) -> float:
        angle = 2 * math.pi * ((time - self.peak_at) % self.period) / self.period
        return round(self.rate * (1 + self.amplitude * math.cos(angle)), _DECIMALS)


class Burst(Arriving):
    """A base rate, and *factor* times as much for *length* from *at* on, again *every* so often."""

    kind: Literal["burst"]
    rate: Rate = 50.0
    factor: Factor = 3.0
    at: Duration = 60.0
    length: Duration = 30.0
    every: Duration | None = None
    arrivals: Arrivals = "poisson"

    @model_validator(mode="after")
    def _apart(self) -> Burst:
        if self.length <= 0:
            raise Unreadable(message("length must be longer than nothing"), message("such as 30s"))
        if self.every is not None and self.every <= self.length:
            raise Unreadable(
                message("bursts would overlap"), message("`every` must be longer than `length`")
            )
        return self

    def steps(self, start: float, end: float) -> Steps:
        """(time, rate) pairs; each rate holds until the next."""
        steps = [(-math.inf, self.rate)]
        begin = self.at
        while begin < end and len(steps) < _MOST_STEPS:
            steps += [(begin, self.rate * self.factor), (begin + self.length, self.rate)]
            if self.every is None:
                break
            begin += self.every
        return _from(start, steps)


class Csv(Arriving):
    """A recording: counts per interval in a file with the columns timestamp and value.

    *start* is where in the recording the window begins, *speed* how many recorded seconds pass in
    one simulated second, *scale* multiplies all counts. A rate is count x scale ÷ interval; speed
    only says how soon the next row follows.
    """

    kind: Literal["csv"]
    file: str
    scale: Factor = 1.0
    speed: Factor = 1.0
    start: Duration = 0.0
    arrivals: Arrivals = "poisson"

    @model_validator(mode="after")
    def _moves(self) -> Csv:
        if self.speed <= 0:
            raise Unreadable(message("speed must be more than 0x"), message("such as 60x"))
        return self

    def steps_of(self, rows: Steps, start: float) -> Steps:
        """(time, rate) pairs from the recording's own (seconds, requests per second) *rows*."""
        moved = [((at - self.start) / self.speed, rate * self.scale) for at, rate in rows]
        return _from(start, [(-math.inf, moved[0][1]), *moved[1:]])


Traffic: TypeAlias = Constant | Poisson | Piecewise | Diurnal | Burst | Csv


def _from(start: float, steps: Steps) -> Steps:
    """*steps* cut so that the first begins at *start*, with the rate that holds there."""
    first = max(bisect_right(steps, (start, math.inf)) - 1, 0)
    return [(start, steps[first][1]), *steps[first + 1 :]]


def curve(traffic: Traffic, rows: Steps, start: float, end: float) -> RateCurve:
    """*traffic* as requests per second from *start* to *end*; *rows* are the recording of a csv."""
    steps = traffic.steps_of(rows, start) if isinstance(traffic, Csv) else traffic.steps(start, end)
    steps = [step for step in steps if step[0] < end] or steps[:1]
    even = isinstance(traffic, Constant) or getattr(traffic, "arrivals", "poisson") == "even"
    return RateCurve(
        times=tuple(float(time) for time, _ in steps),
        rates=tuple(rate for _, rate in steps),
        end=float(end),
        poisson=not even,
    )
