"""What is watched: the monitoring that counts requests, and the analytics that know users."""

from __future__ import annotations

from sim.errors import RolloutError
from sim.i18n import message
from sim.model.experiment import Analytics, Experiment
from sim.model.measurement import Measurement
from sim.model.samples import Metrics, Vector


class Watched:
    """Whom an operator can ask about requests and users, if there is anybody."""

    def __init__(self, metrics: Metrics | None, analytics: Analytics | None) -> None:
        self._metrics = metrics
        self._analytics = analytics
        self.journal: list[Measurement] = []  # What analyses measured, in the order of time.

    @property
    def metrics(self) -> Metrics:
        """What the monitoring would say. Raise a `RolloutError` where nothing is monitored."""
        if self._metrics is None:
            raise RolloutError(message("nothing is monitored here: there is nobody to ask"))
        return self._metrics

    def query(self, promql: str) -> Vector | float:
        """The answer of the monitoring now. Raise a `QueryError` if there is none."""
        return self.metrics.query(promql)

    def experiment(self, alpha: float) -> Experiment | None:
        """What the users of both versions did while both had their share; None: nobody knows."""
        return None if self._analytics is None else self._analytics.experiment(alpha)
