"""Least request: of two endpoints drawn at random, the one with less on its way.

Envoy's LEAST_REQUEST, Istio's default, with its choice count of 2: both are drawn independently,
so they may be the same one, and of equals the first is taken. What counts is what this proxy
itself has sent and not heard back from. (`envoyproxy/envoy:source/extensions/load_balancing_
policies/least_request/least_request_lb.cc`, unweightedHostPick)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sim.traffic.pick import Pick, PickDraws


class LeastRequest:
    """Compares two random endpoints by the requests that its proxy has in flight to them."""

    def __init__(self, seed: int) -> None:
        self._draws = PickDraws(seed)

    def choose(self, endpoints: Sequence[int], pick: Pick, in_flight: Mapping[int, int]) -> int:
        """One of *endpoints*, of which there is at least one."""
        one = endpoints[int(self._draws.first(pick) * len(endpoints))]
        other = endpoints[int(self._draws.second(pick) * len(endpoints))]
        return other if in_flight[other] < in_flight[one] else one
