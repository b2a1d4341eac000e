"""How a pod's process sleeps: until a moment, or until what it waits for has come true."""

from __future__ import annotations

from collections.abc import Callable, Generator
from math import inf
from typing import TypeAlias

from simpy.events import Event

from sim.control.clock import Environment

Steps: TypeAlias = Generator[Event, None, None]


class Waiting:
    """A sleeper and its alarm. Nothing is thrown into the sleeper, so nothing can be lost.

    What happened is kept as state by whoever pokes; the sleeper looks at that state when it wakes,
    wherever it stood.
    """

    def __init__(self, env: Environment) -> None:
        self._env = env
        self._event: Event | None = None

    def poke(self) -> None:
        """Something changed: let the sleeper look."""
        if self._event is not None and not self._event.triggered:
            self._event.succeed()

    def until(self, condition: Callable[[], bool], time: float = inf) -> Steps:
        """Sleep until *condition* holds, or until *time*, whichever is first."""
        while not condition() and self._env.now < time:
            event = self._event = self._env.event()
            if time < inf:
                self._env.call_at(time, lambda event=event: _ring(event))  # type: ignore[misc]
            yield event


def _ring(event: Event) -> None:
    if not event.triggered:
        event.succeed()
