"""The plan as bars on a time axis: strategies above, faults below."""

from __future__ import annotations

from sim.i18n import translate
from sim.interfaces.app.drawing.colours import Colours
from sim.interfaces.app.drawing.svg import element, patterns, picture, text, time_axis, title
from sim.model.objects import JsonObject

WIDTH, LEFT, RIGHT, ROW, BAR = 420.0, 8.0, 412.0, 36.0, 14.0
LEAST_SECONDS, ROOM = 60.0, 1.02


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
        made.append(
            text(one["name"], x=LEFT, y=y + 11, font_size=11, fill=colours.ink, font_weight="bold")
        )
        told = _told(one["bars"], language)
        made.append(
            text(told, x=RIGHT, y=y + 11, font_size=10, fill=colours.ink, text_anchor="end")
        )
        made += [
            _bar(bar, (first, last), y + 15, is_fault, colours, language) for bar in one["bars"]
        ]
        made.append(_zero(LEFT - first / (last - first) * (RIGHT - LEFT), y + 13, colours))
    bottom = 8 + len(rows) * ROW
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


def _told(bars: list[JsonObject], language: str) -> str:
    """All that the bars of a row say: one sentence, or the steps in their order."""
    words = [bar["text"][language] for bar in bars]
    if len(words) == 1:
        return str(words[0])
    shares, ends = zip(*(word.partition("%")[::2] for word in words), strict=True)
    if len(set(ends)) > 1:
        return ", ".join(words)
    return " → ".join(f"{share}%" for share in shares) + str(ends[0])


def _zero(x: float, top: float, colours: Colours) -> str:
    """The first write, beside the bars of one row: not through the words above them."""
    return element(
        "line",
        x1=x,
        x2=x,
        y1=top,
        y2=top + BAR + 4,
        stroke=colours.ink,
        stroke_width=1.1,
        stroke_dasharray="4 3",
    )


def _bar(
    bar: JsonObject,
    shown: tuple[float, float],
    y: float,
    is_fault: bool,
    colours: Colours,
    language: str,
) -> str:
    """A bar that says itself what it is; one without an end runs out of the picture."""
    first, last = shown
    x = LEFT + (bar["start"] - first) / (last - first) * (RIGHT - LEFT)
    end = last if bar["end"] is None else bar["end"]
    width = max((end - first) / (last - first) * (RIGHT - LEFT) + LEFT - x, 2.0)
    seconds = "" if bar["end"] is None else f", {bar['end'] - bar['start']:g} s"
    return element(
        "rect",
        title(bar["text"][language] + seconds),
        x=x,
        y=y,
        width=width,
        height=BAR,
        fill="url(#planfailed)" if is_fault else colours.version(1),
        stroke=colours.paper,
    )
