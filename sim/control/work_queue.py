"""A controller's work queue: objects to look at, each once at a time, after a watch delay."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from zlib import crc32

from sim.control.clock import Environment
from sim.control.store import Key
from sim.model.draws import Purpose, Stream

_COUNT_BITS = 20


class WatchDelay:
    """How long one listener's news take, drawn by listener, object and how often it was asked."""

    def __init__(self, seed: int, listener: str, bounds: tuple[float, float]) -> None:
        self._stream = Stream(seed, Purpose.WATCH)
        self._listener = listener
        self._bounds = bounds
        self._next: dict[Key, int] = {}
        self.least = bounds[0]

    def seconds(self, key: Key) -> float:
        """The delay of the next piece of news about *key*."""
        number = self._next.get(key)
        if number is None:
            number = crc32(f"{self._listener}/{key[0]}/{key[1]}".encode()) << _COUNT_BITS
        self._next[key] = number + 1
        return self._stream.between(self._bounds, number)


class WorkQueue:
    """Calls *sync* with the key of an object that changed, as a level-triggered controller needs.

    News that arrive while a look is due are seen by that look, for it reads the objects as they
    are then; a controller's own cache never lags behind the news that woke it.
    """

    def __init__(self, env: Environment, delay: WatchDelay, sync: Callable[[Key], None]) -> None:
        self._env = env
        self._delay = delay
        self._sync = sync
        self._due: dict[Key, float] = {}

    def add(self, key: Key) -> None:
        """Something about *key* changed just now."""
        now = self._env.now
        # Whatever is drawn, a look that is due so soon comes first.
        if self._due.get(key, inf) > now + self._delay.least:
            self._look(key, now + self._delay.seconds(key))

    def add_at(self, key: Key, time: float) -> None:
        """Look at *key* at *time*, by the controller's own intent."""
        self._look(key, time + self._delay.seconds(key))

    def _look(self, key: Key, time: float) -> None:
        # The earliest look wins; every look plans the later one that it needs itself.
        if time < self._due.get(key, inf):
            self._due[key] = time
            self._env.call_at(time, lambda: self._run(key, time))

    def _run(self, key: Key, time: float) -> None:
        if self._due.get(key) == time:
            del self._due[key]
            self._sync(key)
