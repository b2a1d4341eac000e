"""Outlier detection of one proxy: who failed too often in a row, and until when it gets nothing."""

from __future__ import annotations

from sim.model.protection import OutlierDetection, ejection_ends, may_eject


class _Standing:
    """What a proxy remembers of one pod: failures in a row, ejections, and when the last one ends.

    The number of ejections counts; each sweep that finds the pod in use takes one off again.
    """

    __slots__ = ("ejections", "ends", "in_a_row")

    def __init__(self) -> None:
        self.in_a_row = 0
        self.ejections = 0
        self.ends = float("-inf")


class Outliers:
    """Ejects by *rules*; sweeps happen at *phase* plus multiples of their interval.

    Nothing happens at a sweep that cannot be told when somebody looks, so it is no event.
    """

    def __init__(self, rules: OutlierDetection, phase: float) -> None:
        self._rules = rules
        self._phase = phase
        self._pods: dict[int, _Standing] = {}
        self._latest = float("-inf")  # When the last ejection ends: after it nobody is out.

    def healthy(self, endpoints: tuple[int, ...], now: float) -> tuple[int, ...]:
        """Those of *endpoints* that are not ejected, in their order."""
        if now >= self._latest:
            return endpoints
        return tuple(pod for pod in endpoints if not self._is_out(pod, now))

    def note(self, pod: int, failed: bool, endpoints: tuple[int, ...], now: float) -> None:
        """*pod* has answered well, or *failed*; *endpoints* are all that the proxy knows of."""
        standing = self._pods.get(pod)
        if standing is None:
            if not failed:
                return
            standing = self._pods[pod] = _Standing()
        if now < standing.ends:
            return  # When it comes back its count starts anew.
        if not failed:
            standing.in_a_row = 0
            return
        standing.in_a_row += 1
        if standing.in_a_row >= self._rules.consecutive_errors:
            self._eject(standing, endpoints, now)

    def _eject(self, standing: _Standing, endpoints: tuple[int, ...], now: float) -> None:
        standing.in_a_row = 0
        out = sum(self._is_out(pod, now) for pod in endpoints)
        if not may_eject(out, len(endpoints), self._rules):
            return
        swept = 0
        if standing.ejections:
            swept = int((now - standing.ends) / self._rules.sweep_seconds)
        standing.ejections = max(standing.ejections - swept, 0) + 1
        standing.ends = ejection_ends(now, self._phase, standing.ejections, self._rules)
        self._latest = max(self._latest, standing.ends)

    def _is_out(self, pod: int, now: float) -> bool:
        standing = self._pods.get(pod)
        return standing is not None and now < standing.ends
