"""The machines under the pods, as the control plane has them. See `sim.traffic.machines`."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.traffic.kernel import deeds
from sim.traffic.kernel import records as r
from sim.traffic.kernel.clearing import clear
from sim.traffic.kernel.storage import Arrays, fit_bags


class Machines:
    """All nodes by name, in *arrays*; *do* is the kernel's."""

    def __init__(self, arrays: Arrays, do: Callable[..., int]) -> None:
        self._arrays = arrays
        self._do = do
        self._numbers: dict[str, int] = {}
        self._unreachable: set[str] = set()
        self._slowdowns: dict[str, float] = {}

    def number(self, node: str) -> int:
        """The row of *node*."""
        if node not in self._numbers:
            number = self._numbers[node] = len(self._numbers)
            if number == len(self._arrays["node"]):
                self._arrays.grow(2 * number, "node")
            row = self._arrays["node"][number]
            row["cores"], row["head"], row["tail"] = r.INF, r.NOBODY, r.NOBODY
            fit_bags(self._arrays)
        return self._numbers[node]

    def take_in(self, pod: r.Records, node: str) -> None:
        """A new *pod* is as its machine is."""
        pod["node"], pod["reachable"] = self.number(node), node not in self._unreachable
        pod["slowdown"] = self._slowdowns.get(node, 1.0)

    def resize(self, node: str, cores: float) -> None:
        """It has that many *cores* from now on."""
        number = self.number(node)
        fit_bags(self._arrays, cores)
        self._do(deeds.RESIZE, number, 0, cores)

    def slow_down(self, node: str, slowdown: float, count: int) -> None:
        """Those of *count* pods that it has take that many times as long for a request."""
        self._slowdowns[node] = slowdown
        pods = self._arrays["pod"][:count]
        pods["slowdown"][pods["node"] == self._numbers.get(node, r.NOBODY)] = slowdown

    def reach(self, node: str, reachable: bool, count: int) -> None:
        """It can be reached from now on, or not, with those of *count* pods that it has."""
        if reachable == (node not in self._unreachable):
            return
        if reachable:
            self._unreachable.remove(node)
        else:
            self._unreachable.add(node)
        number, pods = self._numbers.get(node, r.NOBODY), self._arrays["pod"][:count]
        for pod in np.flatnonzero((pods["node"] == number) & (pods["forgotten"] == 0)):
            pods["reachable"][pod] = reachable
            if not reachable:
                self._do(deeds.HANG, int(pod), clear(self._arrays, self._do, int(pod)))
