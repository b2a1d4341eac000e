"""A trial: one seed under every arm, the no-release arm first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sim.analysis.figures import Yardstick
from sim.experiments.outcome import Outcome, outcomes_of
from sim.model.run import Window
from sim.scenario.scenario import Scenario
from sim.session import run


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """The experiment on one seed: a value that travels to the process that carries it out.

    A strategy among *variants* runs on a scenario of its own, with the same traffic.
    """

    scenario: Scenario
    strategies: tuple[str, ...]
    window: Window
    keep_runs_of: int
    engine: str
    variants: Mapping[str, Scenario] = field(default_factory=dict)

    def __call__(self, seed: int) -> tuple[Outcome, ...]:
        """Run every arm under *seed*: same arrivals, users, demands and bugs in each."""
        runs = [
            run(self._scenario_of(arm), arm, seed, window=self.window, engine=self.engine)
            for arm in (None, *self.strategies)
        ]
        yardstick = Yardstick(
            no_release=runs[0],
            slo_availability=self.scenario.slo_availability,
            prices=self.scenario.prices,
        )
        return outcomes_of(runs, yardstick, keep=seed == self.keep_runs_of)

    def _scenario_of(self, arm: str | None) -> Scenario:
        return self.scenario if arm is None else self.variants.get(arm, self.scenario)
