"""Alerts against the truth: what really failed above, a lane for each alert below, on one axis."""

from __future__ import annotations

from collections.abc import Sequence

from sim.i18n import message, translate
from sim.interfaces.app.drawing.colours import Colours
from sim.interfaces.app.drawing.samples import samples, small_print
from sim.interfaces.app.drawing.svg import element, patterns, picture, text, time_axis, title
from sim.model.objects import JsonObject
from sim.model.time_step import grouped, moment_words, unit_of

WIDTH, LEFT, RIGHT = 480.0, 46.0, 470.0
TOP, TRUTH, GAP, ROW, BAR = 20.0, 64.0, 30.0, 34.0, 14.0
FONT = 12
LETTER = 6.6  # How wide a letter of that size is, about.
MOST_LANES, MOST_LETTERS = 12, 58
MOST_COLUMNS, CLOSE = 360, 1.5
_PHASES = {"pending": message("pending"), "firing": message("firing")}

Shown = tuple[float, float]


def alerts_picture(recording: JsonObject, colours: Colours, language: str) -> str:
    """The picture of a run's *recording* (see `tasks.run`) from the window's start to its end."""
    shown = (recording["start"], recording["end"])
    lanes = recording["alerts"]["lanes"][:MOST_LANES]
    bottom = TOP + TRUTH + (GAP + ROW * len(lanes) if lanes else 0.0)
    made = [patterns(colours, "alerts"), _line(_x(0.0, shown), bottom, colours.ink, "4 3")]
    for x in _apart([_x(harm["start"], shown) for harm in recording["alerts"]["harms"]]):
        made.append(_line(x, bottom, colours.failed, "1.5 2.5"))
    made.append(_truth(recording, shown, colours, language))
    for number, lane in enumerate(lanes):
        made.append(_lane(lane, TOP + TRUTH + GAP + ROW * number, shown, colours, language))
    made.append(_delays(recording["alerts"]["harms"], shown, colours, language))
    unit = unit_of(shown)
    made.append(time_axis(shown, LEFT, RIGHT, bottom, colours, unit.seconds))
    words = unit.axis.render(language)
    middle = (LEFT + RIGHT) / 2
    made.append(_said(words, middle, bottom + 30, colours, anchor="middle"))
    name = translate(language, "what really failed, and when each alert was pending and firing")
    return picture("".join(made), WIDTH, bottom + 36, name) + _legend(
        bool(lanes), colours, language
    )


def _legend(told: bool, colours: Colours, language: str) -> str:
    """What the lines stand for, and the bars where any alert was *told* of."""
    boxes = (
        ("url(#alertsterminating3)", colours.ink, message("pending")),
        (colours.failed, colours.failed, message("firing")),
    )
    items = [
        (element("rect", x=1, y=2, width=20, height=10, fill=fill, stroke=stroke), word)
        for fill, stroke, word in (boxes if told else ())
    ]
    for colour, dashes, word in (
        (colours.failed, "1.5 2.5", message("users are first hurt")),
        (colours.ink, "4 3", message("first write")),
    ):
        line = element("line", x1=11, x2=11, y1=0, y2=14, stroke=colour, stroke_dasharray=dashes)
        items.append((line, word))
    return small_print(samples((sample, word.render(language)) for sample, word in items))


def _delays(harms: Sequence[JsonObject], shown: Shown, colours: Colours, language: str) -> str:
    """From each first hurt to the alert for it, with the seconds between where there is room."""
    made, y = [], TOP + TRUTH + GAP - 14
    starts = [_x(harm["start"], shown) for harm in harms]
    for harm, start, after in zip(harms, starts, [*starts[1:], RIGHT], strict=True):
        if harm["delay"] is None:
            continue
        end = _x(harm["start"] + harm["delay"], shown)
        words = translate(language, "detection delay {delay} s", delay=f"{harm['delay']:.1f}")
        path = f"M{start:.1f} {y - 4}v8M{start:.1f} {y}H{end:.1f}M{end:.1f} {y - 4}v8"
        made.append(element("path", title(words), d=path, stroke=colours.ink, fill="none"))
        room = LETTER * sum(1.0 if letter.isascii() else 2.0 for letter in words)
        if end + 6 + room < after:
            made.append(_said(words, end + 6, y + 4, colours))
        elif start - 6 - room > LEFT and len(harms) == 1:
            made.append(_said(words, start - 6, y + 4, colours, anchor="end"))
    return "".join(made)


