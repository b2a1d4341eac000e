"""Theory's curve, and what was measured on it with its interval."""

from __future__ import annotations

from sim.i18n import translate
from sim.interfaces.app.drawing.colours import Colours
from sim.interfaces.app.drawing.svg import element, picture, text, ticks, title
from sim.model.objects import JsonObject

WIDTH, LEFT, RIGHT, TOP, BOTTOM = 420.0, 42.0, 396.0, 26.0, 210.0
ROOM = 1.12


def theory_picture(found: JsonObject, service: float, colours: Colours, language: str) -> str:
    """Time in the system (ms) over the load of a worker."""
    points = found["points"]
    most = 1000 * ROOM * float(max(max(point["high"], point["theory"]) for point in points))

    def x(load: float) -> float:
        return LEFT + load * (RIGHT - LEFT)

    def y(milliseconds: float) -> float:
        return BOTTOM - milliseconds / most * (BOTTOM - TOP)

    made = []
    for tick in ticks(0.0, most, 5):
        made.append(_rule(LEFT, RIGHT, y(tick), y(tick), colours))
        made.append(_label(f"{tick:g}", LEFT - 6, y(tick) + 4, colours, "end"))
    for percent in range(0, 101, 20):
        made.append(_label(f"{percent} %", x(percent / 100), BOTTOM + 16, colours, "middle"))
    loads = [n / 200 for n in range(200) if 1000 * service / (1 - n / 200) <= most]
    curve = "M" + "L".join(f"{x(n):.1f} {y(1000 * service / (1 - n)):.1f}" for n in loads)
    made.append(element("path", d=curve, fill="none", stroke=colours.ink, stroke_width=1.5))
    for point in points:
        words = translate(
            language,
            "load {load} %: theory {theory} ms, measured {mean} ms ({low} to {high})",
            load=f"{100 * point['load']:.0f}",
            theory=f"{1000 * point['theory']:.1f}",
            mean=f"{1000 * point['mean']:.1f}",
            low=f"{1000 * point['low']:.1f}",
            high=f"{1000 * point['high']:.1f}",
        )
        at = x(point["load"])
        bar = element(
            "line",
            x1=at,
            x2=at,
            y1=y(1000 * point["low"]),
            y2=y(1000 * point["high"]),
            stroke=colours.failed,
            stroke_width=2,
        )
        dot = element("circle", cx=at, cy=y(1000 * point["mean"]), r=4, fill=colours.failed)
        made.append(element("g", title(words) + bar + dot))
    made.append(
        _label(translate(language, "load of a worker"), (LEFT + RIGHT) / 2, BOTTOM + 34, colours)
    )
    made.append(_label(translate(language, "Mean time of a request (ms)"), 2, 12, colours, "start"))
    name = translate(language, "mean time of a request over load: theory as a line, runs as dots")
    return picture("".join(made), WIDTH, BOTTOM + 42, name)


def _rule(x1: float, x2: float, y1: float, y2: float, colours: Colours) -> str:
    return element("line", x1=x1, x2=x2, y1=y1, y2=y2, stroke=colours.faint, stroke_width=0.4)


def _label(words: str, x: float, y: float, colours: Colours, anchor: str = "middle") -> str:
    return text(words, x=x, y=y, font_size=11, fill=colours.ink, text_anchor=anchor)
