"""Peeking: how often an experiment without any difference finds one, if it is looked at often.

Both groups convert alike. After each look a test that is meant to be made once (two proportions),
and one that may be made at any time (an always-valid sequence), say whether they differ.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.interfaces.app.task import Progress, Task
from sim.model.draw_arrays import uniforms
from sim.model.draws import Purpose, Stream
from sim.model.objects import JsonObject
from sim.stats import wilson
from sim.stats.always_valid import share_difference

ALPHA, Z = 0.05, 1.959963984540054
MOST_DRAWS, MOST_TRIALS, FEWEST_TRIALS = 40_000_000, 2000, 200
PARTS = 20

Counts = npt.NDArray[np.int64]


def peek(order: JsonObject, progress: Progress) -> JsonObject:
    """The share of experiments that have found a difference by each of *looks*."""
    share, size, looks = float(order["share"]), int(order["size"]), int(order["looks"])
    trials = max(FEWEST_TRIALS, min(MOST_TRIALS, MOST_DRAWS // (2 * size)))
    seen = np.unique(np.linspace(size / looks, size, looks).astype(np.int64))
    once, valid = np.zeros(len(seen), np.int64), np.zeros(len(seen), np.int64)
    at_the_end, shown = 0, None
    for part in range(PARTS):
        progress(part, PARTS)
        first, last = part * trials // PARTS, (part + 1) * trials // PARTS
        counts = [_converted(order["seed"], group, share, size, first, last) for group in (0, 1)]
        groups = [found[:, seen - 1] for found in counts]
        wrong = _differ(groups[0], groups[1], seen)
        once += np.logical_or.accumulate(wrong, axis=1).sum(axis=0)
        at_the_end += int(wrong[:, -1].sum())
        low, high = share_difference((groups[0], seen), (groups[1], seen), ALPHA)
        valid += np.logical_or.accumulate((low > 0) | (high < 0), axis=1).sum(axis=0)
        if shown is None or not shown["fooled"]:
            shown = (
                one_fooled(groups[0], groups[1], seen, first) if part == 0 or wrong.any() else shown
            )
    return {
        "users": seen.tolist(),
        "trials": trials,
        "once": [_share(int(count), trials) for count in once],
        "valid": [_share(int(count), trials) for count in valid],
        "end": _share(at_the_end, trials),
        "shown": shown,
    }


def one_fooled(a: Counts, b: Counts, seen: Counts, first: int) -> JsonObject:
    """The first of these experiments that a look in between makes a finding of, else the first.

    *first* is the number of the first of them. The interval for one look is Wald's.
    """
    gap = (b - a) / seen
    half = Z * np.sqrt((a * (seen - a) + b * (seen - b)) / seen.astype(np.float64) ** 3)
    found = np.abs(gap) > half
    fooled = found.any(axis=1) & ~found[:, -1]
    number = int(np.argmax(fooled))
    low, high = share_difference((a[number], seen), (b[number], seen), ALPHA)
    return {
        "number": first + number + 1,
        "fooled": bool(fooled[number]),
        "gap": gap[number].tolist(),
        "once": {
            "low": (gap[number] - half[number]).tolist(),
            "high": (gap[number] + half[number]).tolist(),
        },
        "valid": {"low": low.tolist(), "high": high.tolist()},
    }


def _converted(seed: int, group: int, share: float, size: int, first: int, last: int) -> Counts:
    """Conversions so far after each user, for trials *first* to *last* of one group."""
    numbers = np.arange(first * size, last * size, dtype=np.uint64)
    drawn = uniforms(Stream(seed, Purpose.TRIAL), numbers, group).reshape(-1, size) < share
    return np.cumsum(drawn, axis=1, dtype=np.int64)


def _differ(one: Counts, two: Counts, n: Counts) -> npt.NDArray[np.bool_]:
    """A two-sided z test of two proportions at 5 %, each time as if it were the only one."""
    middle = (one + two) / (2 * n)
    error = np.sqrt(2 * middle * (1 - middle) / n)
    gap = np.abs(two - one) / n
    return np.asarray((error > 0) & (gap > Z * error))


def _share(count: int, trials: int) -> JsonObject:
    found = wilson(count, trials)
    return {"value": found.value, "low": found.low, "high": found.high}


TASK = Task(carry_out=peek, seconds=120.0)
