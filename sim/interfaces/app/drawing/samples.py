"""A line of small samples with their words: what colours, patterns and lines stand for."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape


def samples(items: Iterable[tuple[str, str]]) -> str:
    """Each drawn sample, SVG of 22 by 14, before its word."""
    return "".join(
        "<span style='display:inline-flex;align-items:center;gap:.35rem;margin-right:1rem'>"
        f"<svg width='22' height='14' aria-hidden='true'>{sample}</svg>{escape(word)}</span>"
        for sample, word in items
    )


def small_print(content: str) -> str:
    """*content*, HTML already, in the size of what stands under a picture."""
    return f"<div style='font-size:.85rem;line-height:1.8'>{content}</div>"
