"""The error budget over time: what each strategy has burned of it by every second."""

from __future__ import annotations

from collections.abc import Sequence

from sim.i18n import translate
from sim.interfaces.app.drawing.colours import Colours
from sim.interfaces.app.drawing.svg import element, picture, text, ticks, time_axis
from sim.model.objects import JsonObject
from sim.model.time_step import unit_of

WIDTH, LEFT, RIGHT, HEIGHT = 460.0, 58.0, 284.0, 150.0
_DASHES = (None, "6 3", "2 2", "8 3 2 3", "1 3", "10 4")


def budget(
    recorded: Sequence[JsonObject], shown: tuple[float, float], colours: Colours, language: str
) -> str:
    """One line for each of *recorded*, its name at its end; 100 % is the whole budget."""
    ends = [one["budget"][-1] for one in recorded]
    highest = max(1.0, *(max(one["budget"]) for one in recorded))
    low = min(0.0, *(min(one["budget"]) for one in recorded))
    made = []
    for tick in ticks(low, highest, 4):
        y = _y(tick, low, highest)
        made.append(
            element(
                "line",
                x1=LEFT,
                x2=RIGHT,
                y1=y,
                y2=y,
                stroke=colours.faint,
                stroke_width=1.4 if tick == 1.0 else 0.4,
            )
        )
        made.append(
            text(
                f"{100 * tick:,.0f} %",
                x=LEFT - 5,
                y=y + 4,
                font_size=11,
                fill=colours.ink,
                text_anchor="end",
            )
        )
    places = _apart([_y(end, low, highest) for end in ends])
    for number, one in enumerate(recorded):
        made.append(
            element(
                "path",
                d=_path(one, shown, low, highest),
                fill="none",
                stroke=colours.ink if number else colours.failed,
                stroke_width=2,
                stroke_dasharray=_DASHES[number % len(_DASHES)],
            )
        )
        label = f"{one['strategy']} {100 * ends[number]:,.0f} %"
        made.append(text(label, x=RIGHT + 6, y=places[number] + 4, font_size=11, fill=colours.ink))
    unit = unit_of(shown)
    made.append(time_axis(shown, LEFT, RIGHT, 6 + HEIGHT, colours, unit.seconds))
    made.append(
        text(
            unit.axis.render(language),
            x=(LEFT + RIGHT) / 2,
            y=HEIGHT + 36,
            font_size=11,
            fill=colours.ink,
            text_anchor="middle",
        )
    )
    name = (
        translate(language, "error budget burned over time")
        + ": "
        + ", ".join(
            f"{one['strategy']} {100 * end:,.0f} %" for one, end in zip(recorded, ends, strict=True)
        )
    )
    return picture("".join(made), WIDTH, HEIGHT + 42, name)


def _y(share: float, low: float, high: float) -> float:
    return 6 + HEIGHT * (1 - (share - low) / (high - low))


def _path(one: JsonObject, shown: tuple[float, float], low: float, high: float) -> str:
    points, before = [], 0.0
    for second, burned in zip(one["seconds"], one["budget"], strict=True):
        if shown[0] <= second + 1 <= shown[1]:
            x = LEFT + (second + 1 - shown[0]) / (shown[1] - shown[0]) * (RIGHT - LEFT)
            points += [
                f"{x:.1f} {_y(before, low, high):.1f}",
                f"{x:.1f} {_y(burned, low, high):.1f}",
            ]
        before = burned
    return "M" + "L".join(points) if points else ""


def _apart(places: list[float], least: float = 13.0) -> list[float]:
    """The same places, moved down where two labels would lie over each other."""
    moved = list(places)
    last = -1e9
    for n in sorted(range(len(places)), key=lambda n: places[n]):
        moved[n] = max(places[n], last + least)
        last = moved[n]
    return moved
