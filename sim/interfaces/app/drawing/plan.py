"""The plan as bars on a time axis: strategies above, faults below."""

from __future__ import annotations

from sim.i18n import translate
from sim.interfaces.app.drawing.colours import Colours
from sim.interfaces.app.drawing.svg import element, patterns, picture, text, time_axis, title
from sim.model.objects import JsonObject

WIDTH, LEFT, RIGHT, ROW = 700.0, 190.0, 690.0, 24.0
LEAST_SECONDS, ROOM = 60.0, 1.1


def plan_picture(plan: JsonObject, colours: Colours, language: str) -> str:
    """One row for each strategy that waits on purpose and each fault; empty without any."""
    rows = [*((one, False) for one in plan["strategies"]), *((one, True) for one in plan["faults"])]
    if not rows:
        return ""
    bars = [bar for one, _ in rows for bar in one["bars"]]
    first = min(0.0, *(bar["start"] for bar in bars))
    last = max(LEAST_SECONDS, *(bar["end"] or bar["start"] for bar in bars)) * ROOM
    made = [patterns(colours, "plan")]
    for number, (one, is_fault) in enumerate(rows):
        y = 4 + number * ROW
        name = one["name"] if len(one["name"]) <= 30 else one["name"][:29] + "…"
        made.append(
            text(name, x=LEFT - 8, y=y + 15, font_size=11, fill=colours.ink, text_anchor="end")
        )
        for bar in one["bars"]:
            made.append(_bar(bar, (first, last), y, is_fault, colours, language))
    bottom = 4 + len(rows) * ROW
    zero = LEFT + (0.0 - first) / (last - first) * (RIGHT - LEFT)
    made.append(
        element(
            "line",
            x1=zero,
            x2=zero,
            y1=2,
            y2=bottom,
            stroke=colours.ink,
            stroke_width=1.1,
            stroke_dasharray="4 3",
        )
    )
    made.append(time_axis((first, last), LEFT, RIGHT, bottom, colours))
    made.append(
        text(
            translate(language, "seconds since the first write"),
            x=(LEFT + RIGHT) / 2,
            y=bottom + 30,
            font_size=11,
            fill=colours.ink,
            text_anchor="middle",
        )
    )
    name = translate(language, "planned steps and faults over time")
    return picture("".join(made), WIDTH, bottom + 36, name)


def _bar(
    bar: JsonObject,
    shown: tuple[float, float],
    y: float,
    is_fault: bool,
    colours: Colours,
    language: str,
) -> str:
    """A bar with its words where they fit; one without an end runs out of the picture."""
    first, last = shown
    x = LEFT + (bar["start"] - first) / (last - first) * (RIGHT - LEFT)
    end = last if bar["end"] is None else bar["end"]
    width = max((end - first) / (last - first) * (RIGHT - LEFT) + LEFT - x, 2.0)
    words = bar["text"][language]
    made = element(
        "rect",
        title(words),
        x=x,
        y=y + 3,
        width=width,
        height=ROW - 6,
        fill="url(#planfailed)" if is_fault else colours.version(1),
        stroke=colours.paper,
    )
    short = words.split(" ")[0] + " %" if words[:1].isdigit() else words
    if not is_fault and width > 7 * len(short):
        made += text(short, x=x + 5, y=y + 16, font_size=10, fill="#111111")
    return made
