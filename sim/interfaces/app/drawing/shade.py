"""Shades: paper mixed with a colour, and the ink that is read on it best."""

from __future__ import annotations

LEAST_SHARE, MOST_SHARE = 0.06, 0.94
BLACK, WHITE = "#000000", "#FFFFFF"


def mixed(paper: str, colour: str, part: float) -> str:
    """*colour* over *paper*: hardly any for 0, nearly all of it for 1."""
    part = LEAST_SHARE + (MOST_SHARE - LEAST_SHARE) * part
    whole = (
        round(low + part * (high - low))
        for low, high in zip(_rgb(paper), _rgb(colour), strict=True)
    )
    return "#" + "".join(f"{one:02X}" for one in whole)


def ink_on(fill: str) -> str:
    """Black or white, whichever is read on *fill* better."""
    return max((BLACK, WHITE), key=lambda one: contrast(one, fill))


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG counts it, from 1 to 21."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _rgb(colour: str) -> tuple[int, int, int]:
    red, green, blue = (int(colour[n : n + 2], 16) for n in (1, 3, 5))
    return red, green, blue


def _luminance(colour: str) -> float:
    parts = [
        one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4
        for one in (part / 255 for part in _rgb(colour))
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
