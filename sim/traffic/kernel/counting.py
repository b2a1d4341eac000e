"""Counts of requests that are over: kept sparse, and added up now and then.

What they take grows with the seconds, versions, causes and bins that occur, not with the requests.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.model.run import IntArray, RequestCounts
from sim.traffic.kernel import deeds
from sim.traffic.kernel.storage import Arrays
from sim.traffic.kernel.tally import KEY_BIN, KEY_CAUSE, KEY_VERSION

_MANY = 1 << 20  # New entries that are not worth being added up before somebody asks.


class Counts:
    """All that has been taken over from the kernel's rows, by keys that sort as a table does."""

    def __init__(self) -> None:
        self._keys: IntArray = np.zeros(0, np.int64)
        self._counts: IntArray = np.zeros(0, np.int64)
        self._new: list[tuple[IntArray, IntArray]] = []
        self._new_entries = 0

    def take_over(self, arrays: Arrays, do: Callable[[int], int]) -> None:
        """Empty the rows of *arrays*, by what the kernel can *do*."""
        g = arrays.single
        while g["rows"]:
            do(deeds.LEAVE_SPARSE)
            found = arrays["sparse_entry"][: int(g["sparse"])]
            self._new.append((found["key"].copy(), found["count"].copy()))
            self._new_entries += len(found)
            g["sparse"] = 0
        if self._new_entries > max(_MANY, len(self._keys)):
            self._add_up()

    def table(self) -> RequestCounts:
        """The counts so far, sorted by second, version, cause and bin."""
        self._add_up()
        keys = self._keys
        return RequestCounts(
            second=keys >> (KEY_VERSION + KEY_CAUSE + KEY_BIN),
            version=((keys >> (KEY_CAUSE + KEY_BIN)) & ((1 << KEY_VERSION) - 1)) - 1,
            cause=(keys >> KEY_BIN) & ((1 << KEY_CAUSE) - 1),
            bin=keys & ((1 << KEY_BIN) - 1),
            count=self._counts.copy(),
        )

    def _add_up(self) -> None:
        if self._new:
            keys = np.concatenate([self._keys, *(keys for keys, _ in self._new)])
            counts = np.concatenate([self._counts, *(counts for _, counts in self._new)])
            order = np.argsort(keys, kind="stable")
            keys, counts = keys[order], counts[order]
            first = np.flatnonzero(np.diff(keys, prepend=keys[0] - 1))
            self._keys, self._counts = keys[first], np.add.reduceat(counts, first)
            self._new, self._new_entries = [], 0
