"""Compare strategies: the same window, traffic, faults and draws for all, never one seed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import replace

from sim.errors import Problem, ScenarioError
from sim.experiments.chosen import chosen_strategies
from sim.experiments.comparison import Comparison as Comparison
from sim.experiments.outcome import Outcome
from sim.experiments.replicate import replicate
from sim.experiments.summary import summary
from sim.experiments.trial import Trial
from sim.experiments.tuning import Tuning
from sim.experiments.verdict import verdict
from sim.experiments.window import longest_window
from sim.experiments.workforce import workforce_of
from sim.i18n import message
from sim.model.run import Window
from sim.scenario.scenario import Scenario
from sim.stats.estimates import Method
from sim.strategies import STRATEGIES
from sim.traffic.engine import DEFAULT, make_ready

DEFAULT_SEEDS = tuple(range(10))
LEAST_SEEDS = 2  # One run says nothing about its own spread.


def compare(
    scenario: Scenario,
    strategies: Sequence[str] | str,
    *,
    seeds: Sequence[int] = DEFAULT_SEEDS,
    workers: int | None = None,
    executor: Executor | str | None = None,
    progress: Callable[[int, int], None] | None = None,
    window: Window | None = None,
    engine: str = DEFAULT,
    intervals: Method = Method.STUDENT,
    tuning: Tuning | None = None,
) -> Comparison:
    """Run every one of *strategies* and no release under each of *seeds*, and say what differs.

    A single name may stand alone, and "all" are those that fit the scenario.
    Local *workers* do it, or any *executor* or one by its name; the result is the same. *progress*
    hears (seeds done, all seeds). *engine* carries the requests (see `Session`). What *tuning*
    chose is what the strategies run with; its seeds must be others.
    Raise a `ScenarioError` for a strategy or engine that does not exist, for a strategy that comes
    twice, and for fewer than two different seeds.
    """
    if isinstance(strategies, str):
        strategies, _ = chosen_strategies(scenario, (strategies,))
    check_arms(strategies, seeds)
    variants = {} if tuning is None else tuning.variants(scenario, seeds)
    make_ready(engine)
    if window is None:
        window = longest_window([(name, variants.get(name, scenario)) for name in strategies])
    trial = Trial(
        scenario=scenario,
        strategies=tuple(strategies),
        window=window,
        keep_runs_of=(seeds[0],),
        engine=engine,
        variants=variants,
    )
    trials = replicate(
        trial,
        tuple(seeds),
        workforce=workforce_of(executor, workers, len(seeds)),
        progress=progress,
    )
    return comparison_of(trial, seeds, trials, intervals, tuning)


def comparison_of(
    trial: Trial,
    seeds: Sequence[int],
    trials: Sequence[tuple[Outcome, ...]],
    method: Method = Method.STUDENT,
    tuning: Tuning | None = None,
) -> Comparison:
    """What *trials*, carried out as *trial* says under *seeds*, come to; intervals by *method*."""
    measured, differences = summary(trials, method)
    arms = measured
    if tuning is not None:
        arms = tuple(
            replace(arm, settings=tuning.marked(arm.strategy, arm.settings)) for arm in measured
        )
    template = trial.scenario.deployment["spec"]["template"]
    return Comparison(
        scenario=trial.scenario,
        window=trial.window,
        seeds=tuple(seeds),
        arms=arms,
        differences=differences,
        verdict=verdict(arms, differences, template),
        example_runs=tuple(found.run for found in trials[0] if found.run is not None),
        tuning=tuning,
    )


def check_arms(strategies: Sequence[str], seeds: Sequence[int]) -> None:
    """Raise a `ScenarioError` unless these are strategies and seeds that can be compared."""
    if problems := [*_of_strategies(strategies), *require_seeds(seeds)]:
        raise ScenarioError(problems)


def check_strategies(strategies: Sequence[str]) -> None:
    """Raise a `ScenarioError` unless all *strategies* exist and none comes twice."""
    if problems := _of_strategies(strategies):
        raise ScenarioError(problems)


def _of_strategies(strategies: Sequence[str]) -> list[Problem]:
    problems = [STRATEGIES.unknown(name) for name in strategies if name not in STRATEGIES]
    problems += [
        Problem(message("strategy {name} is given {times} times", name=name, times=times))
        for name, times in Counter(strategies).items()
        if times > 1
    ]
    if not strategies:
        known = message("known: {known}", known=", ".join(STRATEGIES))
        problems.append(Problem(message("there is no strategy to compare"), hint=known))
    return problems


def require_seeds(seeds: Sequence[int]) -> list[Problem]:
    """What is wrong with *seeds*: paired runs need two different ones at the least."""
    problems: list[Problem] = []
    if len(set(seeds)) < len(seeds):
        text = message("every seed must be given once, or the same run would count twice")
        problems.append(Problem(text))
    elif len(seeds) < LEAST_SEEDS:
        text = message(
            "at least {least} seeds are needed, not {n}", least=LEAST_SEEDS, n=len(seeds)
        )
        hint = message("one run says nothing about how much runs scatter")
        problems.append(Problem(text, hint=hint))
    return problems
