"""A trial: one seed under every arm, the no-release arm first."""

from __future__ import annotations

from dataclasses import dataclass

from sim.analysis.figures import Yardstick
from sim.experiments.outcome import Outcome, outcomes_of
from sim.model.run import Window
from sim.scenario.scenario import Scenario
from sim.session import run


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """The experiment on one seed: a value that travels to the process that carries it out."""

    scenario: Scenario
    strategies: tuple[str, ...]
    window: Window
    keep_runs_of: int
    engine: str

    def __call__(self, seed: int) -> tuple[Outcome, ...]:
        """Run every arm under *seed*: same arrivals, users, demands and bugs in each."""
        runs = [
            run(self.scenario, arm, seed, window=self.window, engine=self.engine)
            for arm in (None, *self.strategies)
        ]
        yardstick = Yardstick(
            no_release=runs[0],
            slo_availability=self.scenario.slo_availability,
            prices=self.scenario.prices,
        )
        return outcomes_of(runs, yardstick, keep=seed == self.keep_runs_of)
