"""Weighted: the endpoints in turn, each as often as its weight says, and as evenly as can be.

nginx's smooth weighted round robin: at each choice every endpoint is owed its weight more, the one
that is owed most is taken (the first of equals), and gives up the sum of all weights. Weights 5, 1
and 1 give a a b a c a a. (nginx src/http/ngx_http_upstream_round_robin.c,
ngx_http_upstream_get_peer; the weight there is `server … weight=5`.)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sim.traffic.pick import Pick


class Weighted:
    """Remembers what every endpoint is owed, also while it is not in the list. It draws nothing."""

    def __init__(self, seed: int) -> None:
        self._owed: defaultdict[int, int] = defaultdict(int)

    def choose(self, endpoints: Sequence[int], pick: Pick, in_flight: Mapping[int, int]) -> int:
        """One of *endpoints*, of which there is at least one."""
        owed, total = self._owed, 0
        for pod in endpoints:
            weight = pick.weight_of(pod)
            owed[pod] += weight
            total += weight
        chosen = max(endpoints, key=owed.__getitem__)
        owed[chosen] -= total
        return chosen
