"""Ways back as bars of segments on one axis: the decision stands at 0 s for all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sim.analysis.rollback_picture import SEGMENTS
from sim.i18n import translate
from sim.interfaces.app.drawing.colours import Colours
from sim.interfaces.app.drawing.samples import samples, small_print
from sim.interfaces.app.drawing.svg import element, picture, text, time_axis, title
from sim.model.objects import JsonObject

WIDTH, LEFT, RIGHT, HEIGHT, LANE = 420.0, 10.0, 408.0, 16.0, 46.0
_PATTERNS = {
    "detect": "M0 6L6 0",
    "decide": "M2 2h1.4v1.4h-1.4z",
    "answer": "M0 0L6 6",
    "capacity": "",
}


def ways_back(bars: Sequence[JsonObject], colours: Colours, language: str, prefix: str) -> str:
    """One lane for each of *bars*; *prefix* keeps its patterns apart from another picture's."""
    first = min(-_before(bar) for bar in bars)
    last = max(1.0, *(_end(bar) for bar in bars))
    room = 0.02 * (last - first)
    shown = (first - room, last + room)

    def x(seconds: float) -> float:
        return LEFT + (seconds - shown[0]) / (shown[1] - shown[0]) * (RIGHT - LEFT)

    bottom = LANE * len(bars) + 6
    made = [_patterns(colours, prefix)]
    for number, bar in enumerate(bars):
        top = LANE * number
        made.append(_word(bar["name"], LEFT, top + 14, colours, "start", weight="bold"))
        made.append(_word(_told(bar, language), RIGHT, top + 14, colours, "end"))
        at = -_before(bar)
        for key, segment in SEGMENTS.items():
            length = bar["seconds"].get(key, 0.0)
            if length > 0:
                said = f"{segment.label.render(language)}: {length:.1f} s"
                box = (x(at), top + 20, x(at + length) - x(at))
                made.append(_box(box, f"url(#{prefix}{key})", colours, said))
            at += length
        made += _whisker(bar, x, top + 20 + HEIGHT / 2, colours)
        made.append(_decision(x(0.0), top + 18, colours))  # Not through what is written above.
    made.append(time_axis(shown, LEFT, RIGHT, bottom, colours))
    axis = translate(language, "seconds since the decision")
    made.append(_word(axis, (LEFT + RIGHT) / 2, bottom + 32, colours, "middle"))
    name = translate(language, "the clocks of each way back")
    return picture("".join(made), WIDTH, bottom + 40, name)


def since_decision(bars: Sequence[JsonObject]) -> list[JsonObject]:
    """*bars* without what came before the decision, which may be so long that it hides the rest."""
    return [
        {
            **bar,
            "seconds": {k: v for k, v in bar["seconds"].items() if k in ("answer", "capacity")},
        }
        for bar in bars
    ]


def legend(bars: Sequence[JsonObject], colours: Colours, language: str, prefix: str) -> str:
    """What the segments of *bars* stand for, in the order in which they come."""
    items = []
    for key, segment in SEGMENTS.items():
        if any(bar["seconds"].get(key, 0.0) > 0 for bar in bars):
            box = _box((1.0, 1.0, 20.0), f"url(#{prefix}{key})", colours, "", 12.0)
            items.append((box, segment.label.render(language)))
    shared = f"<svg width='0' height='0' aria-hidden='true'>{_patterns(colours, prefix)}</svg>"
    return small_print(shared + samples(items))


def _before(bar: JsonObject) -> float:
    return float(bar["seconds"].get("detect", 0.0) + bar["seconds"].get("decide", 0.0))


def _end(bar: JsonObject) -> float:
    after = sum(bar["seconds"].get(key, 0.0) for key in ("answer", "capacity"))
    return float(max(after, (bar["back_seconds"] or 0.0) + bar["half_seconds"]))


def _told(bar: JsonObject, language: str) -> str:
    if bar["back_seconds"] is None:
        return str(bar["remark"])
    half = f" ± {bar['half_seconds']:.1f}" if bar["half_seconds"] > 0 else ""
    told = translate(language, "back after {seconds} s", seconds=f"{bar['back_seconds']:.1f}{half}")
    return f"{told}; {bar['remark']}" if bar["remark"] else told


def _decision(x: float, top: float, colours: Colours) -> str:
    return element(
        "line",
        x1=x,
        x2=x,
        y1=top,
        y2=top + HEIGHT + 6,
        stroke=colours.ink,
        stroke_dasharray="4 3",
    )


def _whisker(bar: JsonObject, x: Callable[[float], float], y: float, colours: Colours) -> list[str]:
    back, half = bar["back_seconds"], bar["half_seconds"]
    if back is None or half <= 0:
        return []
    low, high = x(max(0.0, back - half)), x(back + half)
    return [
        element("line", x1=one, x2=two, y1=y1, y2=y2, stroke=colour, stroke_width=width)
        for colour, width in ((colours.paper, 3.6), (colours.ink, 1.2))  # Seen on any ground.
        for one, two, y1, y2 in (
            (low, high, y, y),
            (low, low, y - 4, y + 4),
            (high, high, y - 4, y + 4),
        )
    ]


def _box(
    box: tuple[float, float, float], fill: str, colours: Colours, said: str, height: float = HEIGHT
) -> str:
    x, y, width = box
    return element(
        "rect",
        title(said) if said else "",
        x=x,
        y=y,
        width=max(width, 0.8),
        height=height,
        fill=fill,
        stroke=colours.ink,
        stroke_width=0.8,
    )


def _word(
    words: str, x: float, y: float, colours: Colours, anchor: str, weight: str | None = None
) -> str:
    return text(
        words, x=x, y=y, font_size=12, fill=colours.ink, text_anchor=anchor, font_weight=weight
    )


def _patterns(colours: Colours, prefix: str) -> str:
    grounds = {
        "detect": colours.faint,
        "decide": colours.paper,
        "answer": colours.version(1),
        "capacity": colours.version(0),
    }
    return element("defs", "".join(_pattern(prefix + k, v, colours, k) for k, v in grounds.items()))


def _pattern(name: str, ground: str, colours: Colours, key: str) -> str:
    lines = element("path", d=_PATTERNS[key], stroke=colours.ink, stroke_width=0.8, opacity=0.6)
    return element(
        "pattern",
        element("rect", width=6, height=6, fill=ground) + (lines if _PATTERNS[key] else ""),
        id=name,
        width=6,
        height=6,
        patternUnits="userSpaceOnUse",
    )
