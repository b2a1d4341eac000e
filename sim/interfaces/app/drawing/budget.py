"""The error budget over time: what each strategy has burned of it by every second.

The whole budget is always on the scale: that is linear up to it and, where more than ten are
burned, logarithmic beyond.
"""

from __future__ import annotations

from collections.abc import Sequence

from sim.i18n import translate
from sim.interfaces.app.drawing.colours import Colours
from sim.interfaces.app.drawing.scales import Scale, scale_over
from sim.interfaces.app.drawing.svg import element, picture, text, time_axis, title
from sim.model.objects import JsonObject
from sim.model.time_step import unit_of

WIDTH, LEFT, RIGHT, TOP, HEIGHT = 400.0, 58.0, 244.0, 22.0, 170.0
_DASHES = (None, "6 3", "2 2", "8 3 2 3", "1 3", "10 4")
WHOLE = 1.0  # All of the budget.


def budget(
    recorded: Sequence[JsonObject], shown: tuple[float, float], colours: Colours, language: str
) -> str:
    """One line for each of *recorded*, its name at its end; 100 % is the whole budget."""
    ends = [one["budget"][-1] for one in recorded]
    scale = scale_over([share for one in recorded for share in one["budget"]], WHOLE, 0.04)
    made = [*_grid(scale, colours), *_words(scale, shown, colours, language)]
    places = _apart([_y(end, scale) for end in ends])
    for number, one in enumerate(recorded):
        label = f"{one['strategy']} {percent(ends[number])}"
        line = element(
            "path",
            d=_path(one, shown, scale),
            fill="none",
            stroke=colours.ink if number else colours.version(0),
            stroke_width=2,
            stroke_dasharray=_DASHES[number % len(_DASHES)],
        )
        named = text(label, x=RIGHT + 6, y=places[number] + 4, font_size=11, fill=colours.ink)
        made.append(element("g", title(label) + line + named))
    made.append(time_axis(shown, LEFT, RIGHT, TOP + HEIGHT, colours, unit_of(shown).seconds))
    name = (
        translate(language, "error budget burned over time")
        + ": "
        + ", ".join(
            f"{one['strategy']} {percent(end)}" for one, end in zip(recorded, ends, strict=True)
        )
    )
    return picture("".join(made), WIDTH, TOP + HEIGHT + 36, name)


def percent(share: float) -> str:
    """`3,214 %`, and `0.4 %` where whole ones would say nothing."""
    digits = 1 if 0 < abs(share) < 0.0995 else 0
    return f"{100 * share + 0.0:,.{digits}f} %"


def _grid(scale: Scale, colours: Colours) -> list[str]:
    """Lines across at round shares; the one of the whole budget cannot be overlooked."""
    made = []
    marks = [mark for mark in scale.marks(4) if abs(scale.at(mark) - scale.at(WHOLE)) > 0.07]
    for mark in (*marks, WHOLE):
        whole = mark == WHOLE
        y = _y(mark, scale)
        made.append(
            element(
                "line",
                x1=LEFT,
                x2=RIGHT,
                y1=y,
                y2=y,
                stroke_width=1.8 if whole else 0.4,
                stroke=colours.failed if whole else colours.faint,
            )
        )
        made.append(
            text(
                percent(mark),
                x=LEFT - 5,
                y=y + 4,
                font_size=11,
                fill=colours.ink,
                text_anchor="end",
                font_weight="bold" if whole else None,
            )
        )
    return made


def _words(scale: Scale, shown: tuple[float, float], colours: Colours, language: str) -> list[str]:
    over = translate(language, "% of the window's error budget")
    if scale.knee is not None:
        over = translate(
            language,
            "{name} (logarithmic from {knee} on)",
            name=over,
            knee=percent(scale.knee),
        )
    return [
        text(over, x=4, y=11, font_size=11, fill=colours.ink),
        text(
            unit_of(shown).axis.render(language),
            x=(LEFT + RIGHT) / 2,
            y=TOP + HEIGHT + 30,
            font_size=11,
            fill=colours.ink,
            text_anchor="middle",
        ),
    ]


def _y(share: float, scale: Scale) -> float:
    return TOP + HEIGHT * (1 - scale.at(share))


def _path(one: JsonObject, shown: tuple[float, float], scale: Scale) -> str:
    points, before = [], 0.0
    for second, burned in zip(one["seconds"], one["budget"], strict=True):
        if shown[0] <= second + 1 <= shown[1]:
            x = LEFT + (second + 1 - shown[0]) / (shown[1] - shown[0]) * (RIGHT - LEFT)
            points += [f"{x:.1f} {_y(before, scale):.1f}", f"{x:.1f} {_y(burned, scale):.1f}"]
        before = burned
    return "M" + "L".join(points) if points else ""


def _apart(places: list[float], least: float = 13.0) -> list[float]:
    """The same places, moved where two labels would lie over each other, none below the axis."""
    order = sorted(range(len(places)), key=lambda n: places[n])
    moved = list(places)
    last = -1e9
    for n in order:
        moved[n] = last = max(places[n], last + least)
    last = TOP + HEIGHT + least
    for n in reversed(order):
        moved[n] = last = min(moved[n], last - least)
    return moved
