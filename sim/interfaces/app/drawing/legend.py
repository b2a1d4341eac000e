"""The legend of the timelines, as a line of small samples with their words."""

from __future__ import annotations

from collections.abc import Iterable

from sim.analysis.palette import version_word
from sim.i18n import message, translate
from sim.interfaces.app.drawing.colours import Colours
from sim.interfaces.app.drawing.samples import samples, small_print
from sim.interfaces.app.drawing.svg import element, patterns
from sim.interfaces.app.drawing.timeline import PHASES
from sim.interfaces.app.drawing.traffic import WORST_STRENGTH
from sim.model.time_step import step_words

_LONG = {"old": message("old version"), "new": message("new version")}


def legend(
    versions: Iterable[str],
    phases: Iterable[str],
    colours: Colours,
    language: str,
    step: int = 1,
) -> str:
    """What colours, patterns and lines stand for: *versions* by number, *phases* that occur.

    A *step* of the traffic that is longer than a second shows its worst one.
    """
    prefix = "legend"
    items = []
    for number, name in enumerate(versions):
        fill = f"url(#{prefix}new)" if number == 1 else colours.version(number)
        word = _LONG[name].render(language) if name in _LONG else version_word(name, language)
        items.append((_box(fill, colours.version(number), None), word))
    items.append(
        (
            _box(f"url(#{prefix}failed)", colours.failed, None),
            translate(language, "failed requests"),
        )
    )
    if step > 1:
        words = translate(language, "failed, worst second of each {time}", time=step_words(step))
        items.append((_box(colours.failed, "none", None, WORST_STRENGTH), words))
    occurring = set(phases)
    for phase, said in PHASES.items():
        if phase in occurring and phase != "ready":
            fill = "none" if phase == "pending" else f"url(#{prefix}{phase}3)"
            dashes = "2 1.5" if phase == "pending" else None
            items.append((_box(fill, colours.ink, dashes), said.render(language)))
    for dashed, moment in (
        ("4 3", message("first write")),
        (None, message("only final pods left")),
    ):
        line = element(
            "line",
            x1=11,
            x2=11,
            y1=1,
            y2=13,
            stroke=colours.ink,
            stroke_width=1.4,
            stroke_dasharray=dashed,
        )
        items.append((line, moment.render(language)))
    shared = f"<svg width='0' height='0' aria-hidden='true'>{patterns(colours, prefix)}</svg>"
    return small_print(shared + samples(items))


def _box(fill: str, stroke: str, dashes: str | None, strength: float | None = None) -> str:
    return element(
        "rect",
        x=1,
        y=2,
        width=20,
        height=10,
        fill=fill,
        fill_opacity=strength,
        stroke=stroke,
        stroke_width=0.8,
        stroke_dasharray=dashes,
    )
