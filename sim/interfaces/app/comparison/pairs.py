"""Pairs of strategies, seed by seed: how often one lost fewer requests than the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from sim.i18n import translate
from sim.interfaces.app.drawing.colours import Colours
from sim.interfaces.app.drawing.matrix import Square, matrix
from sim.interfaces.decision_tables import shown_probability
from sim.model.objects import JsonObject
from sim.stats import wilson
from sim.stats.superiority import Superiority, less_each

JUDGED = "failed_requests"


def pairs_picture(comparison: JsonObject, colours: Colours, language: str) -> str:
    """Row against column: in how many of the paired runs the row lost fewer requests."""
    names, found = superiorities(comparison)
    if len(names) < 2:
        return ""
    squares = {place: _square(place, one, names, language) for place, one in found.items()}
    title = translate(language, "How likely the row loses fewer requests than the column")
    note = translate(
        language,
        "Of {n} paired runs with the same users and seeds, and below it the 95 % interval of the "
        "probability in the next one. The stronger the colour, the likelier.",
        n=next(iter(found.values())).once.n,
    )
    return f"<h3>{escape(title)}</h3><p>{escape(note)}</p>" + matrix(
        names, squares, title, colours, language
    )


def superiorities(
    comparison: JsonObject,
) -> tuple[Sequence[str], Mapping[tuple[int, int], Superiority]]:
    """The strategies, and how likely each loses fewer requests than each other, by their places."""
    arms = [arm for arm in comparison["arms"] if arm["strategy"] is not None]
    lost = [arm["figures"][JUDGED]["values"] for arm in arms]
    return [arm["strategy"] for arm in arms], less_each(lost)


def _square(
    place: tuple[int, int], one: Superiority, names: Sequence[str], language: str
) -> Square:
    """A cell: its share as a colour, the count, the interval, and all of it in a sentence."""
    once = one.once
    count = translate(language, "{n} of {all}", n=once.count, all=once.n)
    low, high = f"{100 * once.low:.0f}", f"{100 * once.high:.0f}"
    lines = [count, translate(language, "{low} to {high} %", low=low, high=high)]
    if one.ties:
        lines.append(translate(language, "{n} equal", n=one.ties))
    words = translate(
        language,
        "{first} lost fewer requests than {second} in {count} paired runs ({low} to {high} %); on "
        "the average it loses fewer with a probability of {mean}",
        first=names[place[0]],
        second=names[place[1]],
        count=count,
        low=low,
        high=high,
        mean=shown_probability(one.mean),
    )
    return Square(share=once.count / once.n, lines=tuple(lines), words=words)


def chance_sentence(comparison: JsonObject, language: str) -> str:
    """How likely the best strategy is to lose fewer requests than the next; empty for one alone."""
    arms = [arm for arm in comparison["arms"] if arm["strategy"] is not None]
    if len(arms) < 2:
        return ""
    best, other = sorted(arms, key=lambda arm: float(sum(arm["figures"][JUDGED]["values"])))[:2]
    one, two = best["figures"][JUDGED]["values"], other["figures"][JUDGED]["values"]
    fewer, n = sum(a < b for a, b in zip(one, two, strict=True)), len(one)
    share = wilson(fewer, n)
    return translate(
        language,
        "{best} lost fewer requests than {other} in {fewer} of {n} paired runs, so in the next one "
        "it does with a probability of {low} to {high} % (95 % interval).",
        best=best["strategy"],
        other=other["strategy"],
        fewer=fewer,
        n=n,
        low=f"{100 * share.low:.0f}",
        high=f"{100 * share.high:.0f}",
    )
