"""Later: a fault of a version that begins some time into the run, as a bug that needs data does.

`bug:new:5%@60s` holds from second 60 of the run on, `bug:new:5%@60s..90s` until second 90. Until
then the version is as it would be without it.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.i18n import Message, message
from sim.model.span import Span
from sim.ports import Process
from sim.world import Fault, World


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """*fault* is injected at the start of *span* (seconds of the run) and healed at its end."""

    fault: Fault
    span: Span

    def inject(self, world: World) -> Process[None]:
        """Wait for the moment, break it, and mend it at the end or when one is interrupted."""
        if self.span.start > world.now():
            yield world.until(self.span.start)
        if world.now() < self.span.end:
            broken = self.fault.inject(world)
            next(broken)  # It is broken from here on, and waits for the end of the run.
            try:
                yield world.until(self.span.end)
            finally:
                broken.close()

    def describe(self) -> Message:
        """What it does, in one line."""
        return message("{what}, {when}", what=self.fault.describe(), when=self.span.describe())
