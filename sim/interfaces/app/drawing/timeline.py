"""The timeline of one strategy: a lane for each pod above what became of the traffic."""

from __future__ import annotations

from sim.analysis.palette import version_word
from sim.i18n import message, translate
from sim.interfaces.app.drawing.colours import Colours
from sim.interfaces.app.drawing.svg import element, patterns, picture, text, time_axis, title
from sim.interfaces.app.drawing.traffic import TRAFFIC, Place, traffic
from sim.model.objects import JsonObject
from sim.model.time_step import moment_words, unit_of

WIDTH, LEFT, RIGHT = 340.0, 62.0, 334.0
LANE, MOST_LANES_HEIGHT = 11.0, 300.0
NAMED_LANES = 30
PHASES = {
    "pending": message("pending"),
    "starting": message("starting"),
    "ready": message("ready"),
    "unready": message("unready"),
    "terminating": message("terminating"),
}

Shown = tuple[float, float]


def timeline(
    recorded: JsonObject, shown: Shown, tallest: int, colours: Colours, language: str, prefix: str
) -> str:
    """The picture of *recorded* (see `recording`); *shown* is in seconds from the first write.

    *tallest* lanes leave room for the strategy with the most pods; *prefix* keeps the patterns of
    several pictures apart.
    """
    lane = min(LANE, MOST_LANES_HEIGHT / max(tallest, 1))
    bottom = 4 + lane * tallest
    top = bottom + 10
    content = patterns(colours, prefix)
    content += _lanes(recorded, shown, lane, colours, language, prefix)
    content += traffic(recorded, Place(shown, LEFT, RIGHT, top), colours, language, prefix)
    content += _moments(recorded, shown, top + TRAFFIC, colours)
    unit = unit_of(shown)
    content += time_axis(shown, LEFT, RIGHT, top + TRAFFIC, colours, unit.seconds)
    content += text(
        unit.axis.render(language),
        x=(LEFT + RIGHT) / 2,
        y=top + TRAFFIC + 29,
        font_size=10,
        fill=colours.ink,
        text_anchor="middle",
    )
    name = translate(
        language,
        "{strategy}: pods and requests over time, {lost} of {all} requests failed",
        strategy=recorded["strategy"] or translate(language, "no release"),
        lost=f"{recorded['lost']:,}",
        all=f"{recorded['sent']:,}",
    )
    return picture(content, WIDTH, top + TRAFFIC + 34, name)


def _x(seconds: float, shown: Shown) -> float:
    low, high = shown
    return LEFT + (min(max(seconds, low), high) - low) / (high - low) * (RIGHT - LEFT)


def _lanes(
    recorded: JsonObject, shown: Shown, lane: float, colours: Colours, language: str, prefix: str
) -> str:
    made = []
    for row, one in enumerate(recorded["lanes"]):
        y, number = 4 + row * lane, one["version"]
        word = version_word(recorded["versions"][number], language)
        if len(recorded["lanes"]) <= NAMED_LANES:
            short = one["pod"].rsplit("-", 1)[-1]
            made.append(
                text(
                    f"{word} {short}",
                    x=LEFT - 4,
                    y=y + lane * 0.75,
                    font_size=min(8.5, lane * 0.85),
                    fill=colours.ink,
                    text_anchor="end",
                )
            )
        for phase, start, end in one["spans"]:
            last = shown[1] if end is None else end
            if start >= shown[1] or last <= shown[0]:
                continue
            where = (_x(start, shown), _x(last, shown), y, lane)
            said = _said(phase, (start, last), one["pod"], word, language)
            made.append(_bar(phase, number, where, colours, prefix, said))
    return "".join(made)


def _said(phase: str, when: tuple[float, float], pod: str, word: str, language: str) -> str:
    return title(
        translate(
            language,
            "{pod} ({version}): {phase} from {start} to {end}",
            pod=pod,
            version=word,
            phase=PHASES[phase],
            start=moment_words(round(when[0], 1)),
            end=moment_words(round(when[1], 1)),
        )
    )


def _bar(
    phase: str,
    number: int,
    where: tuple[float, float, float, float],
    colours: Colours,
    prefix: str,
    said: str,
) -> str:
    """Filled when ready, patterned or empty otherwise."""
    x, end, y, lane = where
    colour = colours.version(number)
    fill = colour if phase == "ready" else f"url(#{prefix}{phase}{min(number, 2)})"
    return element(
        "rect",
        said,
        x=x,
        y=y + lane * 0.1,
        width=max(end - x, 0.4),
        height=lane * 0.8,
        fill="none" if phase == "pending" else fill,
        stroke=colour,
        stroke_width=0.6,
        stroke_dasharray="2 1.5" if phase == "pending" else None,
    )


def _moments(recorded: JsonObject, shown: Shown, bottom: float, colours: Colours) -> str:
    """Dashed where the release was written, solid where only its pods were left."""
    if recorded["strategy"] is None:
        return ""
    made = [_line(_x(0.0, shown), bottom, colours, "4 3")]
    if recorded["settled"] is not None and recorded["settled"] < shown[1]:
        made.append(_line(_x(recorded["settled"], shown), bottom, colours, None))
    return "".join(made)


def _line(x: float, bottom: float, colours: Colours, dashes: str | None) -> str:
    return element(
        "line",
        x1=x,
        x2=x,
        y1=2,
        y2=bottom,
        stroke=colours.ink,
        stroke_width=1.1,
        stroke_dasharray=dashes,
    )
