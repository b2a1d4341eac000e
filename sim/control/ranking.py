"""Which node is the best for the next pod of a set, without looking at all of them each time."""

from __future__ import annotations

from collections.abc import Mapping
from heapq import heapify, heappop, heappush

from sim.model.fit import Need, Room

_SPARE = 64  # So many entries may be out of date before the dead ones are cleared away.


class Ranking:
    """The nodes in the order in which pods of one *group* with one *need* go to them.

    A node that has changed is entered anew; what was entered for an earlier version of it is
    dropped when it comes up, and so is one that has no room, until it changes.
    """

    def __init__(self, rooms: Mapping[str, Room], group: str, need: Need) -> None:
        self._rooms = rooms
        self._group = group
        self._need = need
        self._heap = [self._entry(name) for name in rooms]
        heapify(self._heap)

    def changed(self, node: str) -> None:
        """That node's room, or its pods of the group, are others now."""
        heappush(self._heap, self._entry(node))
        if len(self._heap) > 4 * len(self._rooms) + _SPARE:
            self._heap = [self._entry(name) for name in self._rooms]
            heapify(self._heap)

    def best(self) -> str | None:
        """The node with the fewest pods of the group, then the most room, then the first name."""
        heap = self._heap
        while heap:
            _, _, node, version = heap[0]
            room = self._rooms.get(node)
            if room is not None and room.version == version and not room.obstacles(self._need):
                return node
            heappop(heap)
        return None

    def _entry(self, node: str) -> tuple[int, float, str, int]:
        room = self._rooms[node]
        return (room.company[self._group], -room.free_share(self._need), node, room.version)
