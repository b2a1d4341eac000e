"""Who reads the log of attempts: one at once, another in whole chunks, whatever the first asks."""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from sim.model.attempts import CHUNK, Attempts, Log


class LogReaders:
    """Passes attempts on to the *prompt* reader as they come, to the *patient* one `CHUNK`s.

    A monitor has the log flushed at every scrape; a file of requests does not grow more groups of
    rows for that.
    """

    def __init__(self) -> None:
        self.prompt: Log | None = None
        self.patient: Log | None = None
        self._kept: list[Attempts] = []
        self._count = 0

    def take(self, attempts: Attempts) -> None:
        """Some attempts more."""
        if self.prompt is None and self.patient is not None:
            self.patient(attempts)  # Nobody flushes: these are chunks.
            return
        if self.prompt is not None:
            self.prompt(attempts)
        if self.patient is None:
            return
        self._kept.append(attempts)
        self._count += len(attempts)
        if self._count >= CHUNK:
            self._hand_on(CHUNK)

    def flush(self) -> None:
        """Hand on what is left."""
        if self._count:
            self._hand_on(self._count)

    def _hand_on(self, count: int) -> None:
        assert self.patient is not None
        columns = {
            one.name: np.concatenate([getattr(part, one.name) for part in self._kept])
            for one in fields(Attempts)
        }
        self._kept, self._count = [], self._count - count
        self.patient(Attempts(**{name: column[:count] for name, column in columns.items()}))
        if self._count:
            self._kept = [Attempts(**{name: column[count:] for name, column in columns.items()})]
