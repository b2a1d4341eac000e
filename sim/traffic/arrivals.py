"""When users mean to send: the moments of all requests, in order of their numbers."""

from __future__ import annotations

from sim.model.behaviour import RateCurve
from sim.model.draws import Purpose, Stream


class Arrivals:
    """The arrivals of one *curve*, by inverting its cumulated rate R(t).

    Request i is meant to be sent when R(t) = S(i). Poisson: S(i) is the sum of the keyed
    exponential draws of requests 0 to i, added in that order. Otherwise S(i) = i + 1/2: at a
    constant rate the first comes after half a spacing and each other one spacing later (rate
    4/s from 0: 0.125, 0.375 …; rates 2 and then 4 from 1 s on: 0.25, 0.75, 1.125, 1.375 …).
    """

    def __init__(self, curve: RateCurve, seed: int) -> None:
        _check(curve)
        self._curve = curve
        self._draws = Stream(seed, Purpose.ARRIVAL)
        self._number = 0
        self._cumulated = 0.0
        self._piece = 0
        self._at_piece_start = 0.0  # R at the start of the present piece.

    def next_time(self) -> float:
        """The moment of the next request; infinite once there are no more."""
        if self._curve.poisson:
            self._cumulated += self._draws.exponential(self._number)
        else:
            self._cumulated = self._number + 0.5
        self._number += 1
        time = self._when(self._cumulated)
        return time if time < self._curve.end else float("inf")

    def _when(self, cumulated: float) -> float:
        curve = self._curve
        while self._piece + 1 < len(curve.times):
            rate = curve.rates[self._piece]
            seconds = curve.times[self._piece + 1] - curve.times[self._piece]
            if cumulated < self._at_piece_start + rate * seconds:
                break
            self._at_piece_start += rate * seconds
            self._piece += 1
        rate = curve.rates[self._piece]
        if rate == 0.0:
            return float("inf")
        return curve.times[self._piece] + (cumulated - self._at_piece_start) / rate


def _check(curve: RateCurve) -> None:
    if not curve.times or len(curve.times) != len(curve.rates):
        raise ValueError(f"times and rates must be of one length, not {curve.times} {curve.rates}")
    if any(later <= earlier for earlier, later in zip(curve.times, curve.times[1:], strict=False)):
        raise ValueError(f"times must increase, not {curve.times}")
    if not all(0.0 <= rate < float("inf") for rate in curve.rates):
        raise ValueError(f"rates must be finite and not negative, not {curve.rates}")
