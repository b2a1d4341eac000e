"""Theory's curves, and what was measured on them with intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sim.i18n import translate
from sim.interfaces.app.drawing.colours import Colours
from sim.interfaces.app.drawing.svg import element, picture, text, ticks, title
from sim.model.objects import JsonObject

WIDTH, LEFT, RIGHT, TOP, BOTTOM = 420.0, 42.0, 396.0, 26.0, 210.0
ROOM = 1.12


def theory_picture(
    found: JsonObject, theory: Callable[[int, float], float], colours: Colours, language: str
) -> str:
    """Time in the system (ms) over the load of a worker: a curve and a mark for each system.

    *theory* knows the seconds of a system with so many workers at such a load.
    """
    points = found["points"]
    most = 1000 * ROOM * float(max(max(point["high"], point["theory"]) for point in points))

    def place(load: float, seconds: float) -> tuple[float, float]:
        return LEFT + load * (RIGHT - LEFT), BOTTOM - 1000 * seconds / most * (BOTTOM - TOP)

    made = []
    for tick in ticks(0.0, most, 5):
        _, y = place(0.0, tick / 1000)
        made.append(_rule(LEFT, RIGHT, y, y, colours))
        made.append(_label(f"{tick:g}", LEFT - 6, y + 4, colours, "end"))
    for tenth in range(0, 11, 2):
        made.append(_label(f"{tenth / 10:g}", place(tenth / 10, 0.0)[0], BOTTOM + 16, colours))
    for number, workers in enumerate(dict.fromkeys(point["workers"] for point in points)):
        loads = [n / 200 for n in range(200) if 1000 * theory(workers, n / 200) <= most]
        line = [place(load, theory(workers, load)) for load in loads]
        made.append(_curve(line, number, colours))
        x, y = line[len(line) * 2 // 3]
        words = translate(language, "M/M/{workers}", workers=workers)
        above = (x - 8, y - 8, "end") if number == 0 else (x + 4, y + 16, "start")
        made.append(_label(words, above[0], above[1], colours, above[2]))
        mine = [point for point in points if point["workers"] == workers]
        made += [_mark(point, number, place, colours, language) for point in mine]
    axis = translate(language, "load of a worker (ρ)")
    made.append(_label(axis, (LEFT + RIGHT) / 2, BOTTOM + 34, colours))
    made.append(_label(translate(language, "Mean time of a request (ms)"), 2, 12, colours, "start"))
    name = translate(language, "mean time of a request over load: theory as lines, runs as marks")
    return picture("".join(made), WIDTH, BOTTOM + 42, name)


def _curve(line: Sequence[tuple[float, float]], number: int, colours: Colours) -> str:
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in line)
    dashes = "6 3" if number else None
    return element(
        "path", d=path, fill="none", stroke=colours.ink, stroke_width=1.5, stroke_dasharray=dashes
    )


def _mark(
    point: JsonObject,
    number: int,
    place: Callable[[float, float], tuple[float, float]],
    colours: Colours,
    language: str,
) -> str:
    """A dot for the first system, a square for another, with the whisker of its interval."""
    words = translate(
        language,
        "M/M/{workers} at ρ = {load}: theory {theory} ms, measured {mean} ms ({low} to {high})",
        workers=point["workers"],
        load=f"{point['load']:.2f}",
        **{key: f"{1000 * point[key]:.1f}" for key in ("theory", "mean", "low", "high")},
    )
    x, y = place(point["load"], point["mean"])
    colour = colours.version(0) if number else colours.failed
    made = [title(words)]
    low, high = (place(point["load"], point[key])[1] for key in ("low", "high"))
    made.append(_stroke(x, x, low, high, colour))
    made += [_stroke(x - 4, x + 4, end, end, colour) for end in (low, high)]
    if number:
        made.append(element("rect", x=x - 3.5, y=y - 3.5, width=7, height=7, fill=colour))
    else:
        made.append(element("circle", cx=x, cy=y, r=4, fill=colour))
    return element("g", "".join(made))


def _stroke(x1: float, x2: float, y1: float, y2: float, colour: str) -> str:
    return element("line", x1=x1, x2=x2, y1=y1, y2=y2, stroke=colour, stroke_width=1.6)


def _rule(x1: float, x2: float, y1: float, y2: float, colours: Colours) -> str:
    return element("line", x1=x1, x2=x2, y1=y1, y2=y2, stroke=colours.faint, stroke_width=0.4)


def _label(words: str, x: float, y: float, colours: Colours, anchor: str = "middle") -> str:
    return text(words, x=x, y=y, font_size=11, fill=colours.ink, text_anchor=anchor)
