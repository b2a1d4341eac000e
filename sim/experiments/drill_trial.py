"""A drill's trial: one strategy's way back from one moment under one seed, beside no release.

So small a job tells often how far a drill is. The run without a release is the same for all
strategies; a process keeps the last few of them instead of carrying them out again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sim.analysis.rollback_clocks import rollback_clocks
from sim.analysis.rollback_figures import Drilled, measure_drill
from sim.analysis.rollback_witness import Witness
from sim.experiments.drill_ending import Ending, ending_of
from sim.experiments.drill_moments import Moment, Plan
from sim.experiments.outcome import UNFINISHED
from sim.model.deed import DeedKind
from sim.model.run import Run, Setting, Window
from sim.scenario.scenario import Scenario
from sim.session import run

KEPT_RUNS = 2
# Of this process: by scenario, engine, window and seed, which say all about a run without release.
_NO_RELEASE: dict[tuple[str, str, Window, int], tuple[Run, Witness]] = {}


def forget_runs() -> None:
    """Keep no run of an earlier drill."""
    _NO_RELEASE.clear()


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
class DrillJob:
    """One way back: which of the drill's plans, whose, and under which seed."""

    plan: int
    strategy: str
    seed: int


def jobs_of(
    plans: int, strategies: Sequence[str], seeds: Sequence[int], abreast: int
) -> tuple[DrillJob, ...]:
    """All of a drill's jobs, ordered for *abreast* processes that take turns.

    So many seeds go side by side, so that a process mostly stays with one and has its run without
    a release already.
    """
    blocks = [seeds[first : first + abreast] for first in range(0, len(seeds), abreast)]
    return tuple(
        DrillJob(plan=plan, strategy=strategy, seed=seed)
        for block in blocks
        for plan in range(plans)
        for strategy in strategies
        for seed in block
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillTrial:
    """The whole drill, job by job: a value that travels to the process that carries one out."""

    scenario: Scenario
    plans: tuple[Plan, ...]
    jobs: tuple[DrillJob, ...]
    engine: str

    def __call__(self, number: int) -> DrillOutcome:
        """The *number*-th job: same arrivals, users, demands and bugs for all of its seed."""
        job = self.jobs[number]
        plan = self.plans[job.plan]
        no_release, bystander = self._no_release(plan, job.seed)
        drilled, witness = self._run(plan, job.strategy, job.seed)
        return self._outcome(plan, drilled, witness, no_release, bystander)

    def _no_release(self, plan: Plan, seed: int) -> tuple[Run, Witness]:
        key = (self.scenario.digest, self.engine, plan.window, seed)
        if key not in _NO_RELEASE:
            while len(_NO_RELEASE) >= KEPT_RUNS:
                _NO_RELEASE.pop(next(iter(_NO_RELEASE)))
            _NO_RELEASE[key] = self._run(plan, None, seed)
        return _NO_RELEASE[key]

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
