"""Least connections: of all endpoints the one with the least on its way, the first of equals.

As kube-proxy in ipvs mode with scheduler lc. What counts is what this proxy itself has sent and not
heard back from. (Linux net/netfilter/ipvs/ip_vs_lc.c)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sim.traffic.pick import Pick


class LeastConnections:
    """Looks at every endpoint of the list."""

    def __init__(self, seed: int) -> None:
        pass  # It draws nothing.

    def choose(self, endpoints: Sequence[int], pick: Pick, in_flight: Mapping[int, int]) -> int:
        """One of *endpoints*, of which there is at least one."""
        return min(endpoints, key=lambda pod: in_flight.get(pod, 0))
