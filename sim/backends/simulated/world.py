"""The simulated world as a fault sees it: rows of the behaviour table, changed and put back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Protocol

from sim.backends.simulated.driver import SimulatedClock
from sim.control.clock import Environment
from sim.model.behaviour import Behaviour
from sim.ports import Clock, Fault, Wait


class Machines(Protocol):
    """What stands behind the names of nodes."""

    def lose_node(self, node: str) -> None:
        """It stops."""
        ...

    def return_node(self, node: str) -> None:
        """It boots again."""
        ...


class SimulatedWorld:
    """`ports.World`: alterations stack in the order in which they came, and each can go alone.

    *healthy* answers how a version behaves without faults; *on_change* hears the name of every
    version whose row is no longer what it was.
    """

    def __init__(
        self,
        clock: Clock,
        healthy: Callable[[str], Behaviour],
        on_change: Callable[[str], None],
        machines: Machines | None = None,
    ) -> None:
        self._clock = clock
        self._healthy = healthy
        self._on_change = on_change
        self._machines = machines
        self._alterations: list[tuple[str, Mapping[str, Any]]] = []

    def now(self) -> float:
        """The present moment, in simulated seconds."""
        return self._clock.now()

    def sleep(self, seconds: float) -> Wait:
        """Until *seconds* from now."""
        return self._clock.sleep(seconds)

    def forever(self) -> Wait:
        """Until the end of the run."""
        return Wait(None)

    def behaviour(self, version: str) -> Behaviour:
        """How *version* behaves now, all alterations included."""
        row = self._healthy(version)
        for name, changes in self._alterations:
            if name == version:
                row = replace(row, **{field: _now(row, field, to) for field, to in changes.items()})
        return row

    @contextmanager
    def altered(self, version: str, **changes: Any) -> Iterator[None]:
        """Change fields of the version's `Behaviour` while the `with` block lasts.

        A change is a value, or a function of the value that the field has without it, so that
        several of a kind add up and each heals alone.
        """
        alteration = (version, changes)
        self._alterations.append(alteration)
        self._on_change(version)
        try:
            yield
        finally:
            # By identity: two equal alterations are two faults, and each heals its own.
            at = next(i for i, one in enumerate(self._alterations) if one is alteration)
            del self._alterations[at]
            self._on_change(version)

    @contextmanager
    def lost(self, node: str) -> Iterator[None]:
        """The machine *node* stands still while the `with` block lasts, and boots after it."""
        assert self._machines is not None
        self._machines.lose_node(node)
        try:
            yield
        finally:
            self._machines.return_node(node)


def _now(row: Behaviour, field: str, to: Any) -> Any:
    """The value that a change gives a *field*: *to* itself, or what it makes of the present one."""
    return to(getattr(row, field)) if callable(to) else to


def behaviour_from_the_start(
    healthy: Callable[[str], Behaviour], faults: Iterable[Fault], version: str
) -> Behaviour:
    """How *version* behaves when a run begins, with all that *faults* do without waiting."""
    world = SimulatedWorld(SimulatedClock(Environment()), healthy, lambda _: None)
    begun = [fault.inject(world) for fault in faults]
    for process in begun:
        next(process)
    found = world.behaviour(version)
    for process in begun:
        process.close()
    return found
