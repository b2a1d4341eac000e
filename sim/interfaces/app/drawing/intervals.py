"""One experiment as it grows: the difference at each look, with two intervals of 95 %.

The one is meant for a single look, the other holds at all of them together. A look whose interval
leaves out 0 is a finding, and drawn thick.
"""

from __future__ import annotations

from sim.i18n import translate
from sim.interfaces.app.drawing.colours import Colours
from sim.interfaces.app.drawing.svg import element, picture, text, ticks, title
from sim.model.objects import JsonObject

WIDTH, LEFT, RIGHT, TOP, BOTTOM = 460.0, 44.0, 440.0, 28.0, 214.0
APART = 3.0  # The two intervals of a look stand beside each other.


def intervals_picture(
    one: JsonObject,
    users: list[int],
    colours: Colours,
    language: str,
    *,
    truth: float = 0.0,
    axis: str | None = None,
) -> str:
    """*one* experiment at its looks, after so many *users*; *truth* is the difference behind it."""
    most = _most(one)

    def x(n: float) -> float:
        return LEFT + n / users[-1] * (RIGHT - LEFT)

    def y(gap: float) -> float:
        return (TOP + BOTTOM) / 2 - min(max(gap / most, -1.0), 1.0) * (BOTTOM - TOP) / 2

    made = [_word(translate(language, "difference of B to A (points)"), 2, 12, colours, "start")]
    for tick in ticks(-most, most, 6):
        width = 1.4 if abs(tick) < 1e-9 else 0.4
        made.append(_line(LEFT, RIGHT, y(tick), y(tick), colours.faint, width))
        made.append(
            _word(f"{100 * tick:+.3g}" if width < 1 else "0", LEFT - 5, y(tick) + 4, colours, "end")
        )
    for tick in ticks(0.0, float(users[-1]), 4):
        made.append(_word(f"{tick:,.0f}", x(tick), BOTTOM + 18, colours, "middle"))
    made.append(_line(LEFT, RIGHT, y(truth), y(truth), colours.ink, 1.2, "1 3"))
    for look, n in enumerate(users):
        for key, side, dashes in (("valid", APART, "4 2"), ("once", -APART, None)):
            low, high = one[key]["low"][look], one[key]["high"][look]
            found = low > 0 or high < 0
            colour = colours.failed if found else colours.version(0)
            at = x(n) + side
            bar = _line(at, at, y(low), y(high), colour, 3.4 if found else 1.8, dashes)
            words = f"{n:,}: {100 * low:+.2f} … {100 * high:+.2f}"
            made.append(element("g", title(words) + bar))
        made.append(element("circle", cx=x(n), cy=y(one["gap"][look]), r=2.6, fill=colours.ink))
    axis = axis or translate(language, "users of each group so far")
    made.append(_word(axis, (LEFT + RIGHT) / 2, BOTTOM + 36, colours, "middle"))
    name = translate(language, "one experiment: the difference and its intervals at each look")
    return picture("".join(made), WIDTH, BOTTOM + 44, name)


def _most(one: JsonObject) -> float:
    """How far the picture goes: as far as the widest interval of one look."""
    return 1.08 * float(max(abs(gap) for end in ("low", "high") for gap in one["once"][end]))


def _line(
    x1: float,
    x2: float,
    y1: float,
    y2: float,
    colour: str,
    width: float,
    dashes: str | None = None,
) -> str:
    return element(
        "line",
        x1=x1,
        x2=x2,
        y1=y1,
        y2=y2,
        stroke=colour,
        stroke_width=width,
        stroke_dasharray=dashes,
    )


def _word(words: str, x: float, y: float, colours: Colours, anchor: str) -> str:
    return text(words, x=x, y=y, font_size=11, fill=colours.ink, text_anchor=anchor)
