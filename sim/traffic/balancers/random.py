"""Random: every attempt picks any endpoint of the list with equal chance, as kube-proxy does.

kube-proxy's iptables rules take endpoint i of n with probability 1 / (n - i), which makes each
equally likely (`kubernetes/kubernetes:pkg/proxy/iptables/proxier.go`).
"""

from __future__ import annotations

from collections.abc import Sequence

from sim.model.draws import Purpose, Stream


class Random:
    """Picks by a draw that belongs to (request, attempt), whatever the other requests do."""

    def __init__(self, seed: int) -> None:
        self._draws = Stream(seed, Purpose.BALANCER)

    def choose(self, endpoints: Sequence[int], request: int, attempt: int) -> int:
        """One of *endpoints*, of which there is at least one."""
        return endpoints[int(self._draws.uniform(request, attempt) * len(endpoints))]
