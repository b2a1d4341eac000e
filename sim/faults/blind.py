"""Blind: the monitoring hears nothing for a while, or hears it late."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sim.i18n import Message, message
from sim.model.duration import duration
from sim.model.monitoring import SERVER, TARGETS
from sim.model.span import Span, timed
from sim.model.unreadable import Unreadable
from sim.ports import Process
from sim.world import World

LOST = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Blind:
    """Scrapes of *targets* fail in a *span*, or arrive *late_seconds* after they were made.

    Of the server itself: it is away, and neither scrapes nor evaluates.
    """

    example: ClassVar[str] = "blind:pods:lost@40s..80s"

    targets: str
    late_seconds: float | None
    span: Span

    @classmethod
    def parse(cls, targets: str, amount: str) -> Blind:
        """Read an amount like `lost@40s..80s` or `20s@40s..80s`. Raise `Unreadable` if none."""
        if targets not in (*TARGETS, SERVER):
            raise Unreadable(
                message("nothing that is monitored is called {name}", name=repr(targets)),
                message("known: {known}", known=", ".join((*TARGETS, SERVER))),
            )
        how, span = timed(amount)
        return cls(targets=targets, late_seconds=None if how == LOST else duration(how), span=span)

    def inject(self, world: World) -> Process[None]:
        """Be blind then, and see again."""
        if self.span.start > world.now():
            yield world.until(self.span.start)
        if world.now() < self.span.end:
            with world.blinded(self.targets, self.late_seconds):
                yield world.until(self.span.end)

    def describe(self) -> Message:
        """What it does, in one line."""
        if self.late_seconds is None:
            return message(
                "the monitoring hears nothing of {targets}, {when}",
                targets=self.targets,
                when=self.span.describe(),
            )
        return message(
            "what the monitoring hears of {targets} is {seconds} s late, {when}",
            targets=self.targets,
            seconds=f"{self.late_seconds:g}",
            when=self.span.describe(),
        )
