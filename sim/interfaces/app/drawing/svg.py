"""SVG as text: elements with escaped attributes, patterns, and a time axis."""

from __future__ import annotations

from html import escape
from math import ceil, floor, log10

from sim.interfaces.app.drawing.colours import Colours
from sim.model.time_step import time_ticks

WIDEST = 1.4  # A picture grows so much at most, or its letters would be larger than the page's.
SPAN_PATTERNS = ("starting", "unready", "terminating")


def element(name: str, content: str = "", /, **attributes: object) -> str:
    """One element; `stroke_width=1` is written `stroke-width`; *content* is SVG already."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_number(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}>{content}</{name}>"


def text(words: str, **attributes: object) -> str:
    """A line of text."""
    return element("text", escape(words), **attributes)


def title(words: str) -> str:
    """What a pointer over the element around it explains."""
    return element("title", escape(words))


def picture(content: str, width: float, height: float, name: str) -> str:
    """A whole picture that fills its column, up to a size; *name* is what a screen reader says."""
    return element(
        "svg",
        content,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width:g} {height:g}",
        role="img",
        aria_label=name,
        style=f"width:100%;max-width:{WIDEST * width:g}px;height:auto;display:block",
        font_family="system-ui, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif",
    )


def patterns(colours: Colours, prefix: str) -> str:
    """What lies over a colour: a hatch for failures, dots for the new version, one per phase."""
    made = []
    for number, colour in enumerate((*colours.versions, colours.ink)):
        made += [
            _pattern(f"{prefix}starting{number}", colour, "M1 1h1v1h-1z", 4, colours.paper),
            _pattern(f"{prefix}unready{number}", colour, "M0 0L5 5M5 0L0 5", 5, colours.paper),
            _pattern(f"{prefix}terminating{number}", colour, "M0 5L5 0", 5, colours.paper),
        ]
    made.append(_pattern(f"{prefix}failed", colours.paper, "M0 0L5 5", 5, colours.failed))
    made.append(
        _pattern(f"{prefix}new", colours.paper, "M2 2h1v1h-1z", 5, colours.versions[1], faint=True)
    )
    return element("defs", "".join(made))


def _pattern(
    name: str, line: str, path: str, size: int, ground: str, *, faint: bool = False
) -> str:
    return element(
        "pattern",
        element("rect", width=size, height=size, fill=ground)
        + element(
            "path", d=path, stroke=line, stroke_width=0.9, fill=line, opacity=0.6 if faint else 1
        ),
        id=name,
        width=size,
        height=size,
        patternUnits="userSpaceOnUse",
    )


def time_axis(
    shown: tuple[float, float],
    left: float,
    right: float,
    y: float,
    colours: Colours,
    unit_seconds: int = 1,
) -> str:
    """Ticks below *y*, in units of so many seconds."""
    low, high = shown
    made = [element("line", x1=left, x2=right, y1=y, y2=y, stroke=colours.faint, stroke_width=0.7)]
    for tick in ticks(low, high) if unit_seconds == 1 else time_ticks(shown):
        x = left + (tick - low) / (high - low) * (right - left)
        made.append(
            element("line", x1=x, x2=x, y1=y, y2=y + 3, stroke=colours.faint, stroke_width=0.7)
        )
        made.append(
            text(
                f"{tick / unit_seconds:g}",
                x=x,
                y=y + 14,
                font_size=10,
                fill=colours.ink,
                text_anchor="middle",
            )
        )
    return "".join(made)


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round numbers from *low* to *high*."""
    rough = (high - low) / most
    decade = 10.0 ** floor(log10(rough))
    step = next(decade * k for k in (1, 2, 5, 10) if decade * k >= rough)
    first = ceil(low / step)
    return [n * step for n in range(first, floor(high / step) + 1)]


def _number(value: object) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
