"""The two groups of an A/B test as bars: users, who of them saw both versions, who converted."""

from __future__ import annotations

from sim.i18n import translate
from sim.interfaces.app.drawing.colours import Colours
from sim.interfaces.app.drawing.samples import samples, small_print
from sim.interfaces.app.drawing.svg import element, patterns, picture, text, ticks, title
from sim.model.objects import JsonObject

WIDTH, LEFT, RIGHT, TOP = 460.0, 24.0, 440.0, 10.0
HEIGHT, APART, THIN = 26.0, 48.0, 9.0
BOTTOM = TOP + 2 * APART
PREFIX = "groups"


def groups_picture(found: JsonObject, colours: Colours, language: str) -> str:
    """One bar a group; the line through it is where the split that was meant would end it."""
    users, share = found["users"], float(found["share_of_b"])
    both = sum(users)
    most = 1.04 * max(*users, both * share, both * (1 - share))
    scale = (RIGHT - LEFT) / most
    made = [patterns(colours, PREFIX)]
    for tick in ticks(0.0, most, 5):
        x = LEFT + scale * tick
        made.append(_line(x, TOP - 4, BOTTOM, colours.faint, 0.4))
        made.append(_word(f"{tick:,.0f}", x, BOTTOM + 14, colours, "middle"))
    for number, name in enumerate("AB"):
        y = TOP + number * APART
        made.append(_word(name, 4, y + 18, colours, "start"))
        made.append(_bar(found, number, y, scale, colours, language))
        meant = both * (share if number else 1 - share)
        made.append(_line(LEFT + scale * meant, y - 5, y + HEIGHT + 5, colours.ink, 2.0, "2 2"))
    axis = translate(language, "users, by the version that answered first")
    made.append(_word(axis, (LEFT + RIGHT) / 2, BOTTOM + 32, colours, "middle"))
    name = translate(language, "the two groups: users, who saw both versions, who converted")
    return picture("".join(made), WIDTH, BOTTOM + 40, name) + _legend(colours, language)


def _bar(
    found: JsonObject, number: int, y: float, scale: float, colours: Colours, language: str
) -> str:
    users, flipped, converted = (found[key][number] for key in ("users", "flipped", "converted"))
    hatched = f"url(#{PREFIX}terminating3)"
    said = translate(
        language,
        "{users} users, {flipped} saw both versions, {converted} converted",
        users=f"{users:,}",
        flipped=f"{flipped:,}",
        converted=f"{converted:,}",
    )
    parts = [
        _box(LEFT, y, scale * users, HEIGHT, colours.version(number), colours.ink),
        _box(LEFT + scale * (users - flipped), y, scale * flipped, HEIGHT, hatched, colours.ink),
        _box(LEFT, y + HEIGHT - THIN, scale * converted, THIN, colours.ink, colours.paper),
    ]
    return element("g", title(said) + "".join(parts))


def _legend(colours: Colours, language: str) -> str:
    def sample(fill: str, height: float = 12.0) -> str:
        return _box(1, 13 - height, 20, height, fill, colours.ink)

    meant = element(
        "line",
        x1=11,
        x2=11,
        y1=0,
        y2=14,
        stroke=colours.ink,
        stroke_width=2,
        stroke_dasharray="2 2",
    )
    items = (
        (sample(f"url(#{PREFIX}terminating3)"), translate(language, "saw both versions")),
        (sample(colours.ink, 5.0), translate(language, "converted")),
        (meant, translate(language, "the split that was meant")),
    )
    return small_print(samples(items))


def _box(x: float, y: float, width: float, height: float, fill: str, stroke: str) -> str:
    return element(
        "rect", x=x, y=y, width=width, height=height, fill=fill, stroke=stroke, stroke_width=0.6
    )


def _line(
    x: float, y1: float, y2: float, colour: str, width: float, dashes: str | None = None
) -> str:
    return element(
        "line", x1=x, x2=x, y1=y1, y2=y2, stroke=colour, stroke_width=width, stroke_dasharray=dashes
    )


def _word(words: str, x: float, y: float, colours: Colours, anchor: str) -> str:
    return text(words, x=x, y=y, font_size=11, fill=colours.ink, text_anchor=anchor)
