"""Labels beside points: each where it hides no other label and no point, or a line leads to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

LETTER, HIGH = 0.56, 1.15  # Of a letter's size: how wide one is, and how high a line.
POINT = 6.0  # What a point keeps free around itself.
NEAR = 9.0
RINGS = (NEAR, 16.0, 26.0, 38.0, 52.0, 68.0, 88.0)
_SIDES = ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (-1, -1), (1, 1), (-1, 1))

Box = tuple[float, float, float, float]  # Left, top, right, bottom.
Place = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """Words at *x* (their left end) and *y* (their foot); *led* if too far off to need no line."""

    words: str
    x: float
    y: float
    box: Box
    led: bool


def labels(points: Sequence[Place], words: Sequence[str], area: Box, size: float) -> list[Label]:
    """A label for each of *points* inside *area*, in letters of *size*."""
    taken: list[Box] = [(x - POINT, y - POINT, x + POINT, y + POINT) for x, y in points]
    found = []
    for place, text in zip(points, words, strict=True):
        tried = list(_candidates(place, text, size))
        free = (one for one in tried if _inside(one.box, area) and not _hits(one.box, taken))
        label = next(free, tried[0])
        taken.append(label.box)
        found.append(label)
    return found


def _candidates(place: Place, words: str, size: float) -> Iterator[Label]:
    """Beside the point, above, below; then farther and farther off."""
    wide, high = LETTER * size * len(words), HIGH * size
    x, y = place
    for ring in RINGS:
        for right, down in _SIDES:
            left = x + ring if right > 0 else x - ring - wide if right < 0 else x - wide / 2
            middle = y + down * (ring + high / 2)
            box = (left, middle - high / 2, left + wide, middle + high / 2)
            yield Label(words=words, x=left, y=middle + 0.35 * size, box=box, led=ring > NEAR)


def _inside(box: Box, area: Box) -> bool:
    return box[0] >= area[0] and box[1] >= area[1] and box[2] <= area[2] and box[3] <= area[3]


def _hits(box: Box, taken: Sequence[Box]) -> bool:
    return any(overlap(box, other) for other in taken)


def overlap(one: Box, other: Box) -> bool:
    """Whether two boxes share any ground."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
