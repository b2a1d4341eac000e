"""By command: at a moment that is agreed on, somebody says "go back", whatever can be seen."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from sim.operators.duty import Duty
from sim.ports import Process, Wait


@dataclass(frozen=True, slots=True, kw_only=True)
class ByCommand:
    """At the absolute time *at*, or when that *new_pods_share* of the service's pods is new and
    available, or *after_finish_seconds* after the release came to its end: one of the three.

    A release that does not come so far is never told to go back.
    """

    at: float | None = None
    new_pods_share: float | None = None
    after_finish_seconds: float | None = None

    def __post_init__(self) -> None:
        if [self.at, self.new_pods_share, self.after_finish_seconds].count(None) != 2:
            raise ValueError("a command comes at exactly one moment")

    def watch(self, duty: Duty) -> Process[None]:
        """Wait for the moment, and say it."""
        if self.at is not None:
            yield Wait(self.at)
        elif self.new_pods_share is not None:
            yield duty.until(duty.first_write)  # A green that stood before has its pods already.
            pods = ceil(duty.cluster.deployment()["spec"]["replicas"] * self.new_pods_share)
            yield duty.clock.until(lambda: duty.new_pods() >= pods)
        else:
            yield duty.until_finished()
            yield duty.clock.sleep(self.after_finish_seconds or 0.0)
        yield from duty.go_back()
