"""The share of the requests that a release asked for the new version, and for how long."""

from __future__ import annotations

from collections.abc import Iterable

from sim.model.objects import annotations_of
from sim.model.run import AskedShare, Change
from sim.model.tracks import NOTE

WEIGHT = "weight"  # The note of a share that has been reached; a number and nothing else.
MOVING = "moving to "  # What it begins with on the way there.


def asked_shares(history: Iterable[Change], end: float) -> tuple[AskedShare, ...]:
    """Every stretch before *end* in which a share stood still, as the Deployments' notes say."""
    found: list[AskedShare] = []
    before, since = "", 0.0
    for change in history:
        if change.object["kind"] != "Deployment":
            continue
        notes = annotations_of(change.object)
        now = notes.get(NOTE + WEIGHT, before if NOTE + "release" not in notes else "")
        if now != before:
            found += _stretch(before, since, change.time)
            before, since = now, change.time
    return (*found, *_stretch(before, since, end))


def _stretch(text: str, start: float, end: float) -> list[AskedShare]:
    if not text or text.startswith(MOVING) or start >= end:
        return []
    return [AskedShare(start=start, end=end, percent=float(text))]
