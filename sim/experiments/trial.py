"""A trial: one seed under every arm, the no-release arm first."""

from __future__ import annotations

import gc
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from sim.analysis.figures import Yardstick
from sim.experiments.outcome import Outcome, outcome_of
from sim.model.run import Run, Window
from sim.scenario.scenario import Scenario
from sim.session import run

# A finished cluster holds itself in circles, some 5,000 blocks and 1 MB of an ordinary one, which
# Python's collector would find late. To look after each run would take a third of the time.
MOST_LEFT_OVER_BLOCKS = 40_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """The experiment on one seed: a value that travels to the process that carries it out.

    A strategy among *variants* runs on a scenario of its own, with the same traffic.
    """

    scenario: Scenario
    strategies: tuple[str, ...]
    window: Window
    keep_runs_of: tuple[int, ...]
    engine: str
    variants: Mapping[str, Scenario] = field(default_factory=dict)

    def __call__(self, seed: int) -> tuple[Outcome, ...]:
        """Run every arm under *seed*: same arrivals, users, demands and bugs in each."""
        no_release = self._run(None, seed)
        yardstick = Yardstick(
            no_release=no_release,
            slo_availability=self.scenario.slo_availability,
            prices=self.scenario.prices,
        )
        keep = seed in self.keep_runs_of
        found = [outcome_of(no_release, yardstick, keep=keep)]
        for strategy in self.strategies:
            # One at a time: a run is large, what it came to is small.
            found.append(outcome_of(self._run(strategy, seed), yardstick, keep=keep))
            _clear_away()
        return tuple(found)

    def _run(self, arm: str | None, seed: int) -> Run:
        scenario = self._scenario_of(arm)
        return run(scenario, arm, seed, window=self.window, engine=self.engine)

    def _scenario_of(self, arm: str | None) -> Scenario:
        return self.scenario if arm is None else self.variants.get(arm, self.scenario)


_after_clearing = [0]  # How many blocks of memory this process had after it cleared away.


def _clear_away() -> None:
    """Collect what earlier runs left, once it is worth looking: memory must not grow with them."""
    if sys.getallocatedblocks() > _after_clearing[0] + MOST_LEFT_OVER_BLOCKS:
        gc.collect()
        _after_clearing[0] = sys.getallocatedblocks()
