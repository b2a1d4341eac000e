"""Slow start: one version needs longer before it listens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sim.i18n import Message, message
from sim.model.duration import duration
from sim.ports import Process
from sim.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowStart:
    """*version* listens *extra_seconds* later after every start of its process."""

    example: ClassVar[str] = "start:new:+40s"

    version: str
    extra_seconds: float

    @classmethod
    def parse(cls, version: str, amount: str) -> SlowStart:
        """Read an amount like `+40s`. Raise `Unreadable` if it is not a duration."""
        return cls(version=version, extra_seconds=duration(amount.removeprefix("+")))

    def inject(self, world: World) -> Process[None]:
        """Delay every start until the fault is taken back."""
        with world.altered(self.version, startup_seconds=lambda now: now + self.extra_seconds):
            yield world.forever()

    def describe(self) -> Message:
        """What it does, in one line."""
        return message(
            "version {version} listens {seconds} s later after every start",
            version=self.version,
            seconds=f"{self.extra_seconds:g}",
        )
