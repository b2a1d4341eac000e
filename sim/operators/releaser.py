"""The releaser: whoever carries a strategy out, and lays it down to go back when told to.

Two processes, for the one may be in the middle of a wait when the other must begin. What was laid
down is never taken up again: its next wait ends, and nothing follows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sim.errors import RolloutError
from sim.model.run import Phase
from sim.ports import Clock, Process, Wait


class Releaser:
    """Carries out *roll_out* once, and *go_back* at most once; *told* hears of each end."""

    def __init__(
        self,
        clock: Clock,
        roll_out: Callable[[], Process[Phase]],
        go_back: Callable[[], Process[Phase]],
        told: Callable[[], None],
    ) -> None:
        self._clock = clock
        self._roll_out = roll_out
        self._go_back = go_back
        self._told = told
        self.phase: Phase | None = None
        self.finished_at: float | None = None
        self.left_at: float | None = None  # When the way back began.
        self.back_at: float | None = None  # When it came to its end.
        self.refusal: str = ""  # Why the cluster refused the way back.

    def release(self, first_write: float) -> Process[None]:
        """The way there, from *first_write* on and as far as it is let."""
        yield Wait(first_write)
        process, answer = self._roll_out(), None
        while self.left_at is None:
            try:
                wait = process.send(answer)
            except StopIteration as stop:
                self._end(stop)
                return
            answer = yield wait
        process.close()

    def begin_to_return(self) -> bool:
        """Lay the release down; False if that was done before."""
        if self.left_at is not None:
            return False
        self.left_at = self._clock.now()
        return True

    def go_back(self) -> Process[None]:
        """The way back, after `begin_to_return`. What the cluster refuses stays undone."""
        try:
            self.phase = yield from self._go_back()
        except RolloutError as refused:
            self.refusal = str(refused)
        self.back_at = self._clock.now()
        self._told()

    def _end(self, stop: Any) -> None:
        self.phase = stop.value
        self.finished_at = self._clock.now()
        self._told()
