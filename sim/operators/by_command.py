"""By command: at a moment that is agreed on, somebody says "go back", whatever can be seen."""

from __future__ import annotations

from dataclasses import dataclass

from sim.operators.duty import Duty
from sim.ports import Process, Wait


@dataclass(frozen=True, slots=True, kw_only=True)
class ByCommand:
    """At the absolute time *at*, or *after_finish_seconds* after the release came to its end.

    Exactly one of the two. A release that never ends is never told to go back by the second.
    """

    at: float | None = None
    after_finish_seconds: float | None = None

    def __post_init__(self) -> None:
        if (self.at is None) == (self.after_finish_seconds is None):
            raise ValueError("a command comes either at a time or after the finish")

    def watch(self, duty: Duty) -> Process[None]:
        """Wait for the moment, and say it."""
        if self.at is not None:
            yield Wait(self.at)
        else:
            yield duty.until_finished()
            yield duty.clock.sleep(self.after_finish_seconds or 0.0)
        yield from duty.go_back()
