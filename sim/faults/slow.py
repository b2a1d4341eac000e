"""Slow: one version needs a multiple of its time for every request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sim.i18n import Message, message
from sim.model.duration import factor
from sim.ports import Process
from sim.scenario.fault_spec import split_class
from sim.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Slow:
    """*version* takes *factor* times as long, CPU and waiting alike.

    With an *endpoint_class* only for requests of that class.
    """

    example: ClassVar[str] = "slow:new:3x"

    version: str
    factor: float
    endpoint_class: str = ""  # All requests.

    @classmethod
    def parse(cls, version: str, amount: str) -> Slow:
        """Read an amount like `3x` or `3x@search`. Raise `Unreadable` if it is not a factor."""
        size, endpoint_class = split_class(amount)
        return cls(version=version, factor=factor(size), endpoint_class=endpoint_class)

    def inject(self, world: World) -> Process[None]:
        """Stretch the service time until the fault is taken back."""
        longer = self.factor
        of = self.endpoint_class
        with world.altered(self.version, of, service_time_factor=lambda now: now * longer):
            yield world.forever()

    def describe(self) -> Message:
        """What it does, in one line."""
        if self.endpoint_class:
            return message(
                "version {version} takes {factor} times as long for its {name} requests",
                version=self.version,
                factor=f"{self.factor:g}",
                name=self.endpoint_class,
            )
        return message(
            "version {version} takes {factor} times as long for a request",
            version=self.version,
            factor=f"{self.factor:g}",
        )
