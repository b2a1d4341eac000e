"""Findings over the looks: by an interval meant for one look, and by one for all of them."""

from __future__ import annotations

from sim.i18n import translate
from sim.interfaces.app.drawing.colours import Colours
from sim.interfaces.app.drawing.svg import element, picture, text, ticks, title
from sim.model.objects import JsonObject

WIDTH, LEFT, RIGHT, TOP, BOTTOM = 460.0, 44.0, 316.0, 28.0, 214.0
PROMISED = 0.05
LEAST_SHARE = 0.1
LINE = 13.0  # From one name to the next.


def peeking_picture(found: JsonObject, colours: Colours, language: str) -> str:
    """The share of experiments that have found a difference, be it there or not."""
    users: list[int] = found["users"]
    most = 1.08 * float(max(LEAST_SHARE, *(one["high"] for one in found["once"])))

    def x(n: int) -> float:
        return LEFT + n / users[-1] * (RIGHT - LEFT)

    def y(share: float) -> float:
        return BOTTOM - share / most * (BOTTOM - TOP)

    made = []
    for tick in ticks(0.0, most, 5):
        made.append(_line(LEFT, RIGHT, y(tick), colours.faint, 0.4))
        made.append(_label(f"{100 * tick:.0f} %", LEFT - 5, y(tick) + 4, colours, "end"))
    for tick in ticks(0.0, float(users[-1]), 4):
        made.append(_label(f"{tick:,.0f}", x(int(tick)), BOTTOM + 16, colours, "middle"))
    names = []
    if not found["truth"]:
        made.append(_line(LEFT, RIGHT, y(PROMISED), colours.ink, 1.0, "3 3"))
        names.append((y(PROMISED), translate(language, "promised: 5 %")))
    for key, colour, dashes, name in (
        ("once", colours.failed, None, translate(language, "a look each time")),
        ("valid", colours.version(0), "6 3", translate(language, "always-valid interval")),
    ):
        points = [(x(n), y(one["value"])) for n, one in zip(users, found[key], strict=True)]
        made.append(_curve(points, found[key], colour, dashes))
        names.append((points[-1][1], name))
    made += [_label(name, RIGHT + 6, at + 4, colours, "start") for at, name in _apart(names)]
    above = translate(language, "experiments that have seen a difference by then")
    made.append(_label(above, 2, 12, colours, "start"))
    axis = translate(language, "users of each group so far")
    made.append(_label(axis, (LEFT + RIGHT) / 2, BOTTOM + 34, colours, "middle"))
    name = translate(language, "share of experiments that have found a difference, over the looks")
    return picture("".join(made), WIDTH, BOTTOM + 42, name)


def _curve(
    points: list[tuple[float, float]], shares: list[JsonObject], colour: str, dashes: str | None
) -> str:
    """A line through *points*, each with its share and interval under the pointer."""
    path = "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in points)
    line = element(
        "path", d=path, fill="none", stroke=colour, stroke_width=2, stroke_dasharray=dashes
    )
    dots = []
    for (a, b), one in zip(points, shares, strict=True):
        words = f"{100 * one['value']:.1f} % ({100 * one['low']:.1f}–{100 * one['high']:.1f})"
        dots.append(element("circle", title(words), cx=a, cy=b, r=3, fill=colour))
    return line + "".join(dots)


def _apart(names: list[tuple[float, str]]) -> list[tuple[float, str]]:
    """*names* at their heights, moved up where they would lie on each other."""
    placed: list[tuple[float, str]] = []
    for at, name in sorted(names, reverse=True):
        placed.append((min(at, placed[-1][0] - LINE) if placed else at, name))
    return placed


def _line(
    x1: float, x2: float, y: float, colour: str, width: float, dashes: str | None = None
) -> str:
    return element(
        "line", x1=x1, x2=x2, y1=y, y2=y, stroke=colour, stroke_width=width, stroke_dasharray=dashes
    )


def _label(words: str, x: float, y: float, colours: Colours, anchor: str) -> str:
    return text(words, x=x, y=y, font_size=11, fill=colours.ink, text_anchor=anchor)
