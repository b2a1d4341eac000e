"""How a proxy picks an endpoint: a function here for each compiled balancer, and a branch."""

from __future__ import annotations

import numpy as np

from sim.traffic.kernel.access import listed_at
from sim.traffic.kernel.compiled import inlined
from sim.traffic.kernel.records import RANDOM, ROUND_ROBIN, Records, State

# The balancers of `sim.traffic.balancers` that are compiled; others run on the reference.
COMPILED = {"random": RANDOM, "round_robin": ROUND_ROBIN}


@inlined
def pick(s: State, proxy: Records, draw: float) -> int:
    """One of the endpoints that *proxy* believes in, of which there is at least one."""
    if s.balancer == RANDOM:
        return _at_random(s, proxy, draw)
    return _in_turn(s, proxy)


@inlined
def _at_random(s: State, proxy: Records, draw: float) -> int:
    return listed_at(s, proxy.offset + np.int64(draw * proxy.count)).pod


@inlined
def _in_turn(s: State, proxy: Records) -> int:
    place = proxy.picks % proxy.count
    proxy.picks += 1
    return listed_at(s, proxy.offset + place).pod
