"""A node as its pods feel it: images, pulls one at a time, and a kubelet that looks around."""

from __future__ import annotations

from zlib import crc32

from sim.control.clock import Environment
from sim.model.behaviour import Delays, Node
from sim.model.draws import Purpose, Stream
from sim.model.probe import next_beat

_INDEX_BITS = 16
REGISTRY_SECONDS = 0.3  # A few round trips to a near registry: token, name, manifest.


class Machine:
    """One node. An image is pulled once and is there from then on; a pull that began goes on.

    Pull policy Always still asks the registry each time, which takes no time here.
    """

    def __init__(self, env: Environment, seed: int, node: Node, index: int, delays: Delays) -> None:
        self._env = env
        self._delays = delays
        self._pulls = Stream(seed, Purpose.PULL)
        self._index = index
        self._relist_phase = delays.relist * Stream(seed, Purpose.RELIST_PHASE).uniform(index)
        self._present_at: dict[str, float] = {}
        self._free_at = env.now
        self.name = node.name
        self.address = f"192.168.{(index + 1) // 256}.{(index + 1) % 256}"
        self.lost = False
        self.memory_bytes = node.memory_bytes

    def has(self, image: str) -> bool:
        """Whether the *image* is here now."""
        return self._present_at.get(image, float("inf")) <= self._env.now

    def pulled_at(self, image: str) -> float:
        """When the *image* is here; the first one to ask starts the pull, after those before it."""
        if image not in self._present_at:
            key = (crc32(image.encode()) << _INDEX_BITS) | self._index
            begin = max(self._env.now, self._free_at)
            self._free_at = begin + self._pulls.between(self._delays.pull, key)
            self._present_at[image] = self._free_at
        return max(self._present_at[image], self._env.now)

    def refused_at(self) -> float:
        """When the registry has said that it has no such image, after the pulls before it."""
        self._free_at = max(self._env.now, self._free_at) + REGISTRY_SECONDS
        return self._free_at

    def next_relist(self) -> float:
        """When the kubelet next looks at its containers (pkg/kubelet/pleg/generic.go).

        Every relist period, at a phase of the node's own; at once if there is no such delay.
        """
        if self._delays.relist <= 0:
            return self._env.now
        return next_beat(self._relist_phase, self._delays.relist, self._env.now)
