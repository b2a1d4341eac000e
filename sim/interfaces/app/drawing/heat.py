"""The latency heat map: when requests were sent, and how long they took, by how many did."""

from __future__ import annotations

from math import log

from sim.i18n import translate
from sim.interfaces.app.drawing.colours import Colours
from sim.interfaces.app.drawing.svg import element, picture, text, time_axis, title
from sim.interfaces.app.recording import HEAT_SECONDS, HEAT_STEPS_PER_DECADE
from sim.model.objects import JsonObject

WIDTH, LEFT, RIGHT, HEIGHT = 340.0, 52.0, 334.0, 110.0
_DECADES = ((0, "1 ms"), (1, "10 ms"), (2, "100 ms"), (3, "1 s"), (4, "10 s"))


def heat(
    recorded: JsonObject,
    shown: tuple[float, float],
    most: int,
    rows: int,
    colours: Colours,
    language: str,
) -> str:
    """The map of *recorded*; *most* requests in one cell are the darkest, *rows* the highest."""
    low, high = shown
    row_height = HEIGHT / rows
    made = []
    for column, row, count in recorded["heat"]["cells"]:
        start = recorded["heat"]["start"] + column * HEAT_SECONDS
        if start + HEAT_SECONDS <= low or start >= high:
            continue
        x = LEFT + (max(start, low) - low) / (high - low) * (RIGHT - LEFT)
        end = LEFT + (min(start + HEAT_SECONDS, high) - low) / (high - low) * (RIGHT - LEFT)
        words = translate(
            language,
            "{count} requests of {start} s to {end} s took {low} to {high} ms",
            count=f"{count:,}",
            start=f"{start:g}",
            end=f"{start + HEAT_SECONDS:g}",
            low=f"{10 ** (row / HEAT_STEPS_PER_DECADE):.3g}",
            high=f"{10 ** ((row + 1) / HEAT_STEPS_PER_DECADE):.3g}",
        )
        made.append(
            element(
                "rect",
                title(words),
                x=x,
                y=4 + HEIGHT - (row + 1) * row_height,
                width=end - x,
                height=row_height,
                fill=colours.version(0),
                fill_opacity=0.15 + 0.85 * log(1 + count) / log(1 + max(most, 1)),
            )
        )
    for decade, label in _DECADES:
        if decade * HEAT_STEPS_PER_DECADE <= rows:
            y = 4 + HEIGHT - decade * HEAT_STEPS_PER_DECADE * row_height
            made.append(
                text(label, x=LEFT - 4, y=y + 3, font_size=9, fill=colours.ink, text_anchor="end")
            )
    made.append(time_axis(shown, LEFT, RIGHT, 4 + HEIGHT, colours))
    name = translate(
        language,
        "{strategy}: how long requests took, over time",
        strategy=recorded["strategy"] or translate(language, "no release"),
    )
    return picture("".join(made), WIDTH, HEIGHT + 24, name)
