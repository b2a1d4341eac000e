"""Slow: one version needs a multiple of its time for every request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sim.i18n import Message, message
from sim.model.duration import factor
from sim.ports import Process
from sim.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Slow:
    """*version* takes *factor* times as long, CPU and waiting alike."""

    example: ClassVar[str] = "slow:new:3x"

    version: str
    factor: float

    @classmethod
    def parse(cls, version: str, amount: str) -> Slow:
        """Read an amount like `3x`. Raise `Unreadable` if it is not a factor."""
        return cls(version=version, factor=factor(amount))

    def inject(self, world: World) -> Process[None]:
        """Stretch the service time until the fault is taken back."""
        with world.altered(self.version, service_time_factor=lambda now: now * self.factor):
            yield world.forever()

    def describe(self) -> Message:
        """What it does, in one line."""
        return message(
            "version {version} takes {factor} times as long for a request",
            version=self.version,
            factor=f"{self.factor:g}",
        )
