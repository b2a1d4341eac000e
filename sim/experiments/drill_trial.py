"""A drill's trial: one seed, every moment, and in each every strategy beside no release."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sim.analysis.rollback_clocks import rollback_clocks
from sim.analysis.rollback_figures import Drilled, measure_drill
from sim.analysis.rollback_witness import Witness
from sim.experiments.drill_ending import Ending, ending_of
from sim.experiments.drill_moments import Moment, Plan
from sim.experiments.outcome import UNFINISHED
from sim.model.deed import DeedKind
from sim.model.run import Run, Setting
from sim.scenario.scenario import Scenario
from sim.session import run


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillOutcome:
    """What one strategy's way back from one moment came to under one seed.

    *broken* are the requests that it broke, by cause; *refusal* is why the cluster refused it.
    """

    moment: Moment
    strategy: str
    figures: Mapping[str, float | None]
    broken: Mapping[str, int]
    phase: str
    ending: Ending
    refusal: str
    settings: tuple[Setting, ...]
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillTrial:
    """The drill on one seed: a value that travels to the process that carries it out."""

    scenario: Scenario
    strategies: tuple[str, ...]
    plans: tuple[Plan, ...]
    engine: str

    def __call__(self, seed: int) -> tuple[DrillOutcome, ...]:
        """Every moment and strategy under *seed*: same arrivals, users, demands and bugs."""
        found: list[DrillOutcome] = []
        for plan in self.plans:
            no_release, bystander = self._run(plan, None, seed)
            for strategy in self.strategies:
                drilled, witness = self._run(plan, strategy, seed)
                found.append(self._outcome(plan, drilled, witness, no_release, bystander))
        return tuple(found)

    def _run(self, plan: Plan, strategy: str | None, seed: int) -> tuple[Run, Witness]:
        witness = Witness(plan.window.start, plan.window.end)
        found = run(
            self.scenario,
            strategy,
            seed,
            window=plan.window,
            engine=self.engine,
            recorder=witness,
            operators=() if strategy is None else plan.operators(),
        )
        return found, witness

    def _outcome(
        self, plan: Plan, found: Run, witness: Witness, no_release: Run, bystander: Witness
    ) -> DrillOutcome:
        assert found.strategy is not None
        ready = self.scenario.deployment["spec"]["minReadySeconds"]
        clocks = rollback_clocks(found, witness.first_failure, float(ready))
        drilled = Drilled(
            run=found,
            clocks=clocks,
            witness=witness,
            no_release=no_release,
            bystander=bystander,
        )
        refusals = (deed.note for deed in found.deeds if deed.kind is DeedKind.REFUSED)
        return DrillOutcome(
            moment=plan.moment,
            strategy=found.strategy,
            figures=measure_drill(drilled),
            broken=drilled.broken(),
            phase=UNFINISHED if found.phase is None else found.phase.value,
            ending=ending_of(found, clocks),
            refusal=next(refusals, ""),
            settings=found.settings,
            digest=found.digest(),
        )
