"""Crash: the process ends by itself, again and again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sim.i18n import Message, message
from sim.model.duration import duration
from sim.ports import Process
from sim.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Crash:
    """Every process of *version* ends with exit code 1, *after_seconds* after each start."""

    example: ClassVar[str] = "crash:new:30s"

    version: str
    after_seconds: float

    @classmethod
    def parse(cls, version: str, amount: str) -> Crash:
        """Read an amount like `30s`. Raise `Unreadable` if it is not a duration."""
        return cls(version=version, after_seconds=duration(amount))

    def inject(self, world: World) -> Process[None]:
        """Let processes that start from now on end so, until the fault is taken back."""

        def sooner(now: float | None) -> float:
            return self.after_seconds if now is None else min(now, self.after_seconds)

        with world.altered(self.version, crash_after_seconds=sooner):
            yield world.forever()

    def describe(self) -> Message:
        """What it does, in one line."""
        return message(
            "processes of version {version} end by themselves {seconds} s after each start",
            version=self.version,
            seconds=f"{self.after_seconds:g}",
        )
