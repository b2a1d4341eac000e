"""What is done when the kernel comes back because it lacks room."""

from __future__ import annotations

from collections.abc import Callable

from sim.traffic.kernel import deeds
from sim.traffic.kernel import records as r
from sim.traffic.kernel.counting import Counts
from sim.traffic.kernel.proxying import add_connections, fit_proxies
from sim.traffic.kernel.storage import Arrays, add_slots


class Room:
    """Makes room in *arrays*; *do* is the kernel's, *counts* take over what is counted.

    *flush_log* is asked to empty the log, if that is told to somebody; else the log grows.
    """

    def __init__(
        self,
        arrays: Arrays,
        do: Callable[..., int],
        counts: Counts,
        flush_log: Callable[[], None] | None,
    ) -> None:
        self._arrays = arrays
        self._do = do
        self._counts = counts
        self._flush_log = flush_log
        self._narrowed = 0

    def make(self, lack: int) -> None:
        """There is room again of what was lacking."""
        arrays = self._arrays
        if lack == r.NO_SLOTS:
            add_slots(arrays, 2 * len(arrays["slot"]))
            fit_proxies(arrays)
        elif lack == r.NO_LOG and self._flush_log is not None:
            self._flush_log()
        elif lack == r.NO_LOG:
            arrays.grow(2 * len(arrays["log"]), "log")
        elif lack == r.NO_ROWS:
            self._counts.take_over(arrays, self._do)
        elif lack == r.NO_CONNECTIONS:
            add_connections(arrays, 2 * len(arrays["connection"]))
        else:
            self._narrow_buckets()

    def _narrow_buckets(self) -> None:
        """Buckets are crowded: make them narrower, if that has not been tried in vain."""
        g = self._arrays.single
        come = g["arrived"] - g["looked_at"]
        if g["walked"] > 4 * come and self._narrowed < 8:
            count = self._do(deeds.LIST_ALL)
            g["buckets_per_second"] *= 4.0
            self._narrowed += 1
            self._do(deeds.ENQUEUE_ALL, 0, count)
        g["walked"], g["looked_at"] = 0, g["arrived"]
