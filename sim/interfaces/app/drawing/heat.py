"""The latency heat map: when requests were sent, and how long they took, by how many did.

All cells of a shade are one path, and a column is explained as a whole: a rectangle with a sentence
for each cell would make a page of ten strategies heavier than all else together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from math import log

from sim.i18n import translate
from sim.interfaces.app.drawing.colours import Colours
from sim.interfaces.app.drawing.svg import element, picture, text, time_axis, title
from sim.interfaces.app.one_run.recording import HEAT_STEPS_PER_DECADE
from sim.model.objects import JsonObject
from sim.model.time_step import moment_words, unit_of

WIDTH, LEFT, RIGHT, HEIGHT, TOP = 340.0, 52.0, 334.0, 110.0, 4.0
SHADES = 24
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
    found = recorded["heat"]
    low, high = shown
    edges = [
        round(LEFT + (min(max(edge, low), high) - low) / (high - low) * (RIGHT - LEFT), 1)
        for edge in found["edges"]
    ]
    columns: defaultdict[int, dict[int, int]] = defaultdict(dict)
    for column, row, count in found["cells"]:
        columns[column][row] = count
    unit = unit_of(shown)
    made = [*_shades(columns, edges, most, rows, colours)]
    made += _explained(columns, edges, found["edges"], language)
    made += _decades(rows, colours)
    made.append(time_axis(shown, LEFT, RIGHT, TOP + HEIGHT, colours, unit.seconds))
    name = translate(
        language,
        "{strategy}: how long requests took, over time",
        strategy=recorded["strategy"] or translate(language, "no release"),
    )
    return picture("".join(made), WIDTH, HEIGHT + 24, name)


def _shades(
    columns: Mapping[int, Mapping[int, int]],
    edges: list[float],
    most: int,
    rows: int,
    colours: Colours,
) -> Iterator[str]:
    """A path for each shade: the more requests, the stronger."""
    height = round(HEIGHT / rows, 2)
    shades: defaultdict[int, list[str]] = defaultdict(list)
    for column, cells in columns.items():
        width = round(edges[column + 1] - edges[column], 1)
        for row, count in cells.items():
            y = TOP + HEIGHT - (row + 1) * HEIGHT / rows
            shade = round(SHADES * log(1 + count) / log(1 + max(most, 1)))
            corner = f"M{edges[column]:g} {y:.2f}"
            shades[shade].append(f"{corner}h{width:g}v{height:g}h-{width:g}z")
    for shade, drawn in sorted(shades.items()):
        strength = 0.15 + 0.85 * shade / SHADES
        yield element(
            "path",
            d="".join(drawn),
            fill=colours.version(0),
            fill_opacity=strength,
            shape_rendering="crispEdges",  # No seams between neighbours.
        )


def _explained(
    columns: Mapping[int, Mapping[int, int]],
    edges: list[float],
    moments: list[float],
    language: str,
) -> Iterator[str]:
    """Invisible columns that say the numbers of all their cells under the pointer."""
    for column, cells in columns.items():
        words = translate(
            language,
            "requests of {start} to {end}, by milliseconds:",
            start=moment_words(moments[column]),
            end=moment_words(moments[column + 1]),
        )
        lines = [f"{_ms(row)}–{_ms(row + 1)}: {n:,}" for row, n in sorted(cells.items())]
        yield element(
            "rect",
            title("\n".join([words, *reversed(lines)])),
            x=edges[column],
            y=TOP,
            width=edges[column + 1] - edges[column],
            height=HEIGHT,
            fill="transparent",
        )


def _ms(row: int) -> str:
    return f"{10 ** (row / HEAT_STEPS_PER_DECADE):.3g}"


def _decades(rows: int, colours: Colours) -> Iterator[str]:
    for decade, label in _DECADES:
        if decade * HEAT_STEPS_PER_DECADE <= rows:
            y = TOP + HEIGHT - decade * HEAT_STEPS_PER_DECADE * HEIGHT / rows
            yield text(label, x=LEFT - 4, y=y + 3, font_size=9, fill=colours.ink, text_anchor="end")
