"""Room for what the kernel may find too little of: made in Python between two of its steps."""

from __future__ import annotations

from collections.abc import Callable

from sim.traffic.kernel import deeds
from sim.traffic.kernel import records as r
from sim.traffic.kernel.counting import Counts
from sim.traffic.kernel.storage import Arrays, add_slots

_MOST_NARROWINGS = 8


class Room:
    """Makes it in *arrays*, by what the kernel can *do*; *counts* takes over full rows."""

    def __init__(self, arrays: Arrays, counts: Counts, do: Callable[..., int]) -> None:
        self._arrays = arrays
        self._counts = counts
        self._do = do
        self._narrowed = 0

    def make(self, lack: int) -> None:
        """Make room for what there is a *lack* of, by the loop's word for it."""
        arrays = self._arrays
        if lack == r.NO_SLOTS:
            add_slots(arrays, 2 * len(arrays["slot"]))
        elif lack == r.NO_LOG:
            arrays.grow(2 * len(arrays["log"]), "log")
        elif lack == r.NO_ROWS:
            self._counts.take_over(arrays, self._do)
        else:
            self._narrow_buckets()

    def _narrow_buckets(self) -> None:
        """Buckets are crowded: make them narrower, if that has not been tried in vain."""
        single = self._arrays.single
        if single["walked"] > 2 * single["queued"] and self._narrowed < _MOST_NARROWINGS:
            count = self._do(deeds.LIST_ALL)
            single["buckets_per_second"] *= 4.0
            self._narrowed += 1
            self._do(deeds.ENQUEUE_ALL, 0, count)
        single["walked"] = single["queued"] = 0
