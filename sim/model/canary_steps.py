"""The steps of a canary as data, in Argo Rollouts' words.

(argoproj/argo-rollouts docs/features/canary)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sim.model.duration import show_duration


@dataclass(frozen=True, slots=True)
class SetWeight:
    """Send *percent* of the requests to the canary."""

    percent: int

    def __str__(self) -> str:
        return f"{self.percent}%"


@dataclass(frozen=True, slots=True)
class Pause:
    """Stay there for *seconds*; without a number, until somebody says to go on."""

    seconds: float | None = None

    def __str__(self) -> str:
        return "pause" if self.seconds is None else f"pause {show_duration(self.seconds)}"


Step: TypeAlias = SetWeight | Pause


def shown(steps: Sequence[Step]) -> str:
    """The steps on one line: `5%, pause 30s, 20%, pause 30s, 50%`."""
    return ", ".join(str(step) for step in steps)
