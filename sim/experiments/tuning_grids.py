"""What of each strategy can be tuned: a few candidates each, stated here and printed.

What a scenario says itself is always the first candidate. A strategy without a grid runs as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sim.model.canary_steps import Pause, SetWeight, Step, shown
from sim.strategies.canary import STEPS


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One way to run a strategy: its own *settings*, and surge and unavailable as the *budget*."""

    settings: Mapping[str, Any] = field(default_factory=dict)
    budget: tuple[int | str, int | str] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The settings that it sets, as tables call them."""
        own = tuple(camel(name) for name in self.settings)
        return own if self.budget is None else (*own, "maxSurge", "maxUnavailable")

    def __str__(self) -> str:
        parts = [f"{camel(name)} {_shown(value)}" for name, value in self.settings.items()]
        if self.budget is not None:
            parts += ["maxSurge {}, maxUnavailable {}".format(*self.budget)]
        return ", ".join(parts)


def camel(name: str) -> str:
    """`scale_down_delay_seconds` as a manifest writes it: `scaleDownDelaySeconds`."""
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


def _shown(value: Any) -> str:
    return f"[{shown(value)}]" if isinstance(value, tuple) else f"{value:g}"


def _steps(*percents: int, pause_seconds: float = 30.0) -> tuple[Step, ...]:
    return tuple(
        step for percent in percents for step in (SetWeight(percent), Pause(pause_seconds))
    )


_CANARIES = tuple(
    Candidate(settings={"steps": steps})
    for steps in (STEPS, _steps(10, 50), _steps(20, pause_seconds=60.0), _steps(10, 25, 50, 75))
)
GRIDS: Mapping[str, tuple[Candidate, ...]] = {
    "RollingUpdate": tuple(
        Candidate(budget=budget)
        for budget in (("25%", "25%"), (1, 0), ("25%", 0), ("50%", 0), ("100%", 0), (0, "25%"))
    ),
    "BlueGreen": tuple(
        Candidate(settings={"auto_promotion_seconds": look, "scale_down_delay_seconds": delay})
        for look, delay in ((0.0, 30.0), (0.0, 10.0), (0.0, 60.0), (30.0, 30.0))
    ),
    "Canary": _CANARIES,
    "CanaryThenRolling": _CANARIES,
    "MaintenanceWindow": tuple(
        Candidate(
            settings={"update_seconds": update, "verify_seconds": look, "restore_seconds": end}
        )
        for update, look, end in ((60.0, 180.0, 240.0), (30.0, 60.0, 90.0), (10.0, 40.0, 60.0))
    ),
}
