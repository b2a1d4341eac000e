"""The window that a command measures in, refused before anything runs if it asks too much."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.errors import ScenarioError

if TYPE_CHECKING:
    from sim.model.run import Window
    from sim.scenario.scenario import Scenario


def feasible_window(scenario: Scenario, strategies: Sequence[str]) -> Window:
    """The window of *strategies*. Raise a `ScenarioError` for unknown names and for too much."""
    from sim.experiments.window import measured_window
    from sim.scenario.work import refuse_too_much
    from sim.strategies import STRATEGIES

    unknown = [STRATEGIES.unknown(name) for name in strategies if name not in STRATEGIES]
    if unknown:
        raise ScenarioError(unknown)
    window = measured_window(scenario, strategies)
    refuse_too_much(scenario, window)
    return window
