"""Outage: nobody answers at a dependency, and every call to it fails at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sim.faults.episode import episode
from sim.i18n import Message, message
from sim.model.span import Span
from sim.ports import Process
from sim.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """*dependency* is down for a *span*; calls that are under way when it begins fail too."""

    example: ClassVar[str] = "outage:database:40s..70s"

    dependency: str
    span: Span

    @classmethod
    def parse(cls, dependency: str, amount: str) -> Outage:
        """Read a span like `40s..70s`, or `40s`. Raise `Unreadable` if it is none."""
        return cls(dependency=dependency, span=Span.parse(amount))

    def inject(self, world: World) -> Process[None]:
        """Take it down then, and let it up at the end or when the fault is taken back."""
        return episode(world, self.dependency, self.span, up=False)

    def describe(self) -> Message:
        """What it does, in one line."""
        return message(
            "{dependency} is down {when}: every call to it fails at once",
            dependency=self.dependency,
            when=self.span.describe(),
        )
