"""Lock: a dependency serves nobody for a while, and all who call it wait."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sim.faults.episode import episode
from sim.i18n import Message, message
from sim.model.span import Span
from sim.ports import Process
from sim.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """*dependency* begins nothing new for a *span*, as when a migration locks its tables."""

    example: ClassVar[str] = "lock:database:40s..70s"

    dependency: str
    span: Span

    @classmethod
    def parse(cls, dependency: str, amount: str) -> Lock:
        """Read a span like `40s..70s`, or `40s`. Raise `Unreadable` if it is none."""
        return cls(dependency=dependency, span=Span.parse(amount))

    def inject(self, world: World) -> Process[None]:
        """Lock it then, and let it go at the end or when the fault is taken back."""
        return episode(world, self.dependency, self.span, capacity=0)

    def describe(self) -> Message:
        """What it does, in one line."""
        return message(
            "{dependency} is locked {when}: every call to it waits",
            dependency=self.dependency,
            when=self.span.describe(),
        )
