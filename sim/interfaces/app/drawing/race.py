"""The race, enlarged: one leaving pod's process, its EndpointSlice, and each proxy's requests."""

from __future__ import annotations

from sim.i18n import message, translate
from sim.interfaces.app.drawing.colours import Colours
from sim.interfaces.app.drawing.samples import samples, small_print
from sim.interfaces.app.drawing.svg import element, picture, text, time_axis, title
from sim.model.objects import JsonObject

WIDTH, LEFT, RIGHT = 420.0, 98.0, 414.0
TOP, ROW, BAR, FONT = 24.0, 27.0, 19.0, 12
GOING = "ready: false, terminating"  # Conditions of an endpoint, as Kubernetes calls them.
BEFORE, AFTER, LEAST = 0.5, 0.6, 1.4  # Seconds around the deletion and the last request.

Shown = tuple[float, float]


def last_request(one: JsonObject) -> float:
    """When the pod was last sent to, in seconds since its deletion."""
    return float(max((sent for sent, *_ in one["requests"]), default=0.0) - one["deleted"])


def shown_of(*races: JsonObject) -> Shown:
    """One axis for all of *races*: from shortly before the deletion to after the last request."""
    return -BEFORE, max(LEAST, *(last_request(one) + AFTER for one in races))


def race_picture(
    one: JsonObject, shown: Shown, proxies: int, colours: Colours, language: str
) -> str:
    """The race of *one* pod (see `tasks.race`) in the time *shown*, since it was deleted."""
    bottom = TOP + ROW * (2 + proxies) + 4
    content = _lost(one, shown, bottom, colours)
    content += _process(one, shown, colours, language)
    content += _slice(one, shown, colours, language)
    for proxy in range(proxies):
        content += _proxy(one, proxy, TOP + ROW * (2 + proxy), shown, colours, language)
    x = _x(0.0, shown)
    content += element(
        "line", x1=x, x2=x, y1=TOP - 4, y2=bottom, stroke=colours.ink, stroke_dasharray="4 3"
    )
    content += _said(translate(language, "pod deleted"), x, TOP - 9, colours.ink, "middle")
    content += time_axis(shown, LEFT, RIGHT, bottom, colours)
    words = translate(language, "seconds since the pod was deleted")
    content += _said(words, (LEFT + RIGHT) / 2, bottom + 30, colours.ink, "middle")
    name = translate(
        language,
        "Pod {pod}: {refused} of {all} requests after its deletion were refused",
        pod=one["pod"],
        refused=len(refused(one)),
        all=len(after(one)),
    )
    return picture(content, WIDTH, bottom + 36, name)


def after(one: JsonObject) -> list[list[float]]:
    """Time, proxy and success of the requests that were sent to the pod after its deletion."""
    return [request for request in one["requests"] if request[0] >= one["deleted"]]


def refused(one: JsonObject) -> list[list[float]]:
    """Those of them that failed."""
    return [request for request in after(one) if not request[2]]


def race_legend(colours: Colours, language: str) -> str:
    """What the marks stand for."""
    answered = _mark(11.0, 7.0, True, colours)
    lost = _mark(11.0, 7.0, False, colours)
    items = ((answered, message("answered")), (lost, message("refused: the user sees an error")))
    return small_print(samples((mark, word.render(language)) for mark, word in items))


def _x(seconds: float, shown: Shown) -> float:
    low, high = shown
    return LEFT + (min(max(seconds, low), high) - low) / (high - low) * (RIGHT - LEFT)


def _said(words: str, x: float, y: float, colour: str, anchor: str = "start") -> str:
    return text(words, x=x, y=y, font_size=FONT, fill=colour, text_anchor=anchor)


def _lost(one: JsonObject, shown: Shown, bottom: float, colours: Colours) -> str:
    """A band over the time in which the pod is sent to and takes nothing."""
    start, end = one["sigterm"] - one["deleted"], last_request(one)
    if start >= end:
        return ""
    x = _x(start, shown)
    return element(
        "rect",
        x=x,
        y=TOP,
        width=_x(end, shown) + 7 - x,
        height=bottom - TOP,
        fill=colours.failed,
        opacity=0.16,
    )


def _row(
    words: str,
    y: float,
    split: float,
    shown: Shown,
    parts: tuple[tuple[str, str, str], tuple[str, str, str]],
    colours: Colours,
) -> str:
    """A bar that changes at *split*; *parts* are what is said, the ground and the letters' ink."""
    x = _x(split, shown)
    made = _said(words, LEFT - 6, y + 14, colours.ink, "end")
    for left, right, (said, fill, ink) in ((LEFT, x, parts[0]), (x, RIGHT, parts[1])):
        if right > left:
            made += element(
                "rect",
                x=left,
                y=y,
                width=right - left,
                height=BAR,
                fill=fill,
                stroke=colours.ink,
                stroke_width=0.7,
            )
            made += _said(said, left + 6, y + 14, ink)
    return made


def _process(one: JsonObject, shown: Shown, colours: Colours, language: str) -> str:
    split = one["sigterm"] - one["deleted"]
    serves = translate(language, "serves")
    ends = translate(language, "SIGTERM at +{time} s: refuses", time=f"{split:.2f}")
    if split >= shown[1]:
        serves = translate(
            language, "preStop sleeps: it serves on; SIGTERM at +{time} s ▸", time=f"{split:.2f}"
        )
    parts = (
        (serves, colours.version(0), colours.paper),
        (ends, colours.failed, colours.paper),
    )
    return _row(translate(language, "process"), TOP, split, shown, parts, colours)


def _slice(one: JsonObject, shown: Shown, colours: Colours, language: str) -> str:
    # Never taken from the list while requests were kept: it stays ready in the picture.
    split = shown[1] if one["unready"] is None else one["unready"] - one["deleted"]
    parts = (
        ("ready: true", colours.version(0), colours.paper),
        (
            translate(language, "at +{time} s {condition}", time=f"{split:.2f}", condition=GOING),
            colours.paper,
            colours.ink,
        ),
    )
    return _row("EndpointSlice", TOP + ROW, split, shown, parts, colours)


def _proxy(
    one: JsonObject, proxy: int, y: float, shown: Shown, colours: Colours, language: str
) -> str:
    """The requests that one proxy sent there."""
    middle = y + BAR / 2
    made = _said(
        translate(language, "proxy {proxy}", proxy=proxy), LEFT - 6, y + 14, colours.ink, "end"
    )
    made += element("line", x1=LEFT, x2=RIGHT, y1=middle, y2=middle, stroke=colours.faint)
    for sent, number, well in one["requests"]:
        time = sent - one["deleted"]
        if number == proxy and shown[0] <= time <= shown[1]:
            said = translate(language, "answered") if well else translate(language, "refused")
            mark = _mark(_x(time, shown), middle, well, colours)
            made += element("g", title(f"{time:+.2f} s: {said}") + mark)
    return made


def _mark(x: float, y: float, well: bool, colours: Colours) -> str:
    if well:
        return element("circle", cx=x, cy=y, r=4.5, fill=colours.version(0), stroke=colours.paper)
    path = f"M{x - 4.5:.1f} {y - 4.5:.1f}l9 9M{x - 4.5:.1f} {y + 4.5:.1f}l9 -9"
    return element("path", d=path, stroke=colours.failed, stroke_width=3)
