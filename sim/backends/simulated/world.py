"""The simulated world as a fault sees it: versions, machines and dependencies to be altered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from math import prod
from typing import Any, Protocol

from sim.backends.simulated.alterations import Alterations, classes_altered
from sim.backends.simulated.driver import SimulatedClock
from sim.control.clock import Environment
from sim.model.behaviour import Behaviour
from sim.model.dependency import Dependency
from sim.ports import Clock, Wait
from sim.world import Fault


class Machines(Protocol):
    """What stands behind the names of nodes."""

    def lose_node(self, node: str) -> None:
        """It stops."""
        ...

    def return_node(self, node: str) -> None:
        """It boots again."""
        ...

    def slow_node(self, node: str, slowdown: float) -> None:
        """Its pods take so many times as long for what they begin from now on."""
        ...


class Watcher(Protocol):
    """Who can be made blind."""

    def blinded(self, kind: str, late_seconds: float | None) -> AbstractContextManager[None]:
        """For targets of that *kind*, while the `with` block lasts."""
        ...


class SimulatedWorld:
    """`ports.World`: whatever a fault changes stacks, and each fault heals alone.

    *healthy* answers how a version behaves without faults; *on_change* hears the name of every
    version whose row is no longer what it was. *dependencies* are the same for what pods call.
    """

    def __init__(
        self,
        clock: Clock,
        healthy: Callable[[str], Behaviour],
        on_change: Callable[[str], None],
        machines: Machines | None = None,
        dependencies: Alterations[Dependency] | None = None,
    ) -> None:
        self._clock = clock
        self._versions = Alterations(healthy, on_change)
        self._machines = machines
        self._dependencies = dependencies
        self._slowdowns: dict[str, list[float]] = {}
        self.watcher: Watcher | None = None

    def now(self) -> float:
        """The present moment, in simulated seconds."""
        return self._clock.now()

    def sleep(self, seconds: float) -> Wait:
        """Until *seconds* from now."""
        return self._clock.sleep(seconds)

    def until(self, time: float) -> Wait:
        """Until *time*, which may have passed or never come."""
        return Wait(None) if time == float("inf") else Wait(max(time, self.now()))

    def forever(self) -> Wait:
        """Until the end of the run."""
        return Wait(None)

    def behaviour(self, version: str) -> Behaviour:
        """How *version* behaves now, all alterations included."""
        return self._versions.row(version)

    def altered(
        self, version: str, endpoint_class: str = "", **changes: Any
    ) -> AbstractContextManager[None]:
        """Change fields of the version's `Behaviour` while the `with` block lasts.

        A change is a value, or a function of the value that the field has without it. With an
        *endpoint_class* the fields are those of the version's `ClassBehaviour` of that name.
        """
        if endpoint_class:
            changes = {"classes": partial(classes_altered, endpoint_class, changes)}
        return self._versions.applied(version, changes)

    def dependency_altered(self, dependency: str, **changes: Any) -> AbstractContextManager[None]:
        """Change fields of the `Dependency` of that name while the `with` block lasts."""
        assert self._dependencies is not None, "a world with dependencies"
        return self._dependencies.applied(dependency, changes)

    @contextmanager
    def slowed(self, node: str, factor: float) -> Iterator[None]:
        """Pods of the machine *node* serve *factor* times slower while the `with` block lasts."""
        slowdowns = self._slowdowns.setdefault(node, [])
        slowdowns.append(factor)
        self._slow_down(node)
        try:
            yield
        finally:
            slowdowns.remove(factor)
            self._slow_down(node)

    def _slow_down(self, node: str) -> None:
        if self._machines is not None:
            self._machines.slow_node(node, prod(self._slowdowns[node]))

    @contextmanager
    def lost(self, node: str) -> Iterator[None]:
        """The machine *node* stands still while the `with` block lasts, and boots after it."""
        assert self._machines is not None
        self._machines.lose_node(node)
        try:
            yield
        finally:
            self._machines.return_node(node)

    def blinded(self, targets: str, late_seconds: float | None) -> AbstractContextManager[None]:
        """Nothing is heard of *targets*, or only late, while the `with` block lasts."""
        if self.watcher is None:
            return nullcontext()
        return self.watcher.blinded(targets, late_seconds)


def behaviour_from_the_start(
    healthy: Callable[[str], Behaviour], faults: Iterable[Fault], version: str
) -> Behaviour:
    """How *version* behaves when a run begins, with all that *faults* do without waiting."""
    any_dependency = Alterations(lambda name: Dependency(name=name), lambda _: None)
    world = SimulatedWorld(
        SimulatedClock(Environment()), healthy, lambda _: None, dependencies=any_dependency
    )
    begun = [fault.inject(world) for fault in faults]
    for process in begun:
        next(process, None)
    found = world.behaviour(version)
    for process in begun:
        process.close()
    return found
