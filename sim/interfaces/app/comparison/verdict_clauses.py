"""The verdict taken apart: what decides in large letters, then the rest as a short list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

from sim.i18n import Message, translate
from sim.model.objects import JsonObject

if TYPE_CHECKING:
    from sim.experiments.comparison import Comparison


def clauses_of(found: Comparison, language: str) -> JsonObject:
    """Every clause of the verdict of *found* as a sentence; nothing of it is left out."""
    from sim.experiments.verdict import clauses

    parts = clauses(found.arms, found.differences, found.scenario.deployment["spec"]["template"])

    def sentences(said: Iterable[Message]) -> list[str]:
        return [_sentence(one, language) for one in said]

    about = [*parts.reasons, *parts.unfinished]
    names = dict.fromkeys(name for name, _ in about)
    return {
        "deciding": _sentence(parts.deciding, language),
        "others": sentences(parts.others),
        "background": sentences(parts.background),
        "strategies": {
            name: sentences(said for whose, said in about if whose == name) for name in names
        },
        "clocks": sentences(parts.clocks),
    }


def _sentence(said: Message, language: str) -> str:
    text = translate(language, "{sentence}.", sentence=said)
    return text[:1].upper() + text[1:]


def verdict_html(parts: JsonObject, limited: Sequence[str], chance: str) -> str:
    """Who keeps a visitor's limits, what decides, and its *chance*; then the list of the rest.

    The first sentence about the limits and the one that decides are large.
    """
    first, small = limited[:1], [*limited[1:]]
    lines = [*map(escape, first), *_small(small), escape(parts["deciding"]), *_small([chance])]
    items = [
        *parts["others"],
        *parts["background"],
        *(" ".join(said) for said in parts["strategies"].values()),
        *parts["clocks"],
    ]
    listed = "".join(f"<li>{escape(text)}</li>" for text in items)
    large = "".join(f"<div>{line}</div>" for line in lines)
    return f"<div class='seatrial-verdict'>{large}</div><ul class='seatrial-clauses'>{listed}</ul>"


def _small(texts: Sequence[str]) -> list[str]:
    return [f"<small>{escape(text)}</small>" for text in texts if text]
