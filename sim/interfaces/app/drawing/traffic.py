"""What became of the traffic: stacked shares of each step's requests, failures on top.

A step longer than a second has its worst second hanging over its mean, or an outage of a second
would be a shade that nobody sees.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from sim.analysis.palette import version_word
from sim.i18n import translate
from sim.interfaces.app.drawing.colours import Colours
from sim.interfaces.app.drawing.svg import element, text, title
from sim.model.objects import JsonObject
from sim.model.time_step import grouped, moment_words

TRAFFIC = 84.0
MOST_EXPLAINED = 120  # More steps than that share a pointer's explanation.
WORST_STRENGTH = 0.4


class Place(NamedTuple):
    """Where it is drawn: the time *shown* from *left* to *right*, 100 % at *top*."""

    shown: tuple[float, float]
    left: float
    right: float
    top: float

    def x(self, seconds: float) -> float:
        """Where that moment is; those outside are at the rim."""
        low, high = self.shown
        inside = (min(max(seconds, low), high) - low) / (high - low)
        return self.left + inside * (self.right - self.left)

    def y(self, share: float) -> float:
        """Where a share ends that begins at the foot."""
        return self.top + TRAFFIC * (1 - min(share, 1.0))


def traffic(
    recorded: JsonObject, place: Place, colours: Colours, language: str, prefix: str
) -> str:
    """The shares of *recorded* (see `recording.traffic_of`); *prefix* is that of its patterns."""
    found = recorded["traffic"]
    base = [0.0] * len(found["sent"])
    made = []
    for number, band in [*enumerate(found["answered"]), (-1, found["failed"])]:
        if not any(band):
            continue
        fill = colours.version(number) if number != 1 else f"url(#{prefix}new)"
        fill = f"url(#{prefix}failed)" if number < 0 else fill
        above = [low + share for low, share in zip(base, band, strict=True)]
        made.append(element("path", d=_area(found["edges"], base, above, place), fill=fill))
        base = above
    if found["step"] > 1 and any(found["worst"]):
        under = [1.0 - share for share in found["worst"]]
        area = _area(found["edges"], under, [1.0] * len(under), place)
        made.append(element("path", d=area, fill=colours.failed, fill_opacity=WORST_STRENGTH))
    for share, label in ((0.0, "100 %"), (0.5, "50"), (1.0, "0")):
        y = place.top + share * TRAFFIC + 3.5
        made.append(
            text(label, x=place.left - 4, y=y, font_size=9, fill=colours.ink, text_anchor="end")
        )
    return "".join(made) + _explained(recorded, place, language)


def _area(edges: Sequence[float], low: Sequence[float], high: Sequence[float], place: Place) -> str:
    """Steps: forth along *high*, back along *low*; what does not change is one line."""
    forth = _steps(edges, high, place)
    back = _steps(edges[::-1], low[::-1], place)
    return f"M{_at(place.x(edges[0]))} {_at(place.y(low[0]))}{forth}{back}Z"


def _steps(edges: Sequence[float], shares: Sequence[float], place: Place) -> str:
    ys = [_at(place.y(share)) for share in shares]
    made = [f"V{ys[0]}"]
    for edge, (before, y) in zip(edges[1:], pairwise([*ys, ""]), strict=True):
        if before != y:
            made.append(f"H{_at(place.x(edge))}" + (f"V{y}" if y else ""))
    return "".join(made)


def _at(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


def _explained(recorded: JsonObject, place: Place, language: str) -> str:
    """Invisible columns that say the numbers under the pointer."""
    found = recorded["traffic"]
    edges, made = found["edges"], []
    for first, after in grouped(len(found["sent"]), MOST_EXPLAINED):
        start, end = edges[first], edges[after]
        said = ", ".join(_shares(recorded, slice(first, after), language))
        if end - start <= 1:
            words = translate(
                language, "second {second}: {shares}", second=f"{start:g}", shares=said
            )
        else:
            words = translate(
                language,
                "{start} to {end}: {shares}; worst second: failed {worst} %",
                start=moment_words(start),
                end=moment_words(end),
                shares=said,
                worst=f"{100 * max(found['worst'][first:after]):.1f}",
            )
        x = place.x(start)
        width = max(place.x(end) - x, 0.1)
        made.append(
            element(
                "rect",
                title(words),
                x=x,
                y=place.top,
                width=width,
                height=TRAFFIC,
                fill="transparent",
            )
        )
    return "".join(made)


def _shares(recorded: JsonObject, steps: slice, language: str) -> list[str]:
    """What became of the requests of these *steps* together, in words."""
    found = recorded["traffic"]
    sent = found["sent"][steps]
    every = max(sum(sent), 1)

    def percent(band: Sequence[float]) -> str:
        part = sum(n * share for n, share in zip(sent, band[steps], strict=True))
        return f"{100 * part / every:.1f}"

    said = [
        translate(
            language,
            "{version} {share} %",
            version=version_word(recorded["versions"][number], language),
            share=percent(band),
        )
        for number, band in enumerate(found["answered"])
        if any(band[steps])
    ]
    return [*said, translate(language, "failed {share} %", share=percent(found["failed"]))]
