"""Latency: a dependency takes a multiple of its time for every call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sim.faults.episode import episode
from sim.i18n import Message, message
from sim.model.duration import factor
from sim.model.span import Span, timed
from sim.ports import Process
from sim.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """*dependency* takes *factor* times as long for calls that begin in a *span*."""

    example: ClassVar[str] = "latency:database:10x@40s..70s"

    dependency: str
    factor: float
    span: Span

    @classmethod
    def parse(cls, dependency: str, amount: str) -> Latency:
        """Read an amount like `10x` or `10x@40s..70s`. Raise `Unreadable` if it is none."""
        times, span = timed(amount)
        return cls(dependency=dependency, factor=factor(times), span=span)

    def inject(self, world: World) -> Process[None]:
        """Stretch its latency then, beside whatever stretches it already."""
        times = self.factor
        return episode(world, self.dependency, self.span, latency_seconds=lambda now: now * times)

    def describe(self) -> Message:
        """What it does, in one line."""
        return message(
            "{dependency} takes {factor} times as long for a call, {when}",
            dependency=self.dependency,
            factor=f"{self.factor:g}",
            when=self.span.describe(),
        )
