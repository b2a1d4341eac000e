"""The tornado of a study: what matters most for harm on top, each bar about its own mean."""

from __future__ import annotations

from collections.abc import Sequence

from sim.i18n import translate
from sim.interfaces.app.drawing.colours import Colours
from sim.interfaces.app.drawing.harm import compact
from sim.interfaces.app.drawing.svg import element, patterns, text, ticks, title
from sim.interfaces.app.study.harm import Swing
from sim.interfaces.app.study.harm_words import figure_label, swing_name
from sim.interfaces.numbers import shown_estimate

WIDTH, LEFT, RIGHT = 360.0, 8.0, 350.0
ROW, BAR, TOP, FOOT = 50.0, 15.0, 6.0, 38.0


def height_of(swings: Sequence[Swing]) -> float:
    """How high the picture is."""
    return TOP + ROW * len(swings) + FOOT


def tornado(swings: Sequence[Swing], figure: str, colours: Colours, language: str) -> str:
    """Bars from the mean at the least level to that at the worst; hatched ones may be chance."""
    most = 1.04 * max(*(one.high for one in swings), 1e-9)

    def x(value: float) -> float:
        return LEFT + value / most * (RIGHT - LEFT)

    bottom = TOP + ROW * len(swings)
    made = [patterns(colours, "tornado")]
    for tick in ticks(0.0, most, 5):
        made.append(_line(x(tick), bottom - 2, bottom + 3, colours.ink, 0.8))
        made.append(_text(compact(tick), x(tick), bottom + 14, colours.ink, "middle"))
    for place, one in enumerate(swings):
        y = TOP + place * ROW
        made.append(_bar(one, y, x(one.low), x(one.high), colours, language))
        made.append(_line(x(one.middle), y + 30, y + 48, colours.paper, 3.2))
        made.append(_line(x(one.middle), y + 30, y + 48, colours.failed, 1.6, "4 2"))
    made.append(_line(LEFT, bottom, bottom, colours.ink, 0.8, right=RIGHT))
    label = translate(
        language,
        "{figure}, mean of a run; dashed: mean over all levels",
        figure=figure_label(figure),
    )
    made.append(_text(label, (LEFT + RIGHT) / 2, bottom + 31, colours.ink, "middle"))
    return "".join(made)


def _bar(one: Swing, y: float, low: float, high: float, colours: Colours, language: str) -> str:
    """Its words above it: what varies, and where harm is least and most."""
    name = swing_name(one.what, language)
    ends = translate(
        language,
        "{low_at}: {low} → {high_at}: {high}",
        low_at=one.low_at,
        low=compact(one.low),
        high_at=one.high_at,
        high=compact(one.high),
    )
    if one.low == one.high:
        ends = translate(language, "no difference: {value} at every level", value=compact(one.low))
    words = translate(
        language,
        "{name}: {swing} more at {high_at} than at {low_at}",
        name=name,
        swing=shown_estimate(one.swing, 1.0, language),
        high_at=one.high_at,
        low_at=one.low_at,
    )
    box = element(
        "rect",
        x=low,
        y=y + 30,
        width=max(high - low, 1.5),
        height=BAR,
        fill=colours.version(0) if one.clear else "url(#tornadoterminating0)",
        stroke=colours.ink,
        stroke_width=0.7,
    )
    return element(
        "g",
        title(words)
        + text(name, x=LEFT, y=y + 12, font_size=12, font_weight="bold", fill=colours.ink)
        + text(ends, x=LEFT, y=y + 26, font_size=11, fill=colours.ink)
        + box,
    )


def _line(
    x: float,
    top: float,
    bottom: float,
    stroke: str,
    width: float,
    dashes: str | None = None,
    *,
    right: float | None = None,
) -> str:
    return element(
        "line",
        x1=x,
        x2=x if right is None else right,
        y1=top,
        y2=bottom,
        stroke=stroke,
        stroke_width=width,
        stroke_dasharray=dashes,
    )


def _text(words: str, x: float, y: float, fill: str, anchor: str) -> str:
    return text(words, x=x, y=y, font_size=11, fill=fill, text_anchor=anchor)
