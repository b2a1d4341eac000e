"""Slow node: the pods of one machine need a multiple of their time, as beside a noisy neighbour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sim.i18n import Message, message
from sim.model.duration import factor
from sim.model.span import Span, timed
from sim.ports import Process
from sim.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowNode:
    """Pods on *node* take *factor* times as long for requests that they begin in a *span*."""

    example: ClassVar[str] = "slow-node:node-1:3x@40s..80s"

    node: str
    factor: float
    span: Span

    @classmethod
    def parse(cls, node: str, amount: str) -> SlowNode:
        """Read an amount like `3x` or `3x@40s..80s`. Raise `Unreadable` if it is none."""
        times, span = timed(amount)
        return cls(node=node, factor=factor(times), span=span)

    def inject(self, world: World) -> Process[None]:
        """Slow it down then, beside whatever slows it down already."""
        if self.span.start > world.now():
            yield world.until(self.span.start)
        if world.now() < self.span.end:
            with world.slowed(self.node, self.factor):
                yield world.until(self.span.end)

    def describe(self) -> Message:
        """What it does, in one line."""
        return message(
            "pods on machine {node} take {factor} times as long for a request, {when}",
            node=self.node,
            factor=f"{self.factor:g}",
            when=self.span.describe(),
        )
