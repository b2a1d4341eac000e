"""An episode of a dependency: it is altered for a while, and then as it was."""

from __future__ import annotations

from typing import Any

from sim.model.span import Span
from sim.ports import Process
from sim.world import World


def episode(world: World, dependency: str, span: Span, **changes: Any) -> Process[None]:
    """Make *changes* to *dependency* from the start of *span* to its end, or to one's own."""
    if span.start > world.now():
        yield world.until(span.start)
    if world.now() < span.end:
        with world.dependency_altered(dependency, **changes):
            yield world.until(span.end)
