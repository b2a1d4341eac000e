"""The rollback drill: one protocol, so that ways back can be compared between strategies.

The same bad release under the same draws, and the same moment of decision for all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from sim.analysis.rollback_figures import DRILL_FIGURES
from sim.errors import Problem, ScenarioError
from sim.experiments.chosen import chosen_strategies
from sim.experiments.compare import DEFAULT_SEEDS, check_arms
from sim.experiments.drill_moments import Moment, Plan, moments_named, plans_for
from sim.experiments.drill_result import Drill, DrilledMoment, Gap, WayBack
from sim.experiments.drill_trial import DrillJob, DrillOutcome, DrillTrial, forget_runs, jobs_of
from sim.experiments.drill_verdict import drill_verdict
from sim.experiments.local_workers import usable_cores
from sim.experiments.replicate import replicate
from sim.experiments.workforce import Workforce
from sim.i18n import message
from sim.model.causes import Cause
from sim.scenario.fault_spec import FaultSpec, parse
from sim.scenario.node import Place
from sim.scenario.scenario import Scenario
from sim.stats import difference, mean_interval
from sim.traffic.engine import DEFAULT, make_ready

BAD_RELEASE = "bug:new:20%"  # What is wrong with a release of which nobody says anything.
MOMENTS = tuple(Moment)


def rollback_drill(
    scenario: Scenario,
    strategies: Sequence[str] | str,
    *,
    moments: Sequence[str] = MOMENTS,
    seeds: Sequence[int] = DEFAULT_SEEDS,
    workers: int | None = None,
    workforce: Workforce | None = None,
    progress: Callable[[int, int], None] | None = None,
    engine: str = DEFAULT,
) -> Drill:
    """Send every one of *strategies* back at each of *moments* under each of *seeds*.

    A single name may stand alone, and "all" are those that fit. A *scenario* without any fault
    gets `BAD_RELEASE`. Local *workers* do it, or a *workforce*. *progress* hears (ways back done,
    all of them: one for each strategy, moment and seed).
    Raise a `ScenarioError` as `compare` does, and for a moment that comes twice.
    """
    if isinstance(strategies, str):
        strategies, _ = chosen_strategies(scenario, (strategies,))
    check_arms(strategies, seeds)
    if not moments or len(set(moments)) < len(moments):
        raise ScenarioError([Problem(message("a drill needs moments, each of them once"))])
    make_ready(engine)
    scenario = with_a_bad_release(scenario)
    plans = plans_for(scenario, strategies, moments_named(moments))
    jobs = jobs_of(len(plans), strategies, seeds, workers or usable_cores())
    trial = DrillTrial(scenario=scenario, plans=plans, jobs=jobs, engine=engine)
    forget_runs()
    numbers = range(len(jobs))
    done = replicate(trial, numbers, workers=workers, workforce=workforce, progress=progress)
    forget_runs()
    found = dict(zip(jobs, done, strict=True))
    return Drill(
        scenario=scenario,
        seeds=tuple(seeds),
        moments=tuple(
            _moment(
                plan,
                [
                    [found[DrillJob(plan=n, strategy=name, seed=seed)] for seed in seeds]
                    for name in strategies
                ],
            )
            for n, plan in enumerate(plans)
        ),
    )


def with_a_bad_release(scenario: Scenario) -> Scenario:
    """*scenario*, and something to go back from: `BAD_RELEASE` where no fault is written."""
    if scenario.faults:
        return scenario
    fault = parse(BAD_RELEASE, Place("drill"))
    assert isinstance(fault, FaultSpec)
    bad = replace(scenario, faults=(fault,))
    return replace(bad, digest=bad.fingerprint())


def _moment(plan: Plan, columns: Sequence[Sequence[DrillOutcome]]) -> DrilledMoment:
    """One of *columns* for each strategy, by seed."""
    met = {key for column in columns for outcome in column for key in outcome.broken}
    causes = tuple(cause.key for cause in Cause if cause.key in met)
    ways = tuple(_way(column, causes) for column in columns)
    gaps = tuple(_gap(first, second) for first, second in combinations(ways, 2))
    return DrilledMoment(plan=plan, ways=ways, gaps=gaps, verdict=drill_verdict(ways))


def _way(outcomes: Sequence[DrillOutcome], causes: Sequence[str]) -> WayBack:
    values: Mapping[str, tuple[float | None, ...]] = {
        key: tuple(found.figures[key] for found in outcomes) for key in DRILL_FIGURES
    }
    broken = {
        key: mean_interval([float(found.broken.get(key, 0)) for found in outcomes])
        for key in causes
    }
    return WayBack(
        strategy=outcomes[0].strategy,
        values=values,
        estimates={key: mean_interval(numbers) for key, numbers in values.items()},
        broken={key: found for key, found in broken.items() if found is not None},
        phases=dict(sorted(Counter(found.phase for found in outcomes).items())),
        endings=tuple(found.ending for found in outcomes),
        refusals=tuple(dict.fromkeys(found.refusal for found in outcomes if found.refusal)),
        settings=outcomes[0].settings,
        digests=tuple(found.digest for found in outcomes),
    )


def _gap(first: WayBack, second: WayBack) -> Gap:
    return Gap(
        first=first.strategy,
        second=second.strategy,
        estimates={key: difference(first.values[key], second.values[key]) for key in DRILL_FIGURES},
    )
