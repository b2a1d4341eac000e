"""Compare strategies: the same window, traffic, faults and draws for all, never one seed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Executor

from sim.errors import Problem, ScenarioError
from sim.experiments.comparison import Comparison as Comparison
from sim.experiments.outcome import Outcome
from sim.experiments.replicate import replicate
from sim.experiments.summary import summary
from sim.experiments.trial import Trial
from sim.experiments.verdict import verdict
from sim.experiments.window import measured_window
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
    strategies: Sequence[str],
    *,
    seeds: Sequence[int] = DEFAULT_SEEDS,
    workers: int | None = None,
    executor: Executor | str | None = None,
    progress: Callable[[int, int], None] | None = None,
    window: Window | None = None,
    engine: str = DEFAULT,
    intervals: Method = Method.STUDENT,
) -> Comparison:
    """Run every one of *strategies* and no release under each of *seeds*, and say what differs.

    Local *workers* do it, or any *executor* or one by its name; the result is the same. *progress*
    hears (seeds done, all seeds). *engine* carries the requests (see `Session`).
    Raise a `ScenarioError` for a strategy or engine that does not exist, for a strategy that comes
    twice, and for fewer than two different seeds.
    """
    _check(strategies, seeds)
    make_ready(engine)
    if window is None:
        window = measured_window(scenario, strategies)
    trial = Trial(
        scenario=scenario,
        strategies=tuple(strategies),
        window=window,
        keep_runs_of=(seeds[0],),
        engine=engine,
    )
    trials = replicate(
        trial,
        tuple(seeds),
        workforce=workforce_of(executor, workers, len(seeds)),
        progress=progress,
    )
    return comparison_of(trial, seeds, trials, intervals)


def comparison_of(
    trial: Trial,
    seeds: Sequence[int],
    trials: Sequence[tuple[Outcome, ...]],
    method: Method = Method.STUDENT,
) -> Comparison:
    """What *trials*, carried out as *trial* says under *seeds*, come to; intervals by *method*."""
    arms, differences = summary(trials, method)
    template = trial.scenario.deployment["spec"]["template"]
    return Comparison(
        scenario=trial.scenario,
        window=trial.window,
        seeds=tuple(seeds),
        arms=arms,
        differences=differences,
        verdict=verdict(arms, differences, template),
        example_runs=tuple(found.run for found in trials[0] if found.run is not None),
    )


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


def _check(strategies: Sequence[str], seeds: Sequence[int]) -> None:
    problems = _of_strategies(strategies)
    if len(set(seeds)) < len(seeds):
        text = message("every seed must be given once, or the same run would count twice")
        problems.append(Problem(text))
    elif len(seeds) < LEAST_SEEDS:
        text = message(
            "at least {least} seeds are needed, not {n}", least=LEAST_SEEDS, n=len(seeds)
        )
        hint = message("one run says nothing about how much runs scatter")
        problems.append(Problem(text, hint=hint))
    if problems:
        raise ScenarioError(problems)
