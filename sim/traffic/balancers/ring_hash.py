"""Ring hash: a user keeps its pod, and few users change theirs when the list of pods changes.

Istio's consistentHash. Every pod has points on a ring, about 1024 in all (minimumRingSize), and a
user belongs to the pod of the first point after its own. (istio/api networking/v1alpha3/
destination_rule.proto; envoyproxy/envoy source/extensions/load_balancing_policies/ring_hash)
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence

from sim.model.draws import Purpose, Stream
from sim.traffic.pick import Pick

RING_SIZE = 1024


class RingHash:
    """Builds a ring for every new list; a second choice for one attempt is the same as the first.

    All proxies of a run have the same ring for the same list, or a user would depend on its proxy.
    """

    def __init__(self, seed: int) -> None:
        self._points = Stream(seed, Purpose.HASH_RING)
        self._users = Stream(seed, Purpose.HASH_USER)
        self._endpoints: tuple[int, ...] = ()
        self._ring: list[tuple[int, int]] = []  # (point, pod), in order.

    def choose(self, endpoints: Sequence[int], pick: Pick, in_flight: Mapping[int, int]) -> int:
        """One of *endpoints*, of which there is at least one."""
        listed = tuple(endpoints)
        if listed != self._endpoints:
            self._endpoints = listed
            self._ring = self._ring_of(listed)
        place = bisect_left(self._ring, (self._users.bits(pick.user), -1))
        return self._ring[place % len(self._ring)][1]

    def _ring_of(self, endpoints: tuple[int, ...]) -> list[tuple[int, int]]:
        each = -(-RING_SIZE // len(endpoints))
        return sorted(
            (self._points.bits(pod * RING_SIZE + number), pod)
            for pod in endpoints
            for number in range(each)
        )
