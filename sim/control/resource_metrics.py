"""What the metrics server knows: how much each pod used between its last two looks.

(kubernetes-sigs/metrics-server: --metric-resolution 15s)
"""

from __future__ import annotations

from sim.control.clock import Environment
from sim.control.roster import NOT_RUN, Roster
from sim.model.autoscaling import Sample
from sim.ports import DataPlane

RESOLUTION_SECONDS = 15.0


class ResourceMetrics:
    """Looks at all pods every 15 s, once it has been asked to `begin`."""

    def __init__(self, env: Environment, data_plane: DataPlane, roster: Roster) -> None:
        self._env = env
        self._plane = data_plane
        self._roster = roster
        self._seconds: dict[int, float] = {}  # CPU seconds at the last look.
        self._cores: dict[int, Sample] = {}
        self._bytes: dict[int, Sample] = {}
        self._begun = False

    def begin(self) -> None:
        """Somebody needs the metrics."""
        if not self._begun:
            self._begun = True
            self._look()

    def sample(self, pod_uid: str, resource: str) -> Sample | None:
        """What that pod used of `cpu` or `memory`; None for a pod that was not seen twice."""
        number = self._roster.by_uid(pod_uid).number
        if number == NOT_RUN:
            return None
        return (self._cores if resource == "cpu" else self._bytes).get(number)

    def _look(self) -> None:
        now, window = self._env.now, RESOLUTION_SECONDS
        cores: dict[int, Sample] = {}
        sizes: dict[int, Sample] = {}
        seconds: dict[int, float] = {}
        for number, counters in self._plane.pods().items():
            if counters.memory_bytes <= 0.0:
                continue  # No process: there is nothing to measure.
            seconds[number] = counters.cpu_seconds
            if number in self._seconds:
                used = (counters.cpu_seconds - self._seconds[number]) / window
                cores[number] = Sample(used=used, time=now, window_seconds=window)
                size = counters.memory_bytes
                sizes[number] = Sample(used=size, time=now, window_seconds=window)
        self._cores, self._bytes, self._seconds = cores, sizes, seconds
        self._env.call_at(now + window, self._look)
