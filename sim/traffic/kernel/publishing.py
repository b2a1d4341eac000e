"""Endpoint lists as the control plane publishes them: room for each, its ring, and who hears it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from sim.traffic.kernel import deeds
from sim.traffic.kernel.proxying import fit_levels, fit_proxies
from sim.traffic.kernel.records import INF
from sim.traffic.kernel.ring import ring_of
from sim.traffic.kernel.storage import Arrays, add_list_places, add_room_for_lists, places_of_list


class Lists:
    """The endpoint lists in *arrays*; *do* is the kernel's."""

    def __init__(self, arrays: Arrays, do: Callable[[int, int, int], int]) -> None:
        self._arrays = arrays
        self._do = do
        self._used = 0

    def check(self, apply_at: Sequence[float]) -> None:
        """Raise a `ValueError` unless there is a time for each proxy."""
        proxies = int(self._arrays.single["proxies"])
        if len(apply_at) != proxies:
            raise ValueError(f"there are {proxies} proxies, not {len(apply_at)}")

    def let_there_be(self, block: int) -> None:
        """Let each proxy have a row in *block*, in which it knows of nothing yet."""
        arrays, proxies = self._arrays, int(self._arrays.single["proxies"])
        rows = (block + 1) * proxies
        before = len(arrays["proxy"])
        if before >= rows:
            return
        arrays.grow(rows, "proxy")
        arrays["proxy"]["next_change"][before:] = INF
        arrays["proxy"]["heard"][before:] = -INF
        coming = arrays["coming"]
        more = np.zeros((rows - before, coming.shape[1]), coming.dtype)
        arrays.put("coming", np.concatenate([coming, more]))
        fit_proxies(arrays)

    def publish(self, endpoints: Sequence[int], apply_at: Sequence[float], block: int = 0) -> None:
        """A new list of a *block*, taken up by proxy i at apply_at[i]."""
        self.check(apply_at)
        self.let_there_be(block)
        arrays = self._arrays
        proxies = arrays["proxy"]
        if proxies["coming"].max(initial=0) == arrays["coming"].shape[1]:
            add_list_places(arrays)
        size = places_of_list(arrays, len(endpoints))
        used = add_room_for_lists(arrays, self._used, size)
        self._used = used + size
        arrays["listed"][used : used + len(endpoints)] = endpoints
        if size > len(endpoints):
            arrays["ring"][used : used + size] = ring_of(endpoints, arrays.single["ring_keys"])
        arrays.single["block"] = block
        first = block * len(apply_at)
        proxies["apply_at"][first : first + len(apply_at)] = apply_at
        fit_levels(arrays, len(endpoints))
        if len(endpoints) > len(arrays["healthy"]):
            arrays.grow(2 * len(endpoints), "healthy")
        self._do(deeds.HEAR_LIST, used, len(endpoints))
