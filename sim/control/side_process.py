"""The process of a container that serves nobody: an init container, a sidecar, a second app."""

from __future__ import annotations

from collections.abc import Callable

from sim.control.clock import Environment
from sim.control.server_process import Exit
from sim.model.behaviour import Behaviour, ContainerBehaviour, Reaction


class SideProcess:
    """Runs until it is stopped, or with *ends* until its work is done; *changed* hears of its end.

    It answers its probes a start-up time after each start, and ends at SIGTERM at once.
    """

    def __init__(
        self, env: Environment, name: str, *, ends: bool, changed: Callable[[], None]
    ) -> None:
        self._env = env
        self._name = name
        self._ends = ends
        self._changed = changed
        self.starts = 0
        self.alive = False
        self.exit: Exit | None = None
        self.answers_from = float("inf")  # When it begins to answer its probes.

    def start(self, row: Behaviour) -> None:
        """Start it, as the pod's version says that this container behaves."""
        own = next((one for one in row.containers if one.name == self._name), None)
        own = own or ContainerBehaviour(name=self._name)
        self.starts += 1
        self.alive, self.exit = True, None
        self.answers_from = self._env.now + own.startup_seconds
        start = self.starts
        if self._ends:
            done = self._env.now + own.run_seconds
            self._env.call_at(done, lambda: self._finish(start, own.exit_code))

    @property
    def listening(self) -> bool:
        """Whether it answers its probes and hooks now."""
        return self.alive and self._env.now >= self.answers_from

    def sigterm(self, reaction: Reaction) -> None:
        """SIGTERM: it has nothing to finish."""
        if self.alive:
            self._end(0, "Completed")

    def sigkill(self) -> None:
        """SIGKILL: gone."""
        if self.alive:
            self._end(137, "Error")

    def lose(self) -> None:
        """Its machine is gone, and it with it."""
        self.alive = False
        self.answers_from = float("inf")

    def _finish(self, start: int, code: int) -> None:
        if self.alive and start == self.starts:
            self._end(code, "Error" if code else "Completed")

    def _end(self, code: int, reason: str) -> None:
        self.alive = False
        self.answers_from = float("inf")
        self.exit = Exit(code, reason, self._env.now)
        self._changed()
