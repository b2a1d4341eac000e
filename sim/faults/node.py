"""Node: a machine stops in the middle of it all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sim.i18n import Message, message
from sim.model.duration import duration
from sim.ports import Process
from sim.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class LostNode:
    """The machine *node* stops *at_seconds* after the start of the window."""

    example: ClassVar[str] = "node:node-1:40s"

    node: str
    at_seconds: float

    @classmethod
    def parse(cls, node: str, amount: str) -> LostNode:
        """Read a moment like `40s`. Raise `Unreadable` if it is not a duration."""
        return cls(node=node, at_seconds=duration(amount))

    def inject(self, world: World) -> Process[None]:
        """Stop it then, and boot it again when the fault is taken back."""
        yield world.sleep(max(0.0, self.at_seconds - world.now()))
        with world.lost(self.node):
            yield world.forever()

    def describe(self) -> Message:
        """What it does, in one line."""
        return message(
            "machine {node} stops at {seconds} s", node=self.node, seconds=f"{self.at_seconds:g}"
        )
