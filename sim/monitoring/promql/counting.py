"""How much a counter or a gauge changed over a window, extrapolated to the window's edges.

(prometheus/prometheus promql/functions.go, extrapolatedRate and instantValue)
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from sim.monitoring.series import Point

THRESHOLD = 1.1  # A gap of so many average gaps is no gap between two scrapes.


def change(
    points: Sequence[Point], start: float, end: float, *, counter: bool, per_second: bool
) -> float | None:
    """`increase`, `rate` (*per_second*) or `delta` (no *counter*) over (start, end].

    The change between the first and the last sample, with what was lost at resets of a *counter*,
    is stretched to the edges: by the whole distance if the next sample would lie beyond, else by
    half an average gap; towards the start not beyond where a counter would have been 0.
    5, 10, 15 at 10, 20, 30 in (0, 40] make 20. None with fewer than two samples.
    """
    if len(points) < 2:
        return None
    first, last = points[0], points[-1]
    changed = last.value - first.value
    if counter:
        steps = pairwise(points)
        changed += sum(before.value for before, now in steps if now.value < before.value)
    sampled = last.time - first.time
    gap = sampled / (len(points) - 1)
    to_start, to_end = first.time - start, end - last.time
    if to_start >= THRESHOLD * gap:
        to_start = gap / 2
    if counter and changed > 0.0 and first.value >= 0.0:
        to_start = min(to_start, sampled * (first.value / changed))
    if to_end >= THRESHOLD * gap:
        to_end = gap / 2
    factor = (sampled + to_start + to_end) / sampled
    if per_second:
        factor /= end - start
    return changed * factor


def instant_rate(points: Sequence[Point]) -> float | None:
    """`irate`: how fast a counter grew between its last two samples; after a reset, from 0."""
    if len(points) < 2:
        return None
    before, now = points[-2], points[-1]
    grown = now.value if now.value < before.value else now.value - before.value
    return grown / (now.time - before.time)
