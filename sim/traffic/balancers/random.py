"""Random: every attempt picks any endpoint of the list with equal chance, as kube-proxy does.

kube-proxy's iptables rules take endpoint i of n with probability 1 / (n - i), which makes each
equally likely (`kubernetes/kubernetes:pkg/proxy/iptables/proxier.go`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sim.traffic.pick import Pick, PickDraws


class Random:
    """Picks by a draw that belongs to the attempt, whatever the other requests do."""

    def __init__(self, seed: int) -> None:
        self._draws = PickDraws(seed)

    def choose(self, endpoints: Sequence[int], pick: Pick, in_flight: Mapping[int, int]) -> int:
        """One of *endpoints*, of which there is at least one."""
        return endpoints[int(self._draws.first(pick) * len(endpoints))]