def _apart(places: Sequence[float]) -> list[float]:
    """Those of the *places*, in order, that do not lie over one that is drawn already."""
    kept: list[float] = []
    for place in places:
        if not kept or place - kept[-1] >= CLOSE:
            kept.append(place)
    return kept


def _x(seconds: float, shown: Shown) -> float:
    low, high = shown
    return LEFT + (min(max(seconds, low), high) - low) / (high - low) * (RIGHT - LEFT)


def _said(words: str, x: float, y: float, colours: Colours, anchor: str = "start") -> str:
    """A line of text; the paper around its letters keeps lines that cross it apart."""
    return text(
        words,
        x=x,
        y=y,
        font_size=FONT,
        fill=colours.ink,
        text_anchor=anchor,
        stroke=colours.paper,
        stroke_width=4,
        paint_order="stroke",
    )


def _truth(recording: JsonObject, shown: Shown, colours: Colours, language: str) -> str:
    """Columns of the true error ratio, each its worst second; the axis ends at the worst of all."""
    shares = recording["shares"]
    worst = max(shares["worst"], default=0.0) or 1.0
    foot = TOP + TRUTH
    made = [
        _said(translate(language, "requests that really failed, %"), LEFT, TOP - 6, colours),
        _said(f"{100 * worst:.3g}", LEFT - 5, TOP + 9, colours, anchor="end"),
        _said("0", LEFT - 5, foot, colours, anchor="end"),
        element("line", x1=LEFT, x2=RIGHT, y1=foot, y2=foot, stroke=colours.faint),
    ]
    for first, after in grouped(len(shares["worst"]), MOST_COLUMNS):
        ratio = max(shares["worst"][first:after])
        start, end = shares["edges"][first], shares["edges"][after]
        if ratio and shown[0] < end and start < shown[1]:
            x = _x(start, shown)
            high = max(TRUTH * ratio / worst, 1.5)
            made.append(
                element(
                    "rect",
                    title(_truth_words(ratio, start, end, language)),
                    x=x,
                    y=foot - high,
                    width=max(_x(end, shown) - x, 1.0),
                    height=high,
                    fill=colours.failed,
                )
            )
    return "".join(made)


def _truth_words(ratio: float, start: float, end: float, language: str) -> str:
    failed = translate(language, "failed {share} %", share=f"{100 * ratio:.1f}")
    if end - start <= 1:
        return translate(language, "second {second}: {shares}", second=f"{start:g}", shares=failed)
    return translate(
        language,
        "{start} to {end}, worst second: {shares}",
        start=moment_words(start),
        end=moment_words(end),
        shares=failed,
    )


def _lane(lane: JsonObject, y: float, shown: Shown, colours: Colours, language: str) -> str:
    """The alert's name above its bars: hatched while it is pending, full while it fires."""
    name = lane["name"] + (f" ({lane['about']})" if lane["about"] else "")
    if len(name) > MOST_LETTERS:
        name = name[: MOST_LETTERS - 1] + "…"
    made = [_said(name, LEFT, y + 11, colours)]
    foot = y + 15 + BAR
    made.append(element("line", x1=LEFT, x2=RIGHT, y1=foot, y2=foot, stroke=colours.faint))
    for phase, start, end in lane["spans"]:
        last = shown[1] if end is None else end
        if start < shown[1] and last > shown[0]:
            made.append(_bar(phase, (start, last), y + 15, shown, colours, language))
    return "".join(made)


def _bar(
    phase: str, when: tuple[float, float], y: float, shown: Shown, colours: Colours, language: str
) -> str:
    x, word = _x(when[0], shown), _PHASES[phase].render(language)
    width = max(_x(when[1], shown) - x, 1.5)
    said = f"{word}: {when[0]:+.1f} s … {when[1]:+.1f} s"
    made = element(
        "rect",
        title(said),
        x=x,
        y=y,
        width=width,
        height=BAR,
        fill=colours.failed if phase == "firing" else "url(#alertsterminating3)",
        stroke=colours.failed if phase == "firing" else colours.ink,
    )
    letters = len(word) * (1.0 if word.isascii() else 2.0)
    if phase == "firing" and width > LETTER * letters + 8:
        made += text(word, x=x + 4, y=y + 11, font_size=FONT, fill=colours.paper)
    return made


def _line(x: float, bottom: float, colour: str, dashes: str) -> str:
    return element(
        "line",
        x1=x,
        x2=x,
        y1=TOP,
        y2=bottom,
        stroke=colour,
        stroke_width=1.2,
        stroke_dasharray=dashes,
    )
