"""Ring hash: who comes after a user on the ring. See `sim.traffic.balancers.ring_hash`.

A ring is made in Python when a list is published and lies beside that list. What is left of a list
when pods are ejected has no ring: then every point is looked at, for as much as a few requests.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.traffic.balancers.ring_hash import RING_SIZE
from sim.traffic.kernel import records as r
from sim.traffic.kernel.access import point_at
from sim.traffic.kernel.compiled import called, inlined
from sim.traffic.kernel.draws import random_bits
from sim.traffic.kernel.lists import candidate
from sim.traffic.kernel.proxy_records import Point
from sim.traffic.kernel.records import State

_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


def ring_of(endpoints: Sequence[int], keys: r.Records) -> r.Records:
    """The points of *endpoints*, in order, drawn from a stream's *keys*."""
    pods = np.repeat(np.array(endpoints, np.int64), points_of_each(len(endpoints)))
    numbers = np.tile(np.arange(points_of_each(len(endpoints))), len(endpoints))
    x = (pods * RING_SIZE + numbers).astype(np.uint64) << np.uint64(8)
    x = x * np.uint64(keys["multiplier"]) + np.uint64(keys["key"])
    x = (x ^ (x >> np.uint64(30))) * _FIRST
    x = (x ^ (x >> np.uint64(27))) * _SECOND
    x = x ^ (x >> np.uint64(31))
    ring = np.zeros(len(x), Point)
    order = np.lexsort((pods, x))
    ring["point"], ring["pod"] = x[order], pods[order]
    return ring


def points_of_each(count: int) -> int:
    """How many points each of *count* pods has."""
    return -(-RING_SIZE // count)


@called
def on_ring(s: State, user: int, offset: int, count: int) -> int:
    """The pod of the first point after the *user*'s own, or of the first of all."""
    own = random_bits(s.hash_user_keys, user, 0)
    each = -(-RING_SIZE // count)
    if offset < 0:
        return _search(s, own, count, each)
    low, high = 0, count * each
    while low < high:
        middle = (low + high) >> 1
        if point_at(s, offset + middle).point < own:
            low = middle + 1
        else:
            high = middle
    return point_at(s, offset + (low if low < count * each else 0)).pod


@inlined
def _search(s: State, own: np.uint64, count: int, each: int) -> int:
    # Distances go around the ring, as unsigned differences do.
    nearest, found = np.uint64(0xFFFFFFFFFFFFFFFF), candidate(s, -1, 0)
    for place in range(count):
        p = candidate(s, -1, place)
        for number in range(each):
            distance = random_bits(s.ring_keys, p * RING_SIZE + number, 0) - own
            if distance < nearest or (distance == nearest and p < found):
                nearest, found = distance, p
    return found
