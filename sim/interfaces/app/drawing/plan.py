"""The plan as bars on a time axis: strategies above, faults below."""

from __future__ import annotations

from sim.i18n import Message, message, translate
from sim.interfaces.app.drawing.colours import Colours
from sim.interfaces.app.drawing.svg import element, patterns, picture, text, time_axis, title
from sim.model.duration import show_duration
from sim.model.objects import JsonObject

WIDTH, LEFT, RIGHT, ROW, BAR = 420.0, 8.0, 412.0, 36.0, 14.0
LEAST_SECONDS, ROOM = 60.0, 1.02
LETTER, WIDE_LETTER, GAP = 5.4, 10.0, 12.0  # Of the words beside a name, and of Chinese ones.
NAME_LETTER = 6.8
# Long plans are read in larger units: the seconds of one, and from how many on.
UNITS: tuple[tuple[float, float, Message], ...] = (
    (3600.0, 3 * 3600.0, message("hours since the first write")),
    (60.0, 600.0, message("minutes since the first write")),
    (1.0, 0.0, message("seconds since the first write")),
)


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
        made += _words(one, y + 11, colours, language)
        made += [
            _bar(bar, number % 2, (first, last), y + 15, is_fault, colours, language)
            for number, bar in enumerate(one["bars"])
        ]
        made.append(_zero(LEFT - first / (last - first) * (RIGHT - LEFT), y + 13, colours))
    bottom = 8 + len(rows) * ROW
    unit, _, label = next(one for one in UNITS if last > one[1])
    made.append(time_axis((first / unit, last / unit), LEFT, RIGHT, bottom, colours))
    made.append(
        text(
            label.render(language),
            x=(LEFT + RIGHT) / 2,
            y=bottom + 30,
            font_size=11,
            fill=colours.ink,
            text_anchor="middle",
        )
    )
    name = translate(language, "planned steps and faults over time")
    return picture("".join(made), WIDTH, bottom + 36, name)


def _words(one: JsonObject, y: float, colours: Colours, language: str) -> list[str]:
    """The name of a row, and as much of what its bars say as there is room for."""
    told = _told(one["bars"], language)
    room = RIGHT - LEFT - NAME_LETTER * len(one["name"]) - GAP
    return [
        text(one["name"], x=LEFT, y=y, font_size=11, fill=colours.ink, font_weight="bold"),
        text(_cut(told, room), x=RIGHT, y=y, font_size=10, fill=colours.ink, text_anchor="end"),
    ]


def _cut(words: str, room: float) -> str:
    """*words*, cut off where *room* ends."""
    used = 0.0
    for number, letter in enumerate(words):
        used += WIDE_LETTER if ord(letter) > 0x2E80 else LETTER
        if used > room:
            return words[: max(number - 1, 0)].rstrip() + "…"
    return words


def _told(bars: list[JsonObject], language: str) -> str:
    """All that the bars of a row say: one sentence, or the steps in their order."""
    words = [bar["text"][language] for bar in bars]
    if len(words) == 1:
        return str(words[0])
    shares, signs, ends = zip(*(word.partition("%") for word in words), strict=True)
    if any(bar["short"] for bar in bars) or len(set(ends)) > 1 or not all(signs):
        shorter = (bar["short"] or bar["text"][language] for bar in bars)
        return " → ".join(dict.fromkeys(shorter))
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
    turn: int,
    shown: tuple[float, float],
    y: float,
    is_fault: bool,
    colours: Colours,
    language: str,
) -> str:
    """A bar that says itself what it is; one without an end runs out of the picture.

    Every other one of a row is a little paler, so that a wait is told from its neighbours.
    """
    first, last = shown
    x = LEFT + (bar["start"] - first) / (last - first) * (RIGHT - LEFT)
    end = last if bar["end"] is None else bar["end"]
    width = max((end - first) / (last - first) * (RIGHT - LEFT) + LEFT - x, 2.0)
    lasts = "" if bar["end"] is None else f", {show_duration(bar['end'] - bar['start'])}"
    return element(
        "rect",
        title(bar["text"][language] + lasts),
        x=x,
        y=y,
        width=width,
        height=BAR,
        opacity=0.72 if turn else 1,
        fill="url(#planfailed)" if is_fault else colours.version(1),
        stroke=colours.paper,
    )
