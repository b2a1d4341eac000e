"""The port that only the simulation has: what a fault may do to its world.

No real cluster implements it, so that a fault cannot reach one by type, not by a flag.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any, Protocol

from sim.i18n import Message
from sim.model.behaviour import Behaviour
from sim.model.wait import Process, Wait


class World(Protocol):
    """What a fault may do to the simulated world; no real cluster implements it."""

    def now(self) -> float:
        """The present moment, in simulated seconds."""
        ...

    def sleep(self, seconds: float) -> Wait:
        """Until *seconds* from now."""
        ...

    def until(self, time: float) -> Wait:
        """Until the absolute *time*, which may have passed or never come."""
        ...

    def forever(self) -> Wait:
        """Until the end of the run."""
        ...

    def behaviour(self, version: str) -> Behaviour:
        """How *version* behaves now."""
        ...

    def altered(
        self, version: str, endpoint_class: str = "", **changes: Any
    ) -> AbstractContextManager[None]:
        """Change fields of the version's `Behaviour` while the `with` block lasts.

        With an *endpoint_class* those of its `ClassBehaviour` for requests of that class.

        Each change is a value, or a function of the value that the field has without it.
        """
        ...

    def dependency_altered(self, dependency: str, **changes: Any) -> AbstractContextManager[None]:
        """Change fields of the `Dependency` of that name while the `with` block lasts.

        Each change is a value, or a function of the value that the field has without it.
        """
        ...

    def slowed(self, node: str, factor: float) -> AbstractContextManager[None]:
        """Pods of the machine *node* serve *factor* times slower while the `with` block lasts."""
        ...

    def lost(self, node: str) -> AbstractContextManager[None]:
        """The machine *node* stands still while the `with` block lasts, and boots after it."""
        ...

    def blinded(self, targets: str, late_seconds: float | None) -> AbstractContextManager[None]:
        """Nothing is heard of *targets*, or only late, while the `with` block lasts.

        *targets* are of a `model.monitoring` kind. Where nothing is monitored nothing is blind.
        """
        ...


class Fault(Protocol):
    """Something that goes wrong; it must heal what it broke when it is interrupted."""

    def inject(self, world: World) -> Process[None]:
        """Break it, wait, mend it."""
        ...

    def describe(self) -> Message:
        """What it does, in one line for people."""
        ...
