"""Errors: a dependency answers a share of the calls to it with an error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sim.faults.episode import episode
from sim.i18n import Message, message
from sim.model.duration import share
from sim.model.span import Span, timed
from sim.ports import Process
from sim.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Errors:
    """*dependency* fails *error_ratio* of the calls that it answers in a *span*, from 0 to 1."""

    example: ClassVar[str] = "errors:database:5%@40s..70s"

    dependency: str
    error_ratio: float
    span: Span

    @classmethod
    def parse(cls, dependency: str, amount: str) -> Errors:
        """Read an amount like `5%` or `5%@40s..70s`. Raise `Unreadable` if it is none."""
        ratio, span = timed(amount)
        return cls(dependency=dependency, error_ratio=share(ratio), span=span)

    def inject(self, world: World) -> Process[None]:
        """Fail that share of what would have gone well, then and no longer."""
        ratio = self.error_ratio
        return episode(
            world, self.dependency, self.span, error_ratio=lambda now: now + (1.0 - now) * ratio
        )

    def describe(self) -> Message:
        """What it does, in one line."""
        return message(
            "{dependency} answers {percent} % of calls with an error, {when}",
            dependency=self.dependency,
            percent=f"{self.error_ratio * 100:g}",
            when=self.span.describe(),
        )
