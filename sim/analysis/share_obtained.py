"""Share obtained: what part of the answers the new version gave while a share was asked for it."""

from __future__ import annotations

from math import ceil, floor
from typing import NamedTuple

from sim.model.run import Run

NEW_VERSION = 1  # `Run.versions` begins with old and new.
LEAST_SECONDS = 5.0  # A shorter stretch has hardly begun before it is over.


class ObtainedShare(NamedTuple):
    """In the whole seconds from *start* to *end*: percent *asked* for, *obtained*, of *answers*."""

    start: int
    end: int
    asked: float
    obtained: float
    answers: int


def shares_obtained(run: Run) -> tuple[ObtainedShare, ...]:
    """Every stretch of the window in which a share between 0 and 100 % was held."""
    found = []
    for held in run.asked_shares:
        if not 0 < held.percent < 100 or held.end - held.start < LEAST_SECONDS:
            continue
        start, end = ceil(held.start), floor(min(held.end, run.window.end))
        counts = run.requests.within(start, end)
        answered = counts.version >= 0
        answers = int(counts.count[answered].sum())
        if answers:
            new = int(counts.count[counts.version == NEW_VERSION].sum())
            share = 100.0 * new / answers
            found.append(ObtainedShare(start, end, held.percent, share, answers))
    return tuple(found)


def share_missed(run: Run) -> float | None:
    """The most that a share held was off by, as a share of all; None if none was held."""
    gaps = [abs(one.obtained - one.asked) for one in shares_obtained(run)]
    return max(gaps) / 100.0 if gaps else None
