"""Bug: the application itself answers a share of its requests with an error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sim.i18n import Message, message
from sim.model.duration import share
from sim.ports import Process
from sim.scenario.fault_spec import split_class
from sim.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Bug:
    """*version* fails *error_ratio* of the requests that it answers, from 0 to 1.

    With an *endpoint_class* only requests of that class.
    """

    example: ClassVar[str] = "bug:new:5%"

    version: str
    error_ratio: float
    endpoint_class: str = ""  # All requests.

    @classmethod
    def parse(cls, version: str, amount: str) -> Bug:
        """Read an amount like `5%` or `3%@checkout`. Raise `Unreadable` if it is not a share."""
        size, endpoint_class = split_class(amount)
        return cls(version=version, error_ratio=share(size), endpoint_class=endpoint_class)

    def inject(self, world: World) -> Process[None]:
        """Fail that share of what other bugs let pass, until the fault is taken back."""
        ratio = self.error_ratio
        of = self.endpoint_class
        with world.altered(self.version, of, error_ratio=lambda now: now + (1.0 - now) * ratio):
            yield world.forever()

    def describe(self) -> Message:
        """What it does, in one line."""
        if self.endpoint_class:
            return message(
                "version {version} answers {percent} % of its {name} requests with an error",
                version=self.version,
                percent=f"{self.error_ratio * 100:g}",
                name=self.endpoint_class,
            )
        return message(
            "version {version} answers {percent} % of its requests with an error",
            version=self.version,
            percent=f"{self.error_ratio * 100:g}",
        )
