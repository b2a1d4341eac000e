"""What each strategy spares against what it costs: a point each, with whiskers, named beside it.

Filled circles are on the Pareto front; of a hollow square another strategy is better for sure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from sim.i18n import translate
from sim.interfaces.app.drawing.colours import Colours
from sim.interfaces.app.drawing.labels import Label, labels
from sim.interfaces.app.drawing.samples import samples, small_print
from sim.interfaces.app.drawing.scales import Scale, scale_over
from sim.interfaces.app.drawing.svg import element, picture, text, title

WIDTH, LEFT, RIGHT, TOP, BOTTOM = 340.0, 46.0, 332.0, 24.0, 236.0
LETTERS, ROOM = 10.5, 0.12
FEW_FAILED, FEW_COST = 10.0, 1.0  # From ten failed requests on, a factor says more than a distance.


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A mean and the ends of its interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One strategy: its *cost* along, what it *failed* up, and both in *words*."""

    strategy: str
    cost: Measured
    failed: Measured
    on_front: bool
    words: str


def trade_off(
    points: Sequence[Point], cost: str, failed: str, colours: Colours, language: str
) -> str:
    """The picture of *points*; *cost* and *failed* name the axes with their units."""
    ends = chain.from_iterable((one.cost.low, one.cost.high) for one in points)
    along = _straight(list(ends))
    up = scale_over([max(one.failed.high, 0.0) for one in points], FEW_FAILED)
    at = [(_x(along, one.cost.value), _y(up, one.failed.value)) for one in points]
    area = (LEFT + 2, TOP - 4, WIDTH, BOTTOM - 3)
    named = labels(at, [one.strategy for one in points], area, LETTERS)
    made = [*_grid(along, up, colours), *_names(cost, failed, up, colours, language)]
    made += [_whiskers(one, along, up, colours) for one in points]
    for one, place, label in zip(points, at, named, strict=True):
        made.append(_marked(one, place, label, colours))
    name = translate(language, "{failed} against {cost}", failed=failed, cost=cost) + "".join(
        f"; {one.words}" for one in points
    )
    return picture("".join(made), WIDTH, BOTTOM + 36, name)


def key(colours: Colours, language: str) -> str:
    """What the marks stand for."""
    line = {"stroke": colours.ink, "stroke_width": 1}
    whisker = element("line", x1=2, x2=20, y1=7, y2=7, **line) + element(
        "line", x1=11, x2=11, y1=1, y2=13, **line
    )
    items = (
        (_mark(11, 7, colours, on_front=True), translate(language, "on the Pareto front")),
        (
            _mark(11, 7, colours, on_front=False),
            translate(language, "another is better for sure"),
        ),
        (whisker, translate(language, "95 % intervals of the means")),
    )
    return small_print(samples(items))


def _straight(values: Sequence[float]) -> Scale:
    low, high = min(0.0, *values), max(0.0, *values)
    edge = ROOM * ((high - low) or FEW_COST)
    return Scale(low=low - (edge if low < 0 else 0.0), high=high + edge)


def _x(along: Scale, value: float) -> float:
    return LEFT + along.at(value) * (RIGHT - LEFT)


def _y(up: Scale, value: float) -> float:
    return BOTTOM - up.at(value) * (BOTTOM - TOP)


def _grid(along: Scale, up: Scale, colours: Colours) -> list[str]:
    made = []
    for mark in up.marks(5):
        y = _y(up, mark)
        made.append(_line((LEFT, y), (RIGHT, y), colours.faint, 0.4))
        made.append(_word(f"{mark:,.6g}", LEFT - 4, y + 3.5, colours, "end"))
    for mark in along.marks(5):
        x = _x(along, mark)
        made.append(_line((x, BOTTOM), (x, BOTTOM + 3), colours.ink, 0.7))
        made.append(_word(f"{mark:,.6g}", x, BOTTOM + 14, colours, "middle"))
    zero = _x(along, 0.0)
    if along.low < 0:
        made.append(_line((zero, TOP), (zero, BOTTOM), colours.ink, 0.8, "4 3"))
    made.append(_line((LEFT, BOTTOM), (RIGHT, BOTTOM), colours.ink, 0.7))
    return made


def _names(cost: str, failed: str, up: Scale, colours: Colours, language: str) -> list[str]:
    over = failed
    if up.knee is not None:
        over = translate(
            language,
            "{name} (logarithmic from {knee} on)",
            name=failed,
            knee=f"{up.knee:g}",
        )
    return [
        _word(over, 4, 11, colours, "start"),
        _word(cost, (LEFT + RIGHT) / 2, BOTTOM + 30, colours, "middle"),
    ]


def _whiskers(one: Point, along: Scale, up: Scale, colours: Colours) -> str:
    x, y = _x(along, one.cost.value), _y(up, one.failed.value)
    across = _line((_x(along, one.cost.low), y), (_x(along, one.cost.high), y), colours.ink, 1.0)
    upright = _line((x, _y(up, one.failed.low)), (x, _y(up, one.failed.high)), colours.ink, 1.0)
    return across + upright


def _marked(one: Point, place: tuple[float, float], label: Label, colours: Colours) -> str:
    x, y = place
    left, _, right, _ = label.box
    lead = ""
    if label.led:
        end = (min(max(x, left), right), label.y - 0.35 * LETTERS)
        lead = _line(place, end, colours.faint, 0.7)
    words = text(
        label.words,
        x=label.x,
        y=label.y,
        font_size=LETTERS,
        fill=colours.ink,
        stroke=colours.paper,
        stroke_width=3,
        stroke_linejoin="round",
        style="paint-order:stroke",
    )
    return element(
        "g", title(one.words) + lead + words + _mark(x, y, colours, on_front=one.on_front)
    )


def _mark(x: float, y: float, colours: Colours, *, on_front: bool) -> str:
    line = {"stroke": colours.version(0), "stroke_width": 1.6}
    if on_front:
        return element("circle", cx=x, cy=y, r=4.5, fill=colours.version(0), **line)
    return element("rect", x=x - 4, y=y - 4, width=8, height=8, fill=colours.paper, **line)


def _line(
    start: tuple[float, float],
    end: tuple[float, float],
    stroke: str,
    width: float,
    dashes: str | None = None,
) -> str:
    (x1, y1), (x2, y2) = start, end
    return element(
        "line", x1=x1, x2=x2, y1=y1, y2=y2, stroke=stroke, stroke_width=width,
        stroke_dasharray=dashes,
    )  # fmt: skip


def _word(words: str, x: float, y: float, colours: Colours, anchor: str) -> str:
    return text(words, x=x, y=y, font_size=LETTERS, fill=colours.ink, text_anchor=anchor)
