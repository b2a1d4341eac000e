"""What a pod's worker offers to those who do a part of its work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from sim.control.clock import Environment
from sim.control.machine import Machine
from sim.model.behaviour import Behaviour


class Host(Protocol):
    """The pod's worker, as far as an image pull needs it."""

    env: Environment
    machine: Machine

    def emit(self, reason: str, note: str) -> None:
        """An event about the pod."""
        ...

    def behaviour(self) -> Behaviour:
        """How the pod's version behaves now."""
        ...

    def later(self, time: float, call: Callable[[], None]) -> None:
        """Call at *time*, unless the machine is lost before."""
        ...

    def publish(self) -> None:
        """Write the pod's status."""
        ...

    def deleted(self) -> bool:
        """Whether the pod is being deleted."""
        ...
