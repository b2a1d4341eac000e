"""Round robin: the endpoints of the list in turn, each proxy with a turn of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sim.traffic.pick import Pick


class RoundRobin:
    """Counts its picks from 0 and takes the endpoint at count modulo the length of the list.

    The count goes on when the list changes, so a new list is entered somewhere in its middle and
    its first endpoint is not hit by all proxies at once.
    """

    def __init__(self, seed: int) -> None:
        self._picks = 0

    def choose(self, endpoints: Sequence[int], pick: Pick, in_flight: Mapping[int, int]) -> int:
        """The next of *endpoints*, of which there is at least one."""
        pod = endpoints[self._picks % len(endpoints)]
        self._picks += 1
        return pod
