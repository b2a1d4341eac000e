"""Hang: a share of the requests is never answered, and each holds a worker for good."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sim.i18n import Message, message
from sim.model.duration import share
from sim.ports import Process
from sim.scenario.fault_spec import split_class
from sim.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Hang:
    """*version* never ends *hang_ratio* of the attempts that its workers take, from 0 to 1.

    The client times out; the worker stays held until the process ends, as in a deadlock. When all
    workers are, probes that share them fail too, and a liveness probe restarts the process. With an
    *endpoint_class* only requests of that class hang.
    """

    example: ClassVar[str] = "hang:new:5%"

    version: str
    hang_ratio: float
    endpoint_class: str = ""  # All requests.

    @classmethod
    def parse(cls, version: str, amount: str) -> Hang:
        """Read an amount like `5%` or `5%@search`. Raise `Unreadable` if it is not a share."""
        size, endpoint_class = split_class(amount)
        return cls(version=version, hang_ratio=share(size), endpoint_class=endpoint_class)

    def inject(self, world: World) -> Process[None]:
        """Hang that share of what other such faults let pass, until the fault is taken back.

        What hangs already goes on to.
        """
        ratio = self.hang_ratio
        of = self.endpoint_class
        with world.altered(self.version, of, hang_ratio=lambda now: now + (1.0 - now) * ratio):
            yield world.forever()

    def describe(self) -> Message:
        """What it does, in one line."""
        if self.endpoint_class:
            return message(
                "version {version} never answers {percent} % of its {name} requests, and each holds"
                " a worker",
                version=self.version,
                percent=f"{self.hang_ratio * 100:g}",
                name=self.endpoint_class,
            )
        return message(
            "version {version} never answers {percent} % of its requests, and each holds a worker",
            version=self.version,
            percent=f"{self.hang_ratio * 100:g}",
        )
