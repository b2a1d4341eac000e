"""Counts of requests that are over: kept sparse, and added up when somebody asks.

What they take grows with the seconds, versions, causes, classes and bins that occur, not with the
requests.
Most of what is taken over is later than all before and only appended; the rest waits aside.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from sim.model.run import IntArray, RequestCounts
from sim.traffic.kernel import deeds
from sim.traffic.kernel.storage import Arrays
from sim.traffic.kernel.tally import KEY_BIN, KEY_CAUSE, KEY_CLASS, KEY_VERSION

_MANY = 1 << 20  # Entries aside that are not worth being sorted in before somebody asks.


class Counts:
    """All that has been taken over from the kernel's rows, by keys that sort as a table does."""

    def __init__(self, has_classes: bool = False) -> None:
        self._has_classes = has_classes
        self._kept: list[tuple[IntArray, IntArray]] = []  # In order, one after the other.
        self._aside: list[tuple[IntArray, IntArray]] = []
        self._entries_kept = self._entries_aside = 0
        self._last_key = -(1 << 62)

    def take_over(self, arrays: Arrays, do: Callable[[int], int]) -> None:
        """Empty the rows of *arrays*, by what the kernel can *do*."""
        single = arrays.single
        if single["rows"]:
            do(deeds.LEAVE_SPARSE)
            found = arrays["sparse_entry"][: int(single["sparse"])]
            single["sparse"] = 0
            keys, counts = found["key"].copy(), found["count"].copy()
            if np.any(keys[1:] < keys[:-1]):
                order = np.argsort(keys, kind="stable")
                keys, counts = keys[order], counts[order]
            later = int(np.searchsorted(keys, self._last_key, side="right"))
            if later < len(keys):
                self._kept.append((keys[later:], counts[later:]))
                self._entries_kept += len(keys) - later
                self._last_key = int(keys[-1])
            if later:
                self._aside.append((keys[:later], counts[:later]))
                self._entries_aside += later
        if self._entries_aside > max(_MANY, self._entries_kept):
            self._add_up()

    def table(self) -> RequestCounts:
        """The counts so far, sorted by second, version, cause, class and bin."""
        self._add_up()
        parts = [self._part(keys, counts) for keys, counts in self._kept]
        return RequestCounts.joined(parts or [self._part(*_joined([]))])

    def _part(self, keys: IntArray, counts: IntArray) -> RequestCounts:
        """The rows of these *keys*: one part, for all at once would take four times the memory."""
        rest, bins = keys >> KEY_BIN, keys & ((1 << KEY_BIN) - 1)
        rest, classes = rest >> KEY_CLASS, rest & ((1 << KEY_CLASS) - 1)
        rest, causes = rest >> KEY_CAUSE, rest & ((1 << KEY_CAUSE) - 1)
        return RequestCounts(
            second=rest >> KEY_VERSION,
            version=(rest & ((1 << KEY_VERSION) - 1)) - 1,
            cause=causes,
            bin=bins,
            count=counts,
            endpoint_class=classes if self._has_classes else None,
        )

    def _add_up(self) -> None:
        """Take what is aside into the parts between whose keys it belongs: each key once."""
        if not self._aside:
            return
        more, theirs = _each_once(*_joined(self._aside))
        ends = np.searchsorted(more, [keys[-1] for keys, _ in self._kept], side="right").tolist()
        for number, (first, after) in enumerate(pairwise([0, *ends])):
            if first < after:
                between = slice(first, after)
                self._kept[number] = _with(*self._kept[number], more[between], theirs[between])
        self._aside = []
        self._entries_kept, self._entries_aside = sum(len(keys) for keys, _ in self._kept), 0


def _joined(parts: list[tuple[IntArray, IntArray]]) -> tuple[IntArray, IntArray]:
    if not parts:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    return np.concatenate([keys for keys, _ in parts]), np.concatenate([n for _, n in parts])


def _each_once(keys: IntArray, counts: IntArray) -> tuple[IntArray, IntArray]:
    """Sorted, and the counts of one key added up; there is at least one."""
    order = np.argsort(keys, kind="stable")
    keys, counts = keys[order], counts[order]
    first = np.flatnonzero(np.diff(keys, prepend=keys[0] - 1))
    return keys[first], np.add.reduceat(counts, first)


def _with(
    keys: IntArray, counts: IntArray, more: IntArray, their_counts: IntArray
) -> tuple[IntArray, IntArray]:
    """*keys* with *more* of them and their counts; each of both is sorted and has a key once.

    *counts* are changed. There are few more: only they are looked for, nothing is sorted anew.
    """
    places = np.searchsorted(keys, more)
    known = places < len(keys)
    known[known] = keys[places[known]] == more[known]
    counts[places[known]] += their_counts[known]
    new = ~known
    return np.insert(keys, places[new], more[new]), np.insert(
        counts, places[new], their_counts[new]
    )
