"""The machines under the pods: their cores, whether they can be reached, how slow they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sim.traffic.clock import Clock
from sim.traffic.cores import Cores
from sim.traffic.pod import Pod


class Machines:
    """All nodes by name, on which all *pods* run; one that nobody has spoken of is as usual."""

    def __init__(self, clock: Clock, pods: Sequence[Pod]) -> None:
        self._pods = pods
        self._cores: defaultdict[str, Cores] = defaultdict(lambda: Cores(clock))
        self._unreachable: set[str] = set()
        self._slowdowns: dict[str, float] = {}

    def cores(self, node: str) -> Cores:
        """Those of *node*, unlimited until told."""
        return self._cores[node]

    def take_in(self, pod: Pod) -> None:
        """A new *pod* is as its machine is."""
        pod.reach(pod.node not in self._unreachable)
        pod.slow_down(self._slowdowns.get(pod.node, 1.0))

    def slow_down(self, node: str, slowdown: float) -> None:
        """Its pods take that many times as long for a request from now on."""
        self._slowdowns[node] = slowdown
        for pod in self._pods:
            if pod.node == node:
                pod.slow_down(slowdown)

    def reach(self, node: str, reachable: bool) -> None:
        """It can be reached from now on, or not."""
        if reachable == (node not in self._unreachable):
            return
        if reachable:
            self._unreachable.remove(node)
        else:
            self._unreachable.add(node)
        for pod in self._pods:
            if pod.node == node and not pod.forgotten:
                pod.reach(reachable)
