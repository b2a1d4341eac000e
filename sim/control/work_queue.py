"""A controller's work queue: objects to look at, each once at a time, after a watch delay."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from zlib import crc32

from sim.control.clock import Environment
from sim.control.store import Key
from sim.model.draws import Purpose, Stream

_COUNT_BITS = 20


class WatchDelay:
    """How long one listener's news take, drawn by listener, object and how often it was told."""

    def __init__(self, seed: int, listener: str, bounds: tuple[float, float]) -> None:
        self._stream = Stream(seed, Purpose.WATCH)
        self._listener = listener
        self._bounds = bounds
        self._told: Counter[Key] = Counter()

    def seconds(self, key: Key) -> float:
        """The delay of the next piece of news about *key*."""
        told = self._told[key]
        self._told[key] += 1
        place = crc32(f"{self._listener}/{key[0]}/{key[1]}".encode())
        return self._stream.between(self._bounds, (place << _COUNT_BITS) | told)


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
        self._look(key, self._env.now + self._delay.seconds(key))

    def add_at(self, key: Key, time: float) -> None:
        """Look at *key* at *time*, by the controller's own intent."""
        self._look(key, time + self._delay.seconds(key))

    def _look(self, key: Key, time: float) -> None:
        # The earliest look wins; every look plans the later one that it needs itself.
        if time < self._due.get(key, float("inf")):
            self._due[key] = time
            self._env.call_at(time, lambda: self._run(key, time))

    def _run(self, key: Key, time: float) -> None:
        if self._due.get(key) == time:
            del self._due[key]
            self._sync(key)
