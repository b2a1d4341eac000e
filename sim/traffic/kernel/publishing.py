"""Endpoint lists as the control plane publishes them: room for each, its ring, and who hears it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sim.traffic.kernel import deeds
from sim.traffic.kernel.ring import ring_of
from sim.traffic.kernel.storage import Arrays, add_list_places, add_room_for_lists, places_of_list


class Lists:
    """The endpoint lists in *arrays*; *do* is the kernel's."""

    def __init__(self, arrays: Arrays, do: Callable[[int, int, int], int]) -> None:
        self._arrays = arrays
        self._do = do
        self._used = 0

    def publish(self, endpoints: Sequence[int], apply_at: Sequence[float]) -> None:
        """A new list, taken up by proxy i at apply_at[i]."""
        arrays = self._arrays
        proxies = arrays["proxy"]
        if len(apply_at) != len(proxies):
            raise ValueError(f"there are {len(proxies)} proxies, not {len(apply_at)}")
        if proxies["coming"].max(initial=0) == arrays["coming"].shape[1]:
            add_list_places(arrays)
        size = places_of_list(arrays, len(endpoints))
        used = add_room_for_lists(arrays, self._used, size)
        self._used = used + size
        arrays["listed"][used : used + len(endpoints)] = endpoints
        if size > len(endpoints):
            arrays["ring"][used : used + size] = ring_of(endpoints, arrays.single["ring_keys"])
        proxies["apply_at"] = apply_at
        if len(endpoints) > len(arrays["healthy"]):
            arrays.grow(2 * len(endpoints), "healthy")
        self._do(deeds.HEAR_LIST, used, len(endpoints))
