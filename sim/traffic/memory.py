"""The memory of one process, and the moment at which it reaches the pod's limit."""

from __future__ import annotations

from collections.abc import Callable

from sim.model.behaviour import Behaviour
from sim.traffic.clock import Clock, Due, Kind


class Memory:
    """Base plus what has leaked since the process began to listen; nothing while there is none.

    Reaching *limit_bytes* calls *exceeded* once per process. The leak is a line between changes of
    behaviour and requests that leak, so the crossing is known in advance: 100 bytes of base, a leak
    of 4 bytes/s and a limit of 120 meet after 5 s; a base at or above the limit meets it at once.
    """

    def __init__(
        self, clock: Clock, pod: int, limit_bytes: float, exceeded: Callable[[], None]
    ) -> None:
        self._clock = clock
        self._pod = pod
        self._limit_bytes = limit_bytes
        self._exceeded = exceeded
        self._behaviour: Behaviour | None = None  # None: there is no process.
        self._leaked_bytes = 0.0  # Up to _since.
        self._since = clock.now
        self._crossing: Due | None = None
        self._crossed = False

    @property
    def used_bytes(self) -> float:
        """What the process holds at this moment."""
        if self._behaviour is None:
            return 0.0
        return self._behaviour.base_memory_bytes + self._leaked()

    def start(self, behaviour: Behaviour) -> None:
        """A fresh process: back to the base, leaking from here."""
        self._behaviour = behaviour
        self._leaked_bytes = 0.0
        self._since = self._clock.now
        self._crossed = False
        self._expect_crossing()

    def change(self, behaviour: Behaviour) -> None:
        """Leak by *behaviour* from now on; what has leaked stays."""
        if self._behaviour is not None:
            self._leaked_bytes = self._leaked()
            self._since = self._clock.now
            self._behaviour = behaviour
            self._expect_crossing()

    def grow(self, size: float) -> None:
        """A request leaves so many bytes behind."""
        if self._behaviour is not None:
            self._leaked_bytes = self._leaked() + size
            self._since = self._clock.now
            self._expect_crossing()

    def stop(self) -> None:
        """The process is gone, and its memory with it."""
        self._behaviour = None
        self._withdraw()

    def _leaked(self) -> float:
        assert self._behaviour is not None
        seconds = self._clock.now - self._since
        return self._leaked_bytes + self._behaviour.leak_bytes_per_second * seconds

    def _expect_crossing(self) -> None:
        self._withdraw()
        assert self._behaviour is not None
        room = self._limit_bytes - self._behaviour.base_memory_bytes - self._leaked_bytes
        leak = self._behaviour.leak_bytes_per_second
        if self._crossed or (room > 0.0 and leak <= 0.0) or room == float("inf"):
            return
        when = self._since + room / leak if room > 0.0 else self._since
        name = (-1, self._pod, Kind.OOM)
        self._crossing = self._clock.schedule_at(when, name, self._cross)

    def _cross(self, _: Due) -> None:
        self._crossed = True
        self._exceeded()

    def _withdraw(self) -> None:
        if self._crossing is not None:
            self._crossing.withdraw()
            self._crossing = None
