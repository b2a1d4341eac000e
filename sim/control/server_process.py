"""The process inside a container, as signals meet it: one that serves requests, or another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from sim.control.clock import Environment
from sim.model.behaviour import Behaviour, Reaction
from sim.model.causes import Cause
from sim.model.cfs import burst_seconds
from sim.ports import DataPlane


@dataclass(frozen=True, slots=True)
class Exit:
    """How a process ended. 137 is death by SIGKILL, 143 by SIGTERM without a handler."""

    code: int
    reason: str
    time: float


class Process(Protocol):
    """A process that can be stopped. `exit` is None while it runs."""

    alive: bool
    exit: Exit | None
    starts: int  # How often it was started.

    @property
    def listening(self) -> bool:
        """Whether it answers now."""
        ...

    def start(self, row: Behaviour) -> None:
        """Start it, as its version behaves now."""
        ...

    def sigterm(self, reaction: Reaction) -> None:
        """SIGTERM: it ends soon, or not at all."""
        ...

    def sigkill(self) -> None:
        """SIGKILL: gone."""
        ...

    def lose(self) -> None:
        """Its machine is gone, and it with it."""
        ...


class ServerProcess:
    """The process that serves a pod's requests; *changed* is called when it has ended, *begun*
    whenever it starts.

    What it computes at its start, with one thread, is stretched by the CPU limit *limit_cores*.
    Before its first start it counts as not alive.
    """

    def __init__(
        self,
        env: Environment,
        data_plane: DataPlane,
        pod: int,
        changed: Callable[[], None],
        *,
        limit_cores: float,
        begun: Callable[[], None] = lambda: None,
    ) -> None:
        self._env = env
        self._plane = data_plane
        self._pod = pod
        self._changed = changed
        self._limit_cores = limit_cores
        self._begun = begun
        self.starts = 0
        self._terminated = False  # SIGTERM came and was understood.
        self.alive = False
        self.listening = False
        self.exit: Exit | None = None

    def start(self, row: Behaviour) -> None:
        """Start it; it listens after its start-up time, if it lives that long."""
        self.starts += 1
        self.alive, self.listening, self._terminated = True, False, False
        self.exit = None
        start, now = self.starts, self._env.now
        self._begun()
        waits = row.startup_seconds - row.startup_cpu_seconds
        seconds = waits + burst_seconds(row.startup_cpu_seconds, self._limit_cores)
        self._env.call_at(now + seconds, lambda: self._listen(start))
        if row.crash_after_seconds is not None:
            self._env.call_at(now + row.crash_after_seconds, lambda: self._crash(start))

    def sigterm(self, reaction: Reaction) -> None:
        """SIGTERM: drain, exit at once, or ignore it. One that does not listen yet has no handler
        for draining, and just ends."""
        if not self.alive or reaction is Reaction.IGNORE:
            return
        self._terminated = True
        if reaction is Reaction.DRAIN and self.listening:
            self._plane.set_pod(self._pod, draining=True)
        else:
            self._plane.kill(self._pod, Cause.GONE_AT_SIGTERM)
            self._end(143, "Error")

    def sigkill(self) -> None:
        """SIGKILL: gone, with everything in flight."""
        if self.alive:
            self._plane.kill(self._pod, Cause.CUT_BY_SIGKILL)
            self._end(137, "Error")

    def out_of_memory(self) -> None:
        """The kernel kills it for crossing its memory limit."""
        if self.alive:
            self._plane.kill(self._pod, Cause.CUT_BY_CRASH_OR_OOM)
            self._end(137, "OOMKilled")

    def crash(self) -> None:
        """A request ends it, with exit code 1."""
        if self.alive:
            self._plane.kill(self._pod, Cause.CUT_BY_CRASH_OR_OOM)
            self._end(1, "Error")

    def drained(self) -> None:
        """It answered its last request after SIGTERM and exits by itself."""
        if self.alive and self._terminated:
            self._plane.kill(self._pod, Cause.GONE_AT_SIGTERM)  # Nothing is in flight any more.
            self._end(0, "Completed")

    def lose(self) -> None:
        """Its machine is gone, and it with it; nobody is there to see how it ended."""
        if self.alive:
            self.alive = self.listening = False
            self._plane.kill(self._pod, Cause.NODE_UNREACHABLE)

    def _crash(self, start: int) -> None:
        if self.alive and start == self.starts:
            self._plane.kill(self._pod, Cause.CUT_BY_CRASH_OR_OOM)
            self._end(1, "Error")

    def _listen(self, start: int) -> None:
        if self.alive and start == self.starts and not self._terminated:
            self.listening = True
            self._plane.set_pod(self._pod, listening=True)

    def _end(self, code: int, reason: str) -> None:
        self.alive = self.listening = False
        self.exit = Exit(code, reason, self._env.now)
        self._changed()
