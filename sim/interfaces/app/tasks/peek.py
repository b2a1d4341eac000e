"""Peeking: how often an experiment finds a difference, if it is looked at often.

Both groups convert alike, or differ as stated. After each look an interval that is meant for one
look (Newcombe's), and one that may be looked at any time (always valid), say whether they differ.
The latter says nothing before five users of each group converted and five did not.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.interfaces.app.work.task import Progress, Task
from sim.model.draw_arrays import uniforms
from sim.model.draws import Purpose, Stream
from sim.model.objects import JsonObject
from sim.stats import wilson
from sim.stats.always_valid import gap_of_shares
from sim.stats.share_arrays import enough, share_gaps

ALPHA = 0.05
MOST_DRAWS, MOST_TRIALS, FEWEST_TRIALS = 40_000_000, 2000, 200
PARTS = 20
KINDS = ("once", "valid")

Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Found = npt.NDArray[np.bool_]


class _Way:
    """One way to stop: how often a difference was found by each look, and what it was then."""

    def __init__(self, looks: int) -> None:
        self.by_look = np.zeros(looks, np.int64)
        self.users, self.gap, self.trials = 0.0, 0.0, 0

    def add(self, found: Found, gaps: Floats, seen: Counts) -> None:
        """More experiments, each stopped at its first finding or at the end."""
        self.by_look += np.logical_or.accumulate(found, axis=1).sum(axis=0)
        stopped, any_ = found.argmax(axis=1), found.any(axis=1)
        self.users += float(np.where(any_, seen[stopped], seen[-1]).sum())
        self.gap += float(np.abs(gaps[np.arange(len(gaps)), stopped])[any_].sum())
        self.trials += len(found)

    def to_json(self) -> JsonObject:
        """How many found one at last, after how many users on the average, and of what size."""
        found = int(self.by_look[-1])
        return {
            **_share(found, self.trials),
            "users": self.users / self.trials,
            "gap": self.gap / found if found else None,
        }


def peek(order: JsonObject, progress: Progress) -> JsonObject:
    """The share of experiments that have found a difference by each of *looks*."""
    share, size, looks = float(order["share"]), int(order["size"]), int(order["looks"])
    truth, expected = float(order["truth"]), float(order["expected"])
    trials = max(FEWEST_TRIALS, min(MOST_TRIALS, MOST_DRAWS // (2 * size)))
    seen = np.unique(np.linspace(size / looks, size, looks).astype(np.int64))
    ways = {"end": _Way(1), **{kind: _Way(len(seen)) for kind in KINDS}}
    shown: JsonObject | None = None
    silent = 0
    for part in range(PARTS):
        progress(part, PARTS)
        first, last = part * trials // PARTS, (part + 1) * trials // PARTS
        a, b = (
            _converted(order["seed"], group, rate, size, first, last)[:, seen - 1]
            for group, rate in enumerate((share, share + truth))
        )
        bounds = intervals(a, b, seen, expected)
        gaps = (b - a) / seen
        for kind in KINDS:
            ways[kind].add(differ(bounds[kind]), gaps, seen)
        ways["end"].add(differ(bounds["once"])[:, -1:], gaps[:, -1:], seen[-1:])
        silent += int((~enough((a, seen), (b, seen))).sum())
        if shown is None or not shown["early"]:
            one = one_early(a, b, seen, expected, first, back=truth == 0.0)
            shown = one if shown is None or one["early"] else shown
    return {
        "users": seen.tolist(),
        "trials": trials,
        "truth": truth,
        "silent": silent / (trials * len(seen)),
        **{kind: [_share(int(n), trials) for n in ways[kind].by_look] for kind in KINDS},
        "ways": {kind: way.to_json() for kind, way in ways.items()},
        "shown": shown,
    }


def intervals(a: Counts, b: Counts, seen: Counts, expected: float) -> dict[str, Floats]:
    """Both intervals of each look (low, high); from -1 to 1 where it may say nothing."""
    groups = (a, seen), (b, seen)
    silent = ~enough(*groups)
    low, high = gap_of_shares(*groups, expected, ALPHA)
    return {
        "once": np.stack(share_gaps(*groups, level=1.0 - ALPHA)),
        "valid": np.stack([np.where(silent, -1.0, low), np.where(silent, 1.0, high)]),
    }


def differ(bounds: Floats) -> Found:
    """Where an interval leaves out 0."""
    return np.asarray((bounds[0] > 0.0) | (bounds[1] < 0.0))


def one_early(
    a: Counts, b: Counts, seen: Counts, expected: float, first: int, *, back: bool
) -> JsonObject:
    """The first of these experiments that a look in between makes a finding of, else the first.

    *first* is the number of the first of them. With *back* the end must not have the finding.
    """
    bounds = intervals(a, b, seen, expected)
    found = differ(bounds["once"])
    early = np.asarray(found[:, :-1].any(axis=1))
    if back:
        early &= ~found[:, -1]
    number = int(np.argmax(early))
    return {
        "number": first + number + 1,
        "early": bool(early[number]),
        "gap": ((b[number] - a[number]) / seen).tolist(),
        **{
            kind: dict(zip(("low", "high"), bounds[kind][:, number].tolist(), strict=True))
            for kind in KINDS
        },
    }


def _converted(seed: int, group: int, share: float, size: int, first: int, last: int) -> Counts:
    """Conversions so far after each user, for trials *first* to *last* of one group."""
    numbers = np.arange(first * size, last * size, dtype=np.uint64)
    drawn = uniforms(Stream(seed, Purpose.TRIAL), numbers, group).reshape(-1, size) < share
    return np.cumsum(drawn, axis=1, dtype=np.int64)


def _share(count: int, trials: int) -> JsonObject:
    found = wilson(count, trials)
    return {"value": found.value, "low": found.low, "high": found.high}


TASK = Task(carry_out=peek, seconds=120.0)
