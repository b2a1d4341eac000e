"""The pace of one process: fresh ones are slow, slow machines are, and some requests hang.

All of it is settled when a worker takes a request, together with its price, and then stays.
"""

from __future__ import annotations

from sim.model.behaviour import Behaviour
from sim.traffic.attempt import Attempt
from sim.traffic.clock import Clock
from sim.traffic.demand import Demands


class Pace:
    """Knows the age of the process, and *slowdown*: how slow its machine is, 1 if it is well."""

    def __init__(self, clock: Clock, demands: Demands) -> None:
        self.slowdown = 1.0
        self._clock = clock
        self._demands = demands
        self._began = float("-inf")

    def begin(self) -> None:
        """A fresh process listens from now on."""
        self._began = self._clock.now

    def seconds(self, attempt: Attempt, behaviour: Behaviour) -> float:
        """How long *attempt* will occupy the worker that takes it now; infinite if it hangs."""
        request = attempt.request.number
        if self._demands.hangs(request, attempt.number, behaviour):
            return float("inf")
        seconds = self._demands.seconds(request, behaviour)
        if behaviour.warm_up is not None:
            seconds *= behaviour.warm_up.factor(self._clock.now - self._began)
        return seconds * self.slowdown
