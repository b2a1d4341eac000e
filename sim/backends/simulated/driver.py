"""Drive what yields waits: strategies, faults and drills, in simulated time."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, TypeVar

from simpy.events import Event

from sim.control.clock import Environment
from sim.ports import Process, Wait

T = TypeVar("T")


class SimulatedClock:
    """`ports.Clock` on the simulation's time."""

    def __init__(self, env: Environment) -> None:
        self._env = env

    def now(self) -> float:
        """The present moment, in simulated seconds."""
        return self._env.now

    def sleep(self, seconds: float) -> Wait:
        """Until *seconds* from now."""
        return Wait(self._env.now + seconds)

    def until(self, condition: Callable[[], Any], deadline: float | None = None) -> Wait:
        """Until *condition* is true, or the absolute time *deadline*."""
        return Wait(deadline, condition)


class Driver:
    """Runs processes and asks their conditions again whenever the cluster has changed.

    A change reaches the one who waits *latency_seconds* later, as through a watch; changes in
    between are seen together.
    """

    def __init__(self, env: Environment, latency_seconds: float) -> None:
        self._env = env
        self._latency_seconds = latency_seconds
        self._look_again: Event | None = None

    def notice(self) -> None:
        """Something changed in the cluster; those who wait will look at it soon."""
        if self._look_again is not None and not self._look_again.triggered:
            when = self._env.now + self._latency_seconds
            pending, self._look_again = self._look_again, None
            self._env.at(when).callbacks.append(lambda _: _wake(pending))

    def drive(self, process: Process[T]) -> Generator[Event, Any, T]:
        """A SimPy process that fulfils the waits of *process* and returns what it returns."""
        answer: Any = None
        while True:
            try:
                wait = process.send(answer)
            except StopIteration as stop:
                result: T = stop.value
                return result
            answer = yield from self._fulfil(wait)

    def _fulfil(self, wait: Wait) -> Generator[Event, Any, Any]:
        over = self._env.event() if wait.deadline is None else self._env.at(wait.deadline)
        if wait.condition is None:
            yield over
            return True
        while not (answer := wait.condition()):
            if over.processed:
                return False
            yield over | self._next_look()
        return answer

    def _next_look(self) -> Event:
        if self._look_again is None:
            self._look_again = self._env.event()
        return self._look_again


def _wake(waiting: Event) -> None:
    waiting.succeed()
