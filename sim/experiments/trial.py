"""A trial: one seed under every arm, the no-release arm first."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sim.analysis.figures import Yardstick
from sim.backends.simulated.collector import patient_collector
from sim.experiments.outcome import Outcome, outcome_of
from sim.model.run import Run, Window
from sim.scenario.scenario import Scenario
from sim.session import run

# What is left when the young have been looked through is old, and takes long to find.
MOST_LEFT_OVER_BLOCKS = 40_000
_YOUNG = 1  # The two generations that what a run made is in while the collector is patient.


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
        with patient_collector():
            return tuple(self._arms(seed))

    def _arms(self, seed: int) -> Iterator[Outcome]:
        no_release = self._run(None, seed)
        yardstick = Yardstick(
            no_release=no_release,
            slo_availability=self.scenario.slo_availability,
            prices=self.scenario.prices,
        )
        keep = seed in self.keep_runs_of
        yield outcome_of(no_release, yardstick, keep=keep)
        for strategy in self.strategies:
            # One at a time: a run is large, what it came to is small.
            yield outcome_of(self._run(strategy, seed), yardstick, keep=keep)
            _clear_away()

    def _run(self, arm: str | None, seed: int) -> Run:
        scenario = self._scenario_of(arm)
        return run(scenario, arm, seed, window=self.window, engine=self.engine)

    def _scenario_of(self, arm: str | None) -> Scenario:
        return self.scenario if arm is None else self.variants.get(arm, self.scenario)


_after_clearing = [0]  # How many blocks of memory this process had after it cleared away.


def _clear_away() -> None:
    """Collect what the last run left: memory must not grow with them.

    A finished cluster holds itself in circles, some 10 MB of an ordinary one. What was there before
    the trial is old and not walked over: that would take a tenth of the time.
    """
    gc.collect(_YOUNG)
    if sys.getallocatedblocks() > _after_clearing[0] + MOST_LEFT_OVER_BLOCKS:
        gc.collect()
        _after_clearing[0] = sys.getallocatedblocks()
